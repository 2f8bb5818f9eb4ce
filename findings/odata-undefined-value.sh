#!/usr/bin/env bash
# odata-query leaves out a condition whose value is undefined: the filter asks for everything.
#
# Date:      2026-11-29
# Version:   odata-query 8.1.0 (npm)
# Guess:     A value that is not there is refused, or compared with null. The one thing that a builder of filters does
#            not do is to widen what is asked for.
# Behaviour: `{ id: undefined }`, `{ id: { eq: undefined } }` and `{ or: [] }` give no $filter at all, so that the server
#            answers with every row; beside other conditions they vanish in silence. `{ in: [] }`, which would rightly
#            match nothing, becomes `in ()`, which OData's grammar does not have.
# Output:    undefined: "", eq undefined: "", or of none: "", beside another: "?$filter=status eq 'Pending'",
#            in of none: "?$filter=id in ()"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund odata-query@8.1.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import odata from 'odata-query'

const build = odata.default ?? odata
const shown = filter => JSON.stringify(build({ filter }))
console.log(
  `undefined: ${shown({ id: undefined })}, eq undefined: ${shown({ id: { eq: undefined } })}, ` +
    `or of none: ${shown({ or: [] })}, beside another: ${shown({ status: 'Pending', id: undefined })}, ` +
    `in of none: ${shown({ id: { in: [] } })}`,
)
JS
seen=$(timeout 30 node try.mjs)
expected="undefined: \"\", eq undefined: \"\", or of none: \"\", beside another: \"?\$filter=status eq 'Pending'\", in of none: \"?\$filter=id in ()\""
guess='an error, or a filter that matches nothing'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
