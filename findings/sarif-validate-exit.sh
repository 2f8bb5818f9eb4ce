#!/usr/bin/env bash
# The SARIF validator finds errors and exits 0; what code scanning refuses, it does not mention.
#
# Date:      2026-11-29
# Version:   @microsoft/sarif-multitool 5.7.0 (npm), with its rules for GitHub (`--rule-kind 'Sarif;Ghas'`)
# Guess:     A file that breaks the format ends the command with another code than 0, as linters do; a result that has a
#            logical location alone is at least warned of, since code scanning shows results in files.
# Behaviour: "Analysis completed successfully", exit 0, however many errors were found: they are told in the output alone.
#            A result with a logical location only is not among them.
# Output:    region that ends before it begins: exit 0, errors SARIF1007; message without text: exit 0, errors GH1015
#            GH1017 GH2012 JSON1017; logical location alone: exit 0, errors none
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @microsoft/sarif-multitool@5.7.0 @microsoft/sarif-multitool-linux@5.7.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }
tool=node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
[ -x "$tool" ] && [ "$(uname -m)" = x86_64 ] || { echo 'not tried: the program is for Linux on x86_64' >&2; exit 2; }
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

write() {
  cat >log.sarif <<JSON
{"\$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"soc",
"version":"1.0.0","rules":[{"id":"drift","shortDescription":{"text":"Drift."},"fullDescription":{"text":"Drift of a hold."},"help":{"text":"See the plan."}}]}},
"results":[{"ruleId":"drift","level":"error","message":$1,"locations":[$2]}]}]}
JSON
  timeout 40 "$tool" validate log.sarif --rule-kind 'Sarif;Ghas' --output out.sarif --log ForceOverwrite >out.txt 2>&1 &&
    code=0 || code=$?
  errors=$(grep -oE 'error [A-Z]+[0-9]+' out.txt | cut -d' ' -f2 | sort -u | paste -sd' ') || errors=
  echo "exit $code, errors ${errors:-none}"
}
text='{"text":"A hold was lifted."}'
file='"artifactLocation":{"uri":"policies/a.yaml"}'
seen="region that ends before it begins: $(write "$text" "{\"physicalLocation\":{$file,\"region\":{\"startLine\":5,\"endLine\":3}}}")"
seen+="; message without text: $(write '{}' "{\"physicalLocation\":{$file,\"region\":{\"startLine\":5}}}")"
seen+="; logical location alone: $(write "$text" '{"logicalLocations":[{"fullyQualifiedName":"m-1/isolated","kind":"resource"}]}')"
expected='region that ends before it begins: exit 0, errors SARIF1007; message without text: exit 0, errors GH1015 GH1017 GH2012 JSON1017; logical location alone: exit 0, errors none'
guess='other codes than 0, and a warning for the last'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
