#!/usr/bin/env bash
# Microsoft's Graph client sends a POST again after 504, three times.
#
# Date:      2026-11-29
# Version:   @microsoft/microsoft-graph-client 3.0.7 (npm)
# Guess:     Only requests that may be repeated are: GET, or a POST that was refused before it was begun (429, 503). A
#            504 says that nobody knows whether it was done.
# Behaviour: The retry handler of the default chain looks at the status alone (429, 503, 504) and at whether the body can
#            be sent again, so that one call of post() can do the same thing four times. Nothing of it shows in the
#            answer.
# Output:    requests POST POST POST POST, answer {"done":4}
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @microsoft/microsoft-graph-client@3.0.7 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createServer } from 'node:http'
import { Client } from '@microsoft/microsoft-graph-client'

const seen = []
const server = createServer((request, response) => {
  seen.push(request.method)
  const isLast = seen.length === 4
  response.writeHead(isLast ? 200 : 504, { 'content-type': 'application/json', 'retry-after': '1' })
  response.end(isLast ? '{"done":4}' : '{"error":{"code":"gatewayTimeout","message":""}}')
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const client = Client.init({
  baseUrl: `http://127.0.0.1:${server.address().port}/`,
  authProvider: done => done(null, 'token'),
  customHosts: new Set(['127.0.0.1']),
})
const answer = await client
  .api('/machines/1/isolate')
  .post({ comment: 'INC-4211' })
  .catch(error => ({ error: error.statusCode }))
console.log(`requests ${seen.join(' ')}, answer ${JSON.stringify(answer)}`)
server.closeAllConnections()
server.close()
JS
seen=$(timeout 45 node try.mjs)
expected='requests POST POST POST POST, answer {"done":4}'
guess='one POST, and an error that names 504'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
