#!/usr/bin/env bash
# GitHub's request library hands on a JSON answer that was cut off, or is empty, as a text.
#
# Date:      2026-11-29
# Version:   @octokit/request 10.0.16 (npm)
# Guess:     An answer of 200 and application/json that cannot be parsed rejects, as response.json() does.
# Behaviour: It resolves with status 200 and the text as data. `data.length` and `for … of data` work on a text too, so
#            that a list of comments that broke off looks like a list of letters, and an empty one like no comments.
# Output:    cut list: 200 string of 15; empty: 200 string of 0; whole list: 200 array of 1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @octokit/request@10.0.16 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createServer } from 'node:http'
import { request } from '@octokit/request'

const bodies = { '/cut': '[{"id":1},{"id"', '/empty': '', '/whole': '[{"id":1}]' }
const server = createServer((incoming, response) => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(bodies[incoming.url])
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const baseUrl = `http://127.0.0.1:${server.address().port}`
const ask = path =>
  request(`GET ${path}`, { baseUrl }).then(
    ({ status, data }) => `${status} ${Array.isArray(data) ? 'array' : typeof data} of ${data.length}`,
    error => error.name,
  )
console.log(`cut list: ${await ask('/cut')}; empty: ${await ask('/empty')}; whole list: ${await ask('/whole')}`)
server.closeAllConnections()
server.close()
JS
seen=$(timeout 30 node try.mjs)
expected='cut list: 200 string of 15; empty: 200 string of 0; whole list: 200 array of 1'
guess='an error for what was cut'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
