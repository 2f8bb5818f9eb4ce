import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readStrictJson } from '../../schema/strict-json.ts'
import { canonicalJson } from './digest.ts'

/** What a signature is over begins with this, so that nothing else that a key signs can be taken for a plan. */
const DOMAIN = 'holdfast plan signature v1\n'

/** Ends the name of a plan's file, and makes that of its signature. */
export const SIGNATURE_SUFFIX = '.sig'

/** Why a key or a signature cannot be used. The message holds nothing of a key. */
export interface SignatureFault {
  readonly code:
    | 'signing-key-unusable'
    | 'trusted-key-unusable'
    | 'signature-malformed'
    | 'signature-untrusted'
    | 'signature-wrong'
  readonly message: string
}

/** A key that signs. */
export interface SigningKey {
  readonly key: KeyObject
  /** Id of the public key that belongs to it. */
  readonly keyId: string
}

/** Public keys by their ids. */
export type TrustedKeys = ReadonlyMap<string, KeyObject>

/** A public key's id: `sha256:` and the SHA-256 of its DER form (SPKI), 64 hex digits. */
function keyIdOf(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(der).digest('hex')}`
}

/** The bytes that are signed: the domain, and the digest of the file's bytes on a line. */
function messageOf(digest: string): Buffer {
  return Buffer.from(`${DOMAIN}${digest}\n`, 'utf8')
}

/** Reads the private key that signs plans: Ed25519 in PEM, not encrypted. */
export function readSigningKey(pem: string): SigningKey | SignatureFault {
  if (pem.includes('ENCRYPTED')) {
    return unusable('it is encrypted, and nobody is asked for a passphrase here')
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    return unusable('it holds no private key in PEM')
  }
  if (key.asymmetricKeyType !== 'ed25519')
    return unusable(`it is of type ${key.asymmetricKeyType}, not Ed25519`)
  return { key, keyId: keyIdOf(createPublicKey(key)) }
}

function unusable(why: string): SignatureFault {
  return { code: 'signing-key-unusable', message: `the key cannot sign plans: ${why}.` }
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/** Reads public keys that are trusted to sign plans: one Ed25519 key in PEM or more, one after the other. */
export function readTrustedKeys(text: string): TrustedKeys | SignatureFault {
  const keys = new Map<string, KeyObject>()
  for (const [block, label = ''] of text.matchAll(BLOCK)) {
    if (label !== 'PUBLIC KEY') return distrusted(`it holds a ${label}, which has no place among public keys`)
    let key: KeyObject
    try {
      key = createPublicKey(block)
    } catch {
      return distrusted('a key in it cannot be read')
    }
    if (key.asymmetricKeyType !== 'ed25519') {
      return distrusted(`it holds a key of type ${key.asymmetricKeyType}, not Ed25519`)
    }
    keys.set(keyIdOf(key), key)
  }
  return keys.size > 0 ? keys : distrusted('it holds no public key in PEM')
}

function distrusted(why: string): SignatureFault {
  return { code: 'trusted-key-unusable', message: `its keys cannot be trusted: ${why}.` }
}

/**
 * Signs a saved plan.
 *
 * @param digest - Of the file's bytes: `sha256:` and 64 hex digits.
 * @returns The text of the signature's file.
 */
export function signPlan(digest: string, { key, keyId }: SigningKey): string {
  const signature = sign(null, messageOf(digest), key).toString('base64')
  return `${canonicalJson({ algorithm: 'Ed25519', formatVersion: '1.0', keyId, signature })}\n`
}

/**
 * Says which of the trusted keys signed a saved plan.
 *
 * @param text - Of the signature's file.
 * @param digest - Of the plan file's bytes.
 */
export function checkSignature(
  text: string,
  digest: string,
  trusted: TrustedKeys,
): { readonly keyId: string } | SignatureFault {
  const signature = parseSignature(text)
  if (signature === undefined) {
    return { code: 'signature-malformed', message: 'this is no signature of a plan (format 1.0, Ed25519).' }
  }
  const { keyId, bytes } = signature
  const key = trusted.get(keyId)
  if (key === undefined) {
    return {
      code: 'signature-untrusted',
      message: `the plan is signed with the key ${keyId}, which is not trusted.`,
    }
  }
  return verify(null, messageOf(digest), key, bytes)
    ? { keyId }
    : { code: 'signature-wrong', message: `the signature with the key ${keyId} is not of this plan.` }
}

const KEY_ID = /^sha256:[0-9a-f]{64}$/
/** 64 bytes in base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/

function parseSignature(text: string): { readonly keyId: string; readonly bytes: Buffer } | undefined {
  const read = readStrictJson(text)
  if ('fault' in read) return undefined
  const { value } = read
  if (typeof value !== 'object' || value === null) return undefined
  const { algorithm, formatVersion, keyId, signature } = value as Readonly<Record<string, unknown>>
  const isOurs = algorithm === 'Ed25519' && formatVersion === '1.0'
  if (!isOurs || typeof keyId !== 'string' || typeof signature !== 'string') return undefined
  if (!KEY_ID.test(keyId) || !SIGNATURE.test(signature)) return undefined
  return { keyId, bytes: Buffer.from(signature, 'base64') }
}
