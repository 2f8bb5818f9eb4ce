#!/usr/bin/env bash
# Microsoft's Graph client: the second filter() replaces the first, while the second select() adds to it.
#
# Date:      2026-11-29
# Version:   @microsoft/microsoft-graph-client 3.0.7 (npm)
# Guess:     A fluent builder joins conditions with `and`, as it joins the fields of select(), or throws at the second.
# Behaviour: The last filter() wins without a word; select() collects. The same goes for a $filter in the path that was
#            given, so that a guard written there ("of this tenant only") is gone after filter().
# Output:    GET /v1.0/machines?$filter=status eq 'Active'&$select=id,name
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @microsoft/microsoft-graph-client@3.0.7 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createServer } from 'node:http'
import { Client } from '@microsoft/microsoft-graph-client'

const server = createServer((request, response) => {
  console.log(`${request.method} ${decodeURIComponent(request.url)}`)
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":[]}')
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const client = Client.init({
  baseUrl: `http://127.0.0.1:${server.address().port}/`,
  authProvider: done => done(null, 'token'),
  customHosts: new Set(['127.0.0.1']),
})
await client
  .api("/machines?$filter=group eq 'finance'")
  .filter("os eq 'Windows11'")
  .filter("status eq 'Active'")
  .select('id')
  .select('name')
  .get()
server.closeAllConnections()
server.close()
JS
seen=$(timeout 30 node try.mjs)
expected="GET /v1.0/machines?\$filter=status eq 'Active'&\$select=id,name"
guess='three conditions joined with and, or an error'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
