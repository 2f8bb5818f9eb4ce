#!/usr/bin/env bash
# A machine id of 40 hexadecimal digits that YAML takes for infinity, and JSON then for null.
#
# Date:      2026-11-29
# Version:   yaml 2.9.1, js-yaml 5.5.0 (npm)
# Guess:     40 characters with a letter among them are text; the short `12e03` is the only trap. Two libraries of
#            YAML 1.2 agree on what a number is.
# Behaviour: A SHA-1 with one `e` and digits else is a number of the core schema, too large for a double. `yaml` makes it
#            Infinity, and JSON has no word for that; js-yaml, which does take 12e03 for a number, leaves it text.
# Output:    yaml {"short":12000,"id":null}, js-yaml {"short":12000,"id":"4e55555555555555555555555555555555555555"}
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund yaml@2.9.1 js-yaml@5.5.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import * as jsYaml from 'js-yaml'
import YAML from 'yaml'

const text = `short: 12e03\nid: ${'4e'.padEnd(40, '5')}\n`
console.log(`yaml ${JSON.stringify(YAML.parse(text))}, js-yaml ${JSON.stringify(jsYaml.load(text))}`)
JS
seen=$(timeout 30 node try.mjs)
expected='yaml {"short":12000,"id":null}, js-yaml {"short":12000,"id":"4e55555555555555555555555555555555555555"}'
guess='the id is text in both'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
