#!/usr/bin/env bash
# What runs at 02:30 on the night that has no 02:30: three schedulers, three answers.
#
# Date:      2026-11-29
# Version:   croner 11.0.1, cron-parser 5.10.6 (npm), systemd 252.39-1~deb12u2 (Debian 12)
# Guess:     A daily run at 02:30 Europe/Berlin happens on 2026-03-29 too, an hour later by the clock (03:30), and all
#            schedulers do the same, since cron has had to answer this for decades.
# Behaviour: croner runs at 03:00, the end of the gap; cron-parser at 03:30; systemd leaves the day out: 47
#            hours pass between two runs.
# Output:    croner 2026-03-29T01:00Z, cron-parser 2026-03-29T01:30Z, systemd 2026-03-30T00:30Z
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
  npm install --silent --no-save --no-audit --no-fund croner@11.0.1 cron-parser@5.10.6 &&
    apt-get download -qq systemd=252.39-1~deb12u2 && dpkg -x systemd_*.deb .
} >/dev/null 2>&1 || { echo 'not tried: the packages cannot be installed' >&2; exit 2; }
[ -f /usr/share/zoneinfo/Europe/Berlin ] || { echo 'not tried: there is no time zone database' >&2; exit 2; }

cat >try.mjs <<'JS'
import { Cron } from 'croner'
import { CronExpressionParser } from 'cron-parser'

const from = new Date('2026-03-28T12:00:00Z')
const short = date => `${date.toISOString().slice(0, 16)}Z`
const croner = new Cron('30 2 * * *', { timezone: 'Europe/Berlin' }).nextRun(from)
const parser = CronExpressionParser.parse('30 2 * * *', { currentDate: from, tz: 'Europe/Berlin' }).next().toDate()
console.log(`croner ${short(croner)}, cron-parser ${short(parser)}`)
JS
export LD_LIBRARY_PATH=$dir/usr/lib/$(uname -m)-linux-gnu/systemd:$dir/lib/$(uname -m)-linux-gnu/systemd
systemd=$(TZ=UTC timeout 20 "$(find . -path '*/bin/systemd-analyze' | head -1)" calendar \
  --base-time='2026-03-28 12:00:00 UTC' '*-*-* 02:30:00 Europe/Berlin' |
  sed -nE 's/.*elapse: [A-Za-z]+ ([0-9-]+) ([0-9]{2}:[0-9]{2}):00 UTC$/\1T\2Z/p')
seen="$(timeout 30 node try.mjs), systemd $systemd"
expected='croner 2026-03-29T01:00Z, cron-parser 2026-03-29T01:30Z, systemd 2026-03-30T00:30Z'
printf 'guess: 2026-03-29T01:30Z three times\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
