#!/usr/bin/env bash
# A blob lease is no lock: it is renewed after its end, and conditions are judged before it.
#
# Date:      2026-11-29
# Version:   azurite 3.37.0 with @azure/storage-blob 12.34.0 (npm)
# Guess:     A lease that has ended is over, so that who held it must acquire anew. A write without the lease id is told
#            LeaseIdMissing, whatever else it asks. Acquiring and renewing change the ETag, so that a reader sees them.
# Behaviour: renewLease succeeds after the end where the blob was neither written nor leased meanwhile; a holder that slept
#            does not learn that it was without. Where it was written, renewal and writes with the ended id are refused.
#            `If-None-Match: *` gives 409 BlobAlreadyExists and a wrong If-Match 412 ConditionNotMet, as if nobody held a
#            lease. ETag and Last-Modified stay as they are; and who proposes the holder's own id gets the lease as well.
# Output:    ended: renew 200, after a write 409 LeaseIdMismatchWithLeaseOperation, write 412
#            LeaseNotPresentWithBlobOperation; held: write 412 LeaseIdMissing, If-None-Match 409 BlobAlreadyExists,
#            If-Match 412 ConditionNotMet, same id 201, ETag changed no
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
# The store's telemetry, which is switched off here, would bring 230 MB of packages: an empty one stands for it.
mkdir telemetry
echo '{"name":"applicationinsights","version":"3.0.0","main":"index.js"}' >telemetry/package.json
echo >telemetry/index.js
echo '{"overrides":{"applicationinsights":"file:./telemetry"}}' >package.json
npm install --silent --no-save --no-audit --no-fund azurite@3.37.0 @azure/storage-blob@12.34.0 >/dev/null 2>&1 ||
  { echo 'not tried: the packages cannot be installed' >&2; exit 2; }

cat >store.mjs <<'JS'
import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'

// Account and key are those that every Azurite has and its documentation shows.
const ACCOUNT = 'devstoreaccount1'
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='

async function freePort() {
  const probe = createServer()
  await new Promise(resolve => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise(resolve => probe.close(resolve))
  return port
}

/** Starts Azurite behind a proxy that can lose an answer: the request was carried out, the client sees a hang-up. */
export async function startStore() {
  const port = await freePort()
  const azurite = spawn(
    process.execPath,
    [
      'node_modules/azurite/dist/src/blob/main.js',
      '--silent', '--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck',
      '--blobHost', '127.0.0.1', '--blobPort', String(port),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await new Promise(resolve => azurite.stdout.on('data', text => /listen/i.test(String(text)) && resolve()))
  const state = { lose: 0 }
  const proxy = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, answer => {
      if (state.lose > 0) {
        state.lose -= 1
        answer.resume().on('end', () => incoming.socket.destroy())
      } else {
        outgoing.writeHead(answer.statusCode, answer.headers)
        answer.pipe(outgoing)
      }
    })
    incoming.pipe(onward)
  })
  await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const container = new BlobServiceClient(
    `http://127.0.0.1:${proxy.address().port}/${ACCOUNT}`,
    new StorageSharedKeyCredential(ACCOUNT, KEY),
    { retryOptions: { retryDelayInMs: 50 } },
  ).getContainerClient('soc')
  await container.create()
  const stop = () => {
    azurite.kill()
    proxy.closeAllConnections()
    proxy.close()
  }
  return { container, state, stop }
}

/** The status of what succeeded, status and code of what was refused. */
export const endOf = work =>
  work.then(
    ({ _response }) => String(_response.status),
    error => `${error.statusCode} ${error.code}`,
  )
JS

cat >try.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises'
import { endOf, startStore } from './store.mjs'

const { container, stop } = await startStore()
try {
  const [quiet, written, held] = ['quiet', 'written', 'held'].map(name => container.getBlockBlobClient(name))
  await Promise.all([quiet, written, held].map(blob => blob.upload('a', 1)))
  const [first, second] = [quiet.getBlobLeaseClient(), written.getBlobLeaseClient()]
  await Promise.all([first.acquireLease(15), second.acquireLease(15)])

  const before = (await held.getProperties()).etag
  const lease = held.getBlobLeaseClient()
  await lease.acquireLease(15)
  const same = await endOf(held.getBlobLeaseClient(lease.leaseId).acquireLease(60))
  await lease.renewLease()
  const isChanged = (await held.getProperties()).etag !== before
  const write = conditions => endOf(held.upload('b', 1, { conditions }))
  const told = `write ${await write({})}, If-None-Match ${await write({ ifNoneMatch: '*' })}, If-Match ${await write({ ifMatch: '"0x1"' })}`

  await pause(16_500)
  await written.upload('b', 1)
  const renewals = `renew ${await endOf(first.renewLease())}, after a write ${await endOf(second.renewLease())}`
  const late = await endOf(written.upload('c', 1, { conditions: { leaseId: second.leaseId } }))
  console.log(
    `ended: ${renewals}, write ${late}; held: ${told}, same id ${same}, ETag changed ${isChanged ? 'yes' : 'no'}`,
  )
} finally {
  stop()
}
JS
seen=$(timeout 55 node try.mjs)
expected='ended: renew 200, after a write 409 LeaseIdMismatchWithLeaseOperation, write 412 LeaseNotPresentWithBlobOperation; held: write 412 LeaseIdMissing, If-None-Match 409 BlobAlreadyExists, If-Match 412 ConditionNotMet, same id 201, ETag changed no'
guess='409 for both renewals, LeaseIdMissing three times, a refusal of the same id, yes'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
