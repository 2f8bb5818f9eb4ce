#!/usr/bin/env bash
# jq's fromdate reads a UTC time one hour late in summer, where the machine's zone has one.
#
# Date:      2026-11-29
# Version:   jq 1.6-2.1+deb12u2 (Debian 12)
# Guess:     A time that ends in Z is the same number of seconds on every machine; TZ matters to localtime alone.
# Behaviour: fromdate (strptime and mktime) leaves it to the C library whether daylight saving is in force, and takes the
#            hour off where the zone has it at that date: 3600 seconds too many in Berlin and New York in July, none in
#            December, none in UTC. todate then writes the wrong time with a Z.
# Output:    UTC 10:00 10:00, Europe/Berlin 11:00 10:00, America/New_York 11:00 10:00 (July, December)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq jq=1.6-2.1+deb12u2 libjq1=1.6-2.1+deb12u2 libonig5=6.9.8-1 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
[ -f /usr/share/zoneinfo/Europe/Berlin ] || { echo 'not tried: there is no time zone database' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu

there_and_back() {
  echo "$1 $(TZ=$1 timeout 10 usr/bin/jq -rn \
    '[("2026-07-01T10:00:00Z", "2026-12-01T10:00:00Z") | fromdate | todate | .[11:16]] | join(" ")')"
}
seen="$(there_and_back UTC), $(there_and_back Europe/Berlin), $(there_and_back America/New_York)"
expected='UTC 10:00 10:00, Europe/Berlin 11:00 10:00, America/New_York 11:00 10:00'
guess='10:00 six times'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
