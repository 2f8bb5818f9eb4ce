import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, selfSignedCertificate } from '../../emulator/certificate.ts'

/** A certificate of the emulator's own making, and the file that a client trusts it by. */
export interface EmulatorTls {
  readonly certificate: Certificate
  /** PEM, of the certificate alone: the key never leaves the process. */
  readonly file: string
  /** Takes the file away. */
  remove(): Promise<void>
}

/** Makes a certificate and writes it where a client can be pointed to. */
export async function makeEmulatorTls(): Promise<EmulatorTls> {
  const certificate = selfSignedCertificate()
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-emulator-'))
  const file = join(folder, 'certificate.pem')
  await writeFile(file, certificate.cert)
  return { certificate, file, remove: () => rm(folder, { recursive: true, force: true }) }
}
