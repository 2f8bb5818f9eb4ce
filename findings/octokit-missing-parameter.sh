#!/usr/bin/env bash
# GitHub's request library calls the collection when the id is missing: DELETE …/comments.
#
# Date:      2026-11-29
# Version:   @octokit/request 10.0.16 (npm)
# Guess:     A placeholder of the route without a value throws before anything is sent, since the route names it.
# Behaviour: It becomes nothing, an empty text likewise; a slash that is left at the end is removed, so that what was
#            meant for one comment goes to the address of all. In the middle an empty segment stays.
# Output:    DELETE /repos/contoso/soc/issues/comments | DELETE /repos/contoso/soc/issues/comments | GET /repos/contoso//issues
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @octokit/request@10.0.16 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createServer } from 'node:http'
import { request } from '@octokit/request'

const seen = []
const server = createServer((incoming, response) => {
  seen.push(`${incoming.method} ${incoming.url}`)
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const baseUrl = `http://127.0.0.1:${server.address().port}`
const place = { baseUrl, owner: 'contoso', repo: 'soc' }
await request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...place, comment_id: undefined })
await request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...place, comment_id: '' })
await request('GET /repos/{owner}/{repo}/issues', { baseUrl, owner: 'contoso' })
console.log(seen.join(' | '))
server.closeAllConnections()
server.close()
JS
seen=$(timeout 30 node try.mjs)
expected='DELETE /repos/contoso/soc/issues/comments | DELETE /repos/contoso/soc/issues/comments | GET /repos/contoso//issues'
guess='an error each time, and no request'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
