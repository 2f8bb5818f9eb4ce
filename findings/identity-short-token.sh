#!/usr/bin/env bash
# A token that lasts less than five minutes is asked for anew at every call, one that says nothing ends at once.
#
# Date:      2026-11-29
# Version:   @azure/identity 4.14.1 with @azure/msal-node 7.2.3 (npm)
# Guess:     A token is kept until it ends. Without expires_in, which RFC 6749 only recommends, it is refused or lasts some
#            default. Calls that ask at the same moment share one request.
# Behaviour: What has less than 300 seconds to live counts as ended, so that each getToken is a request of its own; without
#            expires_in the token ends the moment it is had, without an error. Four calls at once are four requests.
# Output:    240 s: 2 requests for 2 calls; 900 s: 1; no expires_in: 2, ends in 0 s; 4 calls at once: 4
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

let extra = {}
const { asked, options, stop } = await startAuthority(count => [
  200,
  { token_type: 'Bearer', access_token: `token-${count}`, ...extra },
])
async function requestsOf(lifetime, calls) {
  extra = lifetime
  const before = asked.length
  const credential = new ClientSecretCredential(TENANT, CLIENT, 'secret', options)
  const token = await calls(() => credential.getToken(SCOPE))
  return [asked.length - before, token]
}
const twice = async get => {
  await get()
  return get()
}
const [short] = await requestsOf({ expires_in: 240 }, twice)
const [longer] = await requestsOf({ expires_in: 900 }, twice)
const [silent, token] = await requestsOf({}, twice)
const [atOnce] = await requestsOf({ expires_in: 3600 }, get => Promise.all([get(), get(), get(), get()]))
const left = Math.max(0, Math.round((token.expiresOnTimestamp - Date.now()) / 1000))
console.log(
  `240 s: ${short} requests for 2 calls; 900 s: ${longer}; no expires_in: ${silent}, ends in ${left} s; ` +
    `4 calls at once: ${atOnce}`,
)
stop()
JS
seen=$(NODE_EXTRA_CA_CERTS=$dir/cert.pem timeout 50 node try.mjs)
expected='240 s: 2 requests for 2 calls; 900 s: 1; no expires_in: 2, ends in 0 s; 4 calls at once: 4'
guess='one request each'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
