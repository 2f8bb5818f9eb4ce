#!/usr/bin/env bash
# Leap second, end of day, short offset: the format check and the parsers behind it disagree each time.
#
# Date:      2026-11-29
# Version:   ajv 8.20.0 with ajv-formats 3.0.1, luxon 3.7.2, @js-temporal/polyfill 0.5.1 (npm), Date of Node.js 20 to 24
# Guess:     What `format: date-time` lets through, a parser of ISO 8601 reads, and the parsers agree.
# Behaviour: The leap second passes the check; Temporal makes it :59, Date and luxon have no such time. The end of the
#            day (24:00) fails it; Date and luxon take it for the next day, Temporal refuses it. An offset of two digits
#            passes; Temporal and luxon read it, Date does not.
# Output:    23:59:60Z: ajv yes, Temporal 23:59:59, Date none, luxon none | 24:00:00Z: ajv no, Temporal none,
#            Date 00:00:00, luxon 00:00:00 | 10:00:00+01: ajv yes, Temporal 09:00:00, Date none, luxon 09:00:00
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund ajv@8.20.0 ajv-formats@3.0.1 luxon@3.7.2 @js-temporal/polyfill@0.5.1 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { Temporal } from '@js-temporal/polyfill'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { DateTime } from 'luxon'

const ajv = new Ajv()
addFormats.default(ajv)
const isValid = ajv.compile({ type: 'string', format: 'date-time' })
const time = read => {
  try {
    return read()?.slice(11, 19) ?? 'none'
  } catch {
    return 'none'
  }
}
const row = text =>
  `${text.slice(11)}: ajv ${isValid(text) ? 'yes' : 'no'}, Temporal ${time(() => Temporal.Instant.from(text).toString())}, ` +
  `Date ${time(() => new Date(text).toISOString())}, luxon ${time(() => DateTime.fromISO(text).toUTC().toISO())}`
console.log(['2016-12-31T23:59:60Z', '2026-11-29T24:00:00Z', '2026-11-29T10:00:00+01'].map(row).join(' | '))
JS
seen=$(timeout 30 node try.mjs)
expected='23:59:60Z: ajv yes, Temporal 23:59:59, Date none, luxon none | 24:00:00Z: ajv no, Temporal none, Date 00:00:00, luxon 00:00:00 | 10:00:00+01: ajv yes, Temporal 09:00:00, Date none, luxon 09:00:00'
guess='four times yes or four times no in each group'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
