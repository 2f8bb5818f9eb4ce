#!/usr/bin/env bash
# A systemd timer "every 30 minutes" of a zone rests for 90 minutes when clocks are set back.
#
# Date:      2026-11-29
# Version:   systemd 252.39-1~deb12u2 (Debian 12)
# Guess:     Clocks that are set back make an hour happen twice, so a timer that names every half hour elapses more often
#            that night, never more rarely.
# Behaviour: With a zone in OnCalendar, the hour that comes again is passed over: from 02:30 of summer time the next
#            time is 03:00 of winter time. The same expression in UTC keeps its 30 minutes.
# Output:    Europe/Berlin: 23:30 00:00 00:30 02:00 | UTC: 23:30 00:00 00:30 01:00 (all in UTC)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{ apt-get download -qq systemd=252.39-1~deb12u2 && dpkg -x systemd_*.deb .; } >/dev/null 2>&1 ||
  { echo 'not tried: the package cannot be fetched' >&2; exit 2; }
[ -f /usr/share/zoneinfo/Europe/Berlin ] || { echo 'not tried: there is no time zone database' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu/systemd:$dir/lib/$(uname -m)-linux-gnu/systemd
analyze=$(find . -path '*/bin/systemd-analyze' | head -1)

times() {
  TZ=UTC timeout 20 "$analyze" calendar --base-time='2026-10-24 23:00:00 UTC' --iterations=4 "*:0/30 $1" |
    sed -nE 's/.*(Next elapse|Iter\. #[0-9]+): .* ([0-9]{2}:[0-9]{2}):00 UTC$/\2/p' | paste -sd' '
}
seen="Europe/Berlin: $(times Europe/Berlin) | UTC: $(times UTC)"
expected='Europe/Berlin: 23:30 00:00 00:30 02:00 | UTC: 23:30 00:00 00:30 01:00'
printf 'guess: both go on every 30 minutes\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
