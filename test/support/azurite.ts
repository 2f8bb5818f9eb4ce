import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { ContainerClient } from '@azure/storage-blob'
import { selfSignedCertificate } from '../../src/emulator/certificate.ts'

const PROGRAM = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
const ACCOUNT = 'devstoreaccount1'

/** Azure Blob Storage on this machine, for one test file. */
export interface Azurite {
  /** What `store` names: a container that is there. */
  readonly store: string
  /** The path of the certificate that it shows, for `NODE_EXTRA_CA_CERTS`. */
  readonly certificate: string
  /** The same, with its key, for a proxy before it. */
  readonly tls: { readonly cert: string; readonly key: string }
  /** Where it listens. */
  readonly port: number
  close(): Promise<void>
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A token that Azurite takes: it looks at issuer, audience and times, not at who signed it. */
export function storeToken(): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
    tid: 'ab1f708d-50f6-404c-a006-d71b2ac7a606',
    iat: now - 60,
    nbf: now - 60,
    exp: now + 86_400,
  }
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${part('signature')}`
}

/** Starts Azurite on a free port of this machine, in memory, over TLS, and makes a container. This process trusts it. */
export async function startAzurite(): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-azurite-'))
  const tls = selfSignedCertificate()
  const certificate = join(folder, 'cert.pem')
  await writeFile(certificate, tls.cert)
  await writeFile(join(folder, 'key.pem'), tls.key)
  setDefaultCACertificates([...getCACertificates(), tls.cert])
  const options = [
    '--inMemoryPersistence',
    '--disableTelemetry',
    '--oauth',
    'basic',
    '--blobPort',
    '0',
    '--skipApiVersionCheck',
  ]
  const files = ['--cert', certificate, '--key', join(folder, 'key.pem')]
  const child = spawn(process.execPath, [PROGRAM, '--silent', ...options, ...files], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let port = 0
  for await (const line of createInterface({ input: child.stdout })) {
    port = Number(/successfully listens on https:\/\/127\.0\.0\.1:(\d+)/i.exec(line)?.[1] ?? 0)
    if (port > 0) break
  }
  child.stdout.resume()
  const store = `https://127.0.0.1:${port}/${ACCOUNT}/holdfast`
  const expiresOnTimestamp = Date.now() + 3_600_000
  await new ContainerClient(store, {
    getToken: async () => ({ token: storeToken(), expiresOnTimestamp }),
  }).create()
  return {
    store,
    certificate,
    tls,
    port,
    async close() {
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
