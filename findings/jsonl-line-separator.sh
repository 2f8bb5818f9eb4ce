#!/usr/bin/env bash
# JSON lines read with node:readline: one record comes out as two.
#
# Date:      2026-11-29
# Version:   Node.js 24.21.0 (npm package `node`)
# Guess:     Lines end at LF or CRLF, so that every line which JSON.stringify wrote and LF ended is one line again.
# Behaviour: node:readline, and readLines() of a file handle with it, end a line at U+2028 and U+2029 too. JSON allows
#            both inside a text, JSON.stringify leaves them as they are, and texts pasted from chats and word
#            processors hold them. Neither half parses.
# Output:    records written 1, lines by split 1, by readline 2, by readLines 2, halves that parse 0
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"allowScripts":{"node":true}}' >package.json
npm install --silent --no-save --no-audit --no-fund node@24.21.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'

writeFileSync('record.jsonl', `${JSON.stringify({ comment: 'INC-4211\u2028held until noon' })}\n`)
const split = readFileSync('record.jsonl', 'utf8').split('\n').filter(line => line !== '').length
const lines = []
for await (const line of createInterface({ input: createReadStream('record.jsonl') })) lines.push(line)
const file = await open('record.jsonl')
let byHandle = 0
for await (const _line of file.readLines()) byHandle += 1
const parses = line => {
  try {
    return JSON.parse(line) !== undefined
  } catch {
    return false
  }
}
console.log(
  `records written 1, lines by split ${split}, by readline ${lines.length}, by readLines ${byHandle}, ` +
    `halves that parse ${lines.filter(parses).length}`,
)
JS
seen=$(timeout 30 node_modules/node/bin/node try.mjs)
expected='records written 1, lines by split 1, by readline 2, by readLines 2, halves that parse 0'
printf 'guess: one line for one record, whoever reads it\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
