#!/usr/bin/env bash
# An append whose answer is lost stands twice; with a position it is refused although it is written.
#
# Date:      2026-11-29
# Version:   @azure/storage-blob 12.34.0 against azurite 3.37.0 (npm)
# Guess:     The library repeats only what may be repeated, or adds the condition that makes a repetition harmless, and
#            tells its own write from another's.
# Behaviour: The connection breaks after the block is written, the library sends it again, and both stand there; the call
#            resolves with 201. With appendPosition the repetition is refused with 412, and so is a first upload with
#            `If-None-Match: *`, with 409: an error for what has succeeded.
# Output:    append: 201, "row;row;"; with a position: 412 AppendPositionConditionNotMet, "row;";
#            new blob: 409 BlobAlreadyExists, "row;"
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
import { endOf, startStore } from './store.mjs'

const { container, state, stop } = await startStore()
try {
  const text = async name => JSON.stringify((await container.getBlobClient(name).downloadToBuffer()).toString())
  const plain = container.getAppendBlobClient('plain')
  await plain.create()
  state.lose = 1
  const append = await endOf(plain.appendBlock('row;', 4))
  const placed = container.getAppendBlobClient('placed')
  await placed.create()
  state.lose = 1
  const position = await endOf(placed.appendBlock('row;', 4, { conditions: { appendPosition: 0 } }))
  state.lose = 1
  const upload = await endOf(
    container.getBlockBlobClient('new').upload('row;', 4, { conditions: { ifNoneMatch: '*' } }),
  )
  console.log(
    `append: ${append}, ${await text('plain')}; with a position: ${position}, ${await text('placed')}; ` +
      `new blob: ${upload}, ${await text('new')}`,
  )
} finally {
  stop()
}
JS
seen=$(timeout 50 node try.mjs)
expected='append: 201, "row;row;"; with a position: 412 AppendPositionConditionNotMet, "row;"; new blob: 409 BlobAlreadyExists, "row;"'
guess='one row and success each time'
printf 'guess: %s\nseen:  %s\n' "$guess" "$seen"
[ "$seen" = "$expected" ] || { printf 'changed: it was "%s"\n' "$expected" >&2; exit 1; }
