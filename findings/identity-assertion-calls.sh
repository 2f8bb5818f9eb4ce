#!/usr/bin/env bash
# ClientAssertionCredential calls for an assertion twice per getToken, also where no token is asked for.
#
# Date:      2026-11-29
# Version:   @azure/identity 4.14.1 with @azure/msal-node 7.2.3 (npm)
# Guess:     The callback is called once for each request to the authority. A token from the cache needs none.
# Behaviour: Two calls of getToken, the second answered from the cache: one request, four calls of the callback. Where the
#            assertion is an OIDC token of a pipeline, each call is a request to the pipeline's issuer.
# Output:    getToken 2, token requests 1, assertions asked for 4, sent assertion-1
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @azure/identity@4.14.1 @azure/msal-node@7.2.3 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost >/dev/null 2>&1 ||
  { echo 'not tried: no certificate can be made' >&2; exit 2; }

cat >authority.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'

export const TENANT = '00000000-0000-0000-0000-000000000001'
export const CLIENT = '00000000-0000-0000-0000-000000000002'
export const SCOPE = 'https://api.contoso.com/.default'

/** A stand-in authority; `answer` says what the token endpoint answers, `asked` what it was asked. */
export async function startAuthority(answer) {
  const asked = []
  const server = createServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }, (request, response) => {
    let body = ''
    request.on('data', part => {
      body += part
    })
    request.on('end', () => {
      const base = `https://localhost:${server.address().port}/${TENANT}`
      const isToken = request.url.includes('/token')
      if (isToken) asked.push(Object.fromEntries(new URLSearchParams(body)))
      const [status, document] = isToken
        ? answer(asked.length)
        : [
            200,
            {
              issuer: `${base}/v2.0`,
              authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
              token_endpoint: `${base}/oauth2/v2.0/token`,
              jwks_uri: `${base}/keys`,
            },
          ]
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    })
  })
  await new Promise(resolve => server.listen(0, resolve))
  const options = { authorityHost: `https://localhost:${server.address().port}`, disableInstanceDiscovery: true }
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { asked, options, stop }
}
JS

cat >try.mjs <<'JS'
import { ClientAssertionCredential } from '@azure/identity'
import { CLIENT, SCOPE, startAuthority, TENANT } from './authority.mjs'

const { asked, options, stop } = await startAuthority(() => [
  200,
  { token_type: 'Bearer', expires_in: 3600, access_token: 'a' },
])
let assertions = 0
const credential = new ClientAssertionCredential(
  TENANT,
  CLIENT,
  async () => {
    assertions += 1
    return `assertion-${assertions}`
  },
  options,
)
await credential.getToken(SCOPE)
await credential.getToken(SCOPE)
console.log(
  `getToken 2, token requests ${asked.length}, assertions asked for ${assertions}, sent ${asked[0].client_assertion}`,
)
stop()
JS
seen=$(NODE_EXTRA_CA_CERTS=$dir/cert.pem timeout 50 node try.mjs)
expected='getToken 2, token requests 1, assertions asked for 4, sent assertion-1'
guess='token requests 1, assertions asked for 1'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
