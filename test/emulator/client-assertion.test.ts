import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { throwawayCertificate } from '../support/throwaway-certificate.ts'
import { drive } from './drive.ts'

const TOKEN_PATH = '/80fe8ff8-2624-418e-9591-41f0491218f9/oauth2/v2.0/token'
const ENDPOINT = `http://127.0.0.1${TOKEN_PATH}`
const CLIENT = 'app-1'
const OWN = { aud: ENDPOINT, iss: CLIENT, sub: CLIENT }
const FEDERATED = { aud: 'api://AzureADTokenExchange', iss: 'https://issuer.example', sub: 'job' }

const rsa = throwawayCertificate()
const other = throwawayCertificate()
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const SIGNERS: Readonly<Record<string, (text: Buffer, key: KeyObject) => Buffer>> = {
  RS256: (text, key) => sign('sha256', text, key),
  PS256: (text, key) =>
    sign('sha256', text, {
      key,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  ES256: (text, key) => sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }),
}

function assertion(claims: object, alg = 'RS256', key: KeyObject = rsa.privateKey): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg })}.${encode(claims)}`
  const signature = SIGNERS[alg]?.(Buffer.from(text), key) ?? Buffer.from('none')
  return `${text}.${signature.toString('base64url')}`
}

async function answer(
  presented: string | undefined,
  registered = rsa.cert,
  path = ENDPOINT,
): Promise<string> {
  const { post } = drive({ behaviour: { tokens: { assertions: { [CLIENT]: registered } } } })
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: CLIENT,
    scope: 'https://api.securitycenter.microsoft.com/.default',
    ...(presented === undefined ? { client_secret: 'a' } : { client_assertion: presented }),
  })
  const { status, text } = await post(path, form.toString())
  return status === 200 ? 'token' : `${status} ${/AADSTS\d+/.exec(text)?.[0]}`
}

describe('a client assertion', () => {
  const spki = elliptic.publicKey.export({ type: 'spki', format: 'pem' }).toString()

  test.each<readonly [string, string, string?]>([
    ['of the client itself, RS256', assertion(OWN)],
    ['of the client itself, PS256', assertion(OWN, 'PS256')],
    ['of the client itself, ES256 with a bare key', assertion(OWN, 'ES256', elliptic.privateKey), spki],
    ['of its identity provider', assertion(FEDERATED)],
  ])('%s is good', async (_what, presented, registered) => {
    expect(await answer(presented, registered)).toBe('token')
  })

  test('is good whatever follows the question mark', async () => {
    expect(await answer(assertion(OWN), rsa.cert, `${ENDPOINT}?client-request-id=1`)).toBe('token')
  })

  test.each<readonly [string, string]>([
    ['signed by another key', assertion(OWN, 'RS256', other.privateKey)],
    ['of another client', assertion({ ...OWN, iss: 'app-2' })],
    ['about another client', assertion({ ...OWN, sub: 'app-2' })],
    ['made out to another endpoint', assertion({ ...OWN, aud: 'https://login.microsoftonline.com/x' })],
    ['of an algorithm that is none', assertion(OWN, 'none')],
    ['without a body', 'a.b.c'],
    ['that is no JWT', 'nothing'],
  ])('%s is refused', async (_what, presented) => {
    expect(await answer(presented)).toBe('401 AADSTS700027')
  })

  test('is refused where another client is registered', async () => {
    const { post } = drive({ behaviour: { tokens: { assertions: { other: rsa.cert } } } })
    const { status } = await post(
      ENDPOINT,
      `grant_type=client_credentials&client_id=${CLIENT}&scope=a&client_assertion=${assertion(OWN)}`,
    )
    expect(status).toBe(401)
  })

  test('cannot be replaced by a secret', async () => {
    expect(await answer(undefined)).toBe('401 AADSTS7000215')
  })
})
