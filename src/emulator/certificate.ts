import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A private key and its certificate, both PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const DAY_MS = 86_400_000
/** A week back, for clocks that are behind, and a year ahead. */
const VALID_FROM_MS = -7 * DAY_MS
const VALID_FOR_MS = 365 * DAY_MS

/** Tags of DER (ITU-T X.690). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  objectId: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Object identifiers as DER writes them. */
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('550403', 'hex')
const SUBJECT_ALT_NAME = Buffer.from('551d11', 'hex')
const BASIC_CONSTRAINTS = Buffer.from('551d13', 'hex')

function lengthOf(content: Buffer): Buffer {
  if (content.length < 0x80) return Buffer.from([content.length])
  if (content.length < 0x100) return Buffer.from([0x81, content.length])
  return Buffer.from([0x82, content.length >> 8, content.length & 0xff])
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(TAG.sequence, ...parts)
}

/** GeneralizedTime: `20261122180000Z`. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(TAG.time, Buffer.from(text))
}

function nameOf(commonName: string): Buffer {
  const pair = sequence(der(TAG.objectId, COMMON_NAME), der(TAG.utf8, Buffer.from(commonName)))
  return sequence(der(TAG.set, pair))
}

/** The names a client may call: this computer, by name and by address. */
function alternativeNames(): Buffer {
  const [dnsName, address] = [0x82, 0x87]
  const names = sequence(
    der(dnsName, Buffer.from('localhost')),
    der(address, Buffer.from([127, 0, 0, 1])),
    der(address, Buffer.from([...Array<number>(15).fill(0), 1])),
  )
  return sequence(der(TAG.objectId, SUBJECT_ALT_NAME), der(TAG.octets, names))
}

/** Marks the certificate as an authority, so that a client can be told to trust just this one. */
function authority(): Buffer {
  const isCritical = der(TAG.boolean, Buffer.from([0xff]))
  const isAuthority = sequence(der(TAG.boolean, Buffer.from([0xff])))
  return sequence(der(TAG.objectId, BASIC_CONSTRAINTS), isCritical, der(TAG.octets, isAuthority))
}

function toBeSigned(publicKey: KeyObject, nowMs: number): Buffer {
  const [version, extensions] = [0xa0, 0xa3]
  const serial = randomBytes(16)
  // The first bit is the sign, and a serial number is positive.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const name = nameOf('Holdfast emulator')
  return sequence(
    der(version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serial),
    sequence(der(TAG.objectId, ECDSA_WITH_SHA256)),
    name,
    sequence(time(nowMs + VALID_FROM_MS), time(nowMs + VALID_FOR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(extensions, sequence(alternativeNames(), authority())),
  )
}

/**
 * Makes a key and a certificate for `localhost`, `127.0.0.1` and `::1`, signed by itself (RFC 5280).
 *
 * @param nowMs - Real time; the certificate is good from a week before it for a year.
 */
export function selfSignedCertificate(nowMs: number = Date.now()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = toBeSigned(publicKey, nowMs)
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  const whole = sequence(body, sequence(der(TAG.objectId, ECDSA_WITH_SHA256)), der(TAG.bits, signature))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  }
}
