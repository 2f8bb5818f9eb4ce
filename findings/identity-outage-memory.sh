#!/usr/bin/env bash
# After an outage of the authority the same credential says no for a minute without asking.
#
# Date:      2026-11-29
# Version:   @azure/identity 4.14.1 with @azure/msal-node 7.2.3 (npm)
# Guess:     A credential that could not get a token asks again at the next call; only what succeeded is kept.
# Behaviour: When the authority has answered 503 to the last attempt, the object keeps that and answers the next calls
#            itself, with an error whose message is empty, although the authority is back. A new object asks and gets a
#            token.
# Output:    outage: rejected after 4 requests; authority back, same object: rejected with "" after 0 requests;
#            new object: token after 1 request
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
import { ClientSecretCredential } from '@azure/identity'
import { CLIENT, SCOPE, startAuthority, TENANT } from './authority.mjs'

let isBack = false
const { asked, options, stop } = await startAuthority(() =>
  isBack
    ? [200, { token_type: 'Bearer', expires_in: 3600, access_token: 'a' }]
    : [503, { error: 'temporarily_unavailable' }],
)
const create = () => new ClientSecretCredential(TENANT, CLIENT, 'secret', options)
async function ask(credential) {
  const before = asked.length
  const end = await credential.getToken(SCOPE).then(
    () => 'token',
    error => `rejected${error.message === '' ? ' with ""' : ''}`,
  )
  const requests = asked.length - before
  return `${end} after ${requests} request${requests === 1 ? '' : 's'}`
}
const credential = create()
const outage = await ask(credential)
isBack = true
console.log(`outage: ${outage}; authority back, same object: ${await ask(credential)}; new object: ${await ask(create())}`)
stop()
JS
seen=$(NODE_EXTRA_CA_CERTS=$dir/cert.pem timeout 50 node try.mjs)
expected='outage: rejected after 4 requests; authority back, same object: rejected with "" after 0 requests; new object: token after 1 request'
guess='the same object asks again and gets a token'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
