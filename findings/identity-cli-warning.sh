#!/usr/bin/env bash
# The Azure CLI gives a valid token and exits 0; its warning decides that nobody is signed in.
#
# Date:      2026-11-29
# Version:   @azure/identity 4.14.1 with @azure/msal-node 7.2.3 (npm)
# Guess:     AzureCliCredential goes by the exit code and by what stands on standard output; standard error is for people.
# Behaviour: The words "az login" anywhere on standard error outweigh exit 0 and a valid token. With "az login --scope" in
#            the text they do not.
# Output:    no warning: token; "Run az login soon to keep access": CredentialUnavailableError;
#            "Run az login --scope to change": token
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund @azure/identity@4.14.1 @azure/msal-node@7.2.3 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

mkdir bin
cat >bin/az <<'SH'
#!/bin/sh
[ -z "$WARNING" ] || echo "WARNING: $WARNING" >&2
echo '{"accessToken":"a","expiresOn":"2030-01-01 00:00:00.000000","expires_on":1893456000,"tokenType":"Bearer"}'
SH
chmod +x bin/az
cat >try.mjs <<'JS'
import { AzureCliCredential } from '@azure/identity'

const shown = []
for (const warning of ['', 'Run az login soon to keep access', 'Run az login --scope to change']) {
  process.env.WARNING = warning
  const end = await new AzureCliCredential().getToken('https://api.contoso.com/.default').then(
    () => 'token',
    error => error.name,
  )
  shown.push(`${warning === '' ? 'no warning' : `"${warning}"`}: ${end}`)
}
console.log(shown.join('; '))
JS
seen=$(PATH=$dir/bin:$PATH timeout 50 node try.mjs)
expected='no warning: token; "Run az login soon to keep access": CredentialUnavailableError; "Run az login --scope to change": token'
guess='a token three times'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
