#!/usr/bin/env bash
# A card template shows ${owner} to people where a value is missing, and rows do not see what is around them.
#
# Date:      2026-11-29
# Version:   adaptivecards-templating 2.3.1 with adaptive-expressions 4.23.3 (npm)
# Guess:     A value that is missing is written as nothing, and inside a repeated row names that the row lacks are looked up
#            in the data around it, as in every template language with scopes.
# Behaviour: The expression itself is left in the text, braces and all; no error. In a row only the row's own fields are
#            seen: what stands at the top needs ${$root.owner}. An empty list leaves no row, and null in place of an only one.
# Output:    missing "held by ${owner}", row "fin-ws-1 ${owner}", by root "fin-ws-1 anna", empty list null
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund adaptivecards-templating@2.3.1 adaptive-expressions@4.23.3 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.cjs <<'JS'
const { Template } = require('adaptivecards-templating')

const expand = (template, data) => new Template(template).expand({ $root: data })
const rows = { owner: 'anna', machines: [{ name: 'fin-ws-1' }] }
const missing = expand({ text: 'held by ${owner}' }, {}).text
const [row] = expand({ body: [{ $data: '${machines}', text: '${name} ${owner}' }] }, rows).body
const [byRoot] = expand({ body: [{ $data: '${machines}', text: '${name} ${$root.owner}' }] }, rows).body
const empty = expand({ $data: '${machines}', text: '${name}' }, { machines: [] })
console.log(
  `missing "${missing}", row "${row.text}", by root "${byRoot.text}", empty list ${JSON.stringify(empty)}`,
)
JS
seen=$(timeout 30 node try.cjs)
expected='missing "held by ${owner}", row "fin-ws-1 ${owner}", by root "fin-ws-1 anna", empty list null'
guess='"held by ", "fin-ws-1 anna" twice, and no element'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
