#!/usr/bin/env bash
# "1h30", "1M" and "1,5h": lengths of time that every reader takes, each for something else.
#
# Date:      2026-11-29
# Version:   parse-duration 2.1.9, ms 2.1.3 (npm), systemd 252.39-1~deb12u2 (Debian 12)
# Guess:     What is not clear is refused; where it is taken, 1h30 is an hour and a half, 1M a month and 1,5h one and a
#            half hours.
# Behaviour: A number without unit is minutes, seconds or nothing by what stands before it and who reads; capitals mean
#            another unit to systemd alone; a comma is a separator of thousands to parse-duration, so that one and a half
#            hours become fifteen.
# Output:    1h30: 5400 s, none, 3630 s | 1M: 60 s, 60 s, 2629800 s | 1,5h: 54000 s, none, refused
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  npm install --silent --no-save --no-audit --no-fund parse-duration@2.1.9 ms@2.1.3 &&
    apt-get download -qq systemd=252.39-1~deb12u2 && dpkg -x systemd_*.deb .
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be installed' >&2; exit 2; }
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu/systemd:$dir/lib/$(uname -m)-linux-gnu/systemd
analyze=$(find . -path '*/bin/systemd-analyze' | head -1)

cat >try.mjs <<'JS'
import ms from 'ms'
import parseDuration from 'parse-duration'

const shown = value => (typeof value === 'number' ? `${value / 1000} s` : 'none')
const text = process.argv[2]
console.log(`${shown(parseDuration(text))}, ${shown(ms(text))}`)
JS
read_all() {
  micro=$(timeout 20 "$analyze" timespan "$1" 2>/dev/null | sed -nE 's/^ *[^ ]*s: ([0-9]+)$/\1/p') || micro=
  if [ -n "$micro" ]; then span="$((micro / 1000000)) s"; else span=refused; fi
  echo "$1: $(timeout 20 node try.mjs "$1"), $span"
}
seen="$(read_all 1h30) | $(read_all 1M) | $(read_all 1,5h)"
expected='1h30: 5400 s, none, 3630 s | 1M: 60 s, 60 s, 2629800 s | 1,5h: 54000 s, none, refused'
guess='5400 s, a month, 5400 s or refused'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
