#!/usr/bin/env bash
# A Windows path in a KQL text: C:\temp\new is taken and is another path, C:\Users is not taken.
#
# Date:      2026-11-29
# Version:   @kusto/language-service-next 12.4.1 (npm): Microsoft's own analyzer
# Guess:     A query with a path in double quotes is either right or an error, whatever the folder is called; so a query
#            that was tried with C:\temp is right for C:\Users too.
# Behaviour: In "…" the backslash escapes. C:\temp\new has no diagnostics and holds a tab and a line break, so the query
#            runs and finds nothing; C:\Users is a syntax error, as is C:\Program Files. Verbatim texts (@"…") are right.
# Output:    plain temp: 0 diagnostics, "C:<tab>emp<line break>ew" (as JSON); plain Users: diagnostics;
#            verbatim temp: 0 diagnostics, "C:\\temp\\new" (as JSON)
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @kusto/language-service-next@12.4.1 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.cjs <<'JS'
require('@kusto/language-service-next/bridge.min.js')
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js')
const { KustoCode, Syntax } = globalThis.Kusto.Language

function read(literal) {
  const code = KustoCode.ParseAndAnalyze(`print ${literal}`)
  let value
  Syntax.SyntaxElement.WalkNodes(code.Syntax, node => {
    if (node instanceof Syntax.LiteralExpression) value = node.LiteralValue
  })
  return { faults: code.GetDiagnostics().Count, value }
}
const temp = read('"C:\\temp\\new"')
const users = read('"C:\\Users"')
const verbatim = read('@"C:\\temp\\new"')
console.log(
  `plain temp: ${temp.faults} diagnostics, ${JSON.stringify(temp.value)}; plain Users: ${users.faults > 0 ? 'diagnostics' : 'none'}; ` +
    `verbatim temp: ${verbatim.faults} diagnostics, ${JSON.stringify(verbatim.value)}`,
)
JS
seen=$(timeout 50 node try.cjs)
expected='plain temp: 0 diagnostics, "C:\temp\new"; plain Users: diagnostics; verbatim temp: 0 diagnostics, "C:\\temp\\new"'
guess='plain paths are both right or both an error'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
