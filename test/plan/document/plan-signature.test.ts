import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  checkSignature,
  readSigningKey,
  readTrustedKeys,
  type SigningKey,
  signPlan,
  type TrustedKeys,
} from '../../../src/plan/document/plan-signature.ts'

function ed25519(): { readonly secret: string; readonly open: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    open: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const RSA_SECRET = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const RSA_OPEN = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const [anna, eve] = [ed25519(), ed25519()]
const DIGEST = `sha256:${'a'.repeat(64)}`

const signer = (pem: string): SigningKey => readSigningKey(pem) as SigningKey
const trust = (text: string): TrustedKeys => readTrustedKeys(text) as TrustedKeys
const signature = signPlan(DIGEST, signer(anna.secret))

describe('a signature', () => {
  test('of a trusted key is good, and names the key', () => {
    expect(checkSignature(signature, DIGEST, trust(eve.open + anna.open))).toStrictEqual({
      keyId: signer(anna.secret).keyId,
    })
  })

  test('is that of Ed25519 over a line that only a plan has, and the digest of its file', () => {
    const written = JSON.parse(signature) as { readonly signature: string }
    const message = Buffer.from(`holdfast plan signature v1\n${DIGEST}\n`)
    expect(written.signature).toBe(sign(null, message, createPrivateKey(anna.secret)).toString('base64'))
  })

  test('over the digest alone, as a key might sign for another purpose, is not of a plan', () => {
    const bare = sign(null, Buffer.from(DIGEST), createPrivateKey(anna.secret)).toString('base64')
    const text = JSON.stringify({ ...JSON.parse(signature), signature: bare })
    expect(checkSignature(text, DIGEST, trust(anna.open))).toMatchObject({ code: 'signature-wrong' })
  })

  test.each<[string, string, string, string, string]>([
    ['of another plan', signature, `sha256:${'b'.repeat(64)}`, anna.open, 'signature-wrong'],
    ['of a key that is not trusted', signature, DIGEST, eve.open, 'signature-untrusted'],
    [
      'of one key under the name of another',
      signPlan(DIGEST, { ...signer(eve.secret), keyId: signer(anna.secret).keyId }),
      DIGEST,
      anna.open,
      'signature-wrong',
    ],
    ['that is no JSON', 'nonsense', DIGEST, anna.open, 'signature-malformed'],
    ['that is null', 'null', DIGEST, anna.open, 'signature-malformed'],
    ['that is a number', '7', DIGEST, anna.open, 'signature-malformed'],
    ...[
      { algorithm: 'none' },
      { formatVersion: '2.0' },
      { keyId: 7 },
      { keyId: 'anna' },
      { signature: 7 },
      { signature: '' },
      { signature: 'AA==' },
    ].map((over): [string, string, string, string, string] => [
      `with ${JSON.stringify(over)}`,
      JSON.stringify({ ...JSON.parse(signature), ...over }),
      DIGEST,
      anna.open,
      'signature-malformed',
    ]),
  ])('%s is refused', (_what, text, digest, keys, code) => {
    expect(checkSignature(text, digest, trust(keys))).toMatchObject({ code })
  })
})

describe('a key that signs', () => {
  test('has the id of its public key: the SHA-256 of its DER form', () => {
    const der = Buffer.from(anna.open.replace(/-----[^-]+-----|\n/g, ''), 'base64')
    expect(signer(anna.secret).keyId).toBe(`sha256:${createHash('sha256').update(der).digest('hex')}`)
  })

  const encrypted = generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'canary-passphrase',
  })
  test.each([
    ['an RSA key', RSA_SECRET, 'it is of type rsa, not Ed25519'],
    ['an encrypted key', encrypted.toString(), 'it is encrypted'],
    ['a public key', anna.open, 'it holds no private key in PEM'],
    ['no key', `no PEM at all: ${'canary-key'.repeat(4)}`, 'it holds no private key in PEM'],
  ])('%s is refused, without a word of it', (_what, pem, why) => {
    const fault = readSigningKey(pem)
    expect(fault).toMatchObject({ code: 'signing-key-unusable', message: expect.stringContaining(why) })
    expect(JSON.stringify(fault)).not.toContain(pem.slice(30, 50))
  })
})

describe('keys that are trusted', () => {
  test('are all that a file holds, whatever stands between them', () => {
    expect([...trust(`# anna\n${anna.open}\n# eve\n${eve.open}`).keys()]).toStrictEqual([
      signer(anna.secret).keyId,
      signer(eve.secret).keyId,
    ])
  })

  test.each([
    ['a private key among them', anna.open + eve.secret, 'it holds a PRIVATE KEY'],
    [
      'a certificate',
      '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----',
      'it holds a CERTIFICATE',
    ],
    ['an RSA key', RSA_OPEN, 'it holds a key of type rsa, not Ed25519'],
    ['a broken key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', 'cannot be read'],
    ['nothing', '', 'it holds no public key'],
  ])('%s is refused', (_what, text, why) => {
    expect(readTrustedKeys(text)).toMatchObject({
      code: 'trusted-key-unusable',
      message: expect.stringContaining(why),
    })
  })
})
