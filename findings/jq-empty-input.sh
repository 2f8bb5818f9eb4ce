#!/usr/bin/env bash
# jq -e on nothing at all: the check passes.
#
# Date:      2026-11-29
# Version:   jq 1.6-2.1+deb12u2 (Debian 12)
# Guess:     `jq -e` ends with 4 where no result was produced, as its manual says; so `… | jq -e '.changes == 0'` fails
#            where the command before it wrote nothing.
# Behaviour: On an empty input jq 1.6 ends with 0, and a pipeline without pipefail goes on as if all were well. With -n
#            and a filter without results it is 4. Slurping (-s) reads nothing as [] and so tests something.
# Output:    true 0, false 1, empty input 0, -n empty 4, slurped empty input 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  apt-get download -qq jq=1.6-2.1+deb12u2 libjq1=1.6-2.1+deb12u2 libonig5=6.9.8-1 &&
    for package in *.deb; do dpkg -x "$package" .; done
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be fetched' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu

code() {
  printf '%s' "$1" | timeout 10 usr/bin/jq -e "${@:2}" >/dev/null 2>&1 && echo 0 || echo $?
}
seen="true $(code '{"changes":0}' '.changes == 0'), false $(code '{"changes":3}' '.changes == 0'), "
seen+="empty input $(code '' '.changes == 0'), -n empty $(code '' -n empty), "
seen+="slurped empty input $(code '' -s 'length == 1 and .[0].changes == 0')"
expected='true 0, false 1, empty input 0, -n empty 4, slurped empty input 1'
guess='4 on empty input'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
