#!/usr/bin/env bash
# junit2json makes numbers of names: test 12e03 becomes 12.
#
# Date:      2026-11-29
# Version:   junit2json 4.0.0 (npm)
# Guess:     Counts and times become numbers, since the format has them as numbers; names, classes, messages and property
#            values stay text.
# Behaviour: Every attribute that Number() takes is read with parseInt: 12e03 becomes 12, 0x1F 0, 1.5 in a message 1.5 or 1;
#            an id of 40 digits a rounded double, an empty name null (NaN).
# Output:    12e03 → 12, 0x1F → 0, 007 → 7, "" → null, 40 digits → 1.1111111111111112e+39, fin-ws-014 → "fin-ws-014"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund junit2json@4.0.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { parse } from 'junit2json'

const shown = []
for (const name of ['12e03', '0x1F', '007', '', '1'.repeat(40), 'fin-ws-014']) {
  const suite = await parse(`<testsuite name="s" tests="1"><testcase name="${name}" classname="c"/></testsuite>`)
  const label = name === '' ? '""' : name.length === 40 ? '40 digits' : name
  shown.push(`${label} → ${JSON.stringify(suite.testcase[0].name)}`)
}
console.log(shown.join(', '))
JS
seen=$(timeout 30 node try.mjs)
expected='12e03 → 12, 0x1F → 0, 007 → 7, "" → null, 40 digits → 1.1111111111111112e+39, fin-ws-014 → "fin-ws-014"'
guess='each name as it was, a text'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
