#!/usr/bin/env bash
# Two zstd frames in one file: how many are read depends on how the bytes arrive.
#
# Date:      2026-11-29
# Version:   Node.js 24.21.0 (npm package `node`)
# Guess:     Frames that follow each other are read one after the other, as RFC 8878 (3.1) says, as `zstd -d` does, and
#            as node:zlib itself does with the members of a gzip file. If not, there is an error.
# Behaviour: What stands in the same chunk behind the end of a frame is dropped without an error; a frame that begins
#            with a chunk of its own is read. So a file that was appended to loses its later frames, or a stream some of
#            them, by where the reads happen to cut it.
# Output:    gzip "one two", zstd at once "one ", zstd in one chunk "one ", zstd in two chunks "one two"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"allowScripts":{"node":true}}' >package.json
npm install --silent --no-save --no-audit --no-fund node@24.21.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'

const frames = [zlib.zstdCompressSync('one '), zlib.zstdCompressSync('two')]
const stream = async chunks => {
  let text = ''
  for await (const part of Readable.from(chunks).pipe(zlib.createZstdDecompress())) text += part
  return text
}
const gzip = zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')])).toString()
const atOnce = zlib.zstdDecompressSync(Buffer.concat(frames)).toString()
console.log(
  `gzip "${gzip}", zstd at once "${atOnce}", zstd in one chunk "${await stream([Buffer.concat(frames)])}", ` +
    `zstd in two chunks "${await stream(frames)}"`,
)
JS
seen=$(timeout 30 node_modules/node/bin/node --no-warnings try.mjs)
expected='gzip "one two", zstd at once "one ", zstd in one chunk "one ", zstd in two chunks "one two"'
printf 'guess: "one two" four times\nseen:  %s\n' "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was %s\n' "$expected" >&2; exit 1; }
