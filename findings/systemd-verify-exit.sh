#!/usr/bin/env bash
# systemd-analyze verify ignores what it does not know, and the timer with it, and exits 0.
#
# Date:      2026-11-29
# Version:   systemd 252.39-1~deb12u2 (Debian 12)
# Guess:     A unit with a key that does not exist, in a section where it has no place, or with a time that cannot be read
#            fails its verification: that is what a check in CI is for.
# Behaviour: Each is a line on standard error ("Unknown key … ignoring", "Failed to parse calendar specification,
#            ignoring"), and the exit is 0. Of two OnCalendar lines the one that can be read is left, so that the timer
#            runs by half of what was asked. A missing program is an error.
# Output:    unknown key: exit 0; OnFailure in [Service]: exit 0; unreadable OnCalendar beside a good one: exit 0; missing
#            program: exit 1; lines "ignoring" 3
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq systemd=252.39-1~deb12u2 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu/systemd:$dir/lib/$(uname -m)-linux-gnu/systemd
analyze=$dir/$(find . -path '*/bin/systemd-analyze' | head -1)

mkdir units && cd units
service() { printf '[Unit]\n%s\n[Service]\nType=oneshot\nExecStart=%s\n%s\n' "$1" "$2" "$3" >look.service; }
verify() {
  SYSTEMD_UNIT_PATH=$dir/units: timeout 30 "$analyze" verify --man=no "$@" >>../told.txt 2>&1 && echo "exit 0" || echo "exit $?"
}
service 'Descripion=Looks at a tenant' /bin/true ''
unknown=$(verify ./look.service)
service '' /bin/true 'OnFailure=other.service'
misplaced=$(verify ./look.service)
service '' /bin/true ''
printf '[Timer]\nOnCalendar=*:0/90\nOnCalendar=hourly\n' >look.timer
calendar=$(verify ./look.timer)
service '' /missing/program ''
missing=$(verify ./look.service)
seen="unknown key: $unknown; OnFailure in [Service]: $misplaced; unreadable OnCalendar beside a good one: $calendar; "
seen+="missing program: $missing; lines \"ignoring\" $(grep -cE 'ignoring' ../told.txt)"
expected='unknown key: exit 0; OnFailure in [Service]: exit 0; unreadable OnCalendar beside a good one: exit 0; missing program: exit 1; lines "ignoring" 3'
guess='exit 1 four times'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
