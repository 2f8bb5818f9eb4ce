#!/usr/bin/env bash
# A managed identity's expires_on: a date is read as "now", a lifetime as 1970.
#
# Date:      2026-11-29
# Version:   @azure/identity 4.14.1 with @azure/msal-node 7.2.3 (npm)
# Guess:     What is not a number of seconds is refused, or read as the date that it is: hosts have written it as seconds,
#            as ISO 8601 and as a US date over the years.
# Behaviour: A date gives a token that ends at this moment; no error. A lifetime in seconds gives one that ended in 1970.
#            Only seconds since 1970 are right, as number or text.
# Output:    2030-01-01T00:00:00Z: now; 1/1/2030 12:00:00 AM +00:00: now; 86399: 1970-01-01; 1893456000: 2030-01-01
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @azure/identity@4.14.1 @azure/msal-node@7.2.3 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >try.mjs <<'JS'
import { createServer } from 'node:http'
import { ManagedIdentityCredential } from '@azure/identity'

let ends
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ access_token: 'a', token_type: 'Bearer', resource: 'r', expires_on: ends }))
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${server.address().port}/msi/token`
process.env.IDENTITY_HEADER = 'header'
const shown = []
for (const text of ['2030-01-01T00:00:00Z', '1/1/2030 12:00:00 AM +00:00', '86399', '1893456000']) {
  ends = text
  // Tokens of managed identities are kept per process and scope.
  const token = await new ManagedIdentityCredential().getToken(`https://api-${shown.length}.contoso.com/.default`)
  const isNow = Math.abs(token.expiresOnTimestamp - Date.now()) < 5000
  shown.push(`${text}: ${isNow ? 'now' : new Date(token.expiresOnTimestamp).toISOString().slice(0, 10)}`)
}
console.log(shown.join('; '))
server.closeAllConnections()
server.close()
JS
seen=$(timeout 50 node try.mjs)
expected='2030-01-01T00:00:00Z: now; 1/1/2030 12:00:00 AM +00:00: now; 86399: 1970-01-01; 1893456000: 2030-01-01'
guess='2030-01-01, or an error'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
