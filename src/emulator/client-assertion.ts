import { constants, createPublicKey, verify } from 'node:crypto'

/** What federated assertions are made out to, whoever issued them. */
const EXCHANGE = 'api://AzureADTokenExchange'

type Claims = Readonly<Record<string, unknown>>

function decode(part: string | undefined): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isSignedBy(pem: string, alg: unknown, signed: string, signature: Buffer): boolean {
  const key = createPublicKey(pem)
  const options = {
    RS256: { key },
    PS256: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    ES256: { key, dsaEncoding: 'ieee-p1363' as const },
  }[String(alg)]
  return options !== undefined && verify('sha256', Buffer.from(signed), options, signature)
}

/**
 * Says whether a client assertion is one that a token endpoint accepts: signed with the key that belongs to the client,
 * and made out by the client to this endpoint, or by an identity provider to the token exchange. Its times are of the
 * client's clock, which need not be this emulator's, so that they are not looked at.
 *
 * @param pem - Certificate or public key of who signs: the client itself, or the issuer of its federated identity.
 * @param endpoint - URL of the token endpoint.
 */
export function isGoodAssertion(assertion: string, pem: string, clientId: string, endpoint: string): boolean {
  const [header, payload, signature = ''] = assertion.split('.')
  const { aud, iss, sub } = decode(payload)
  const isFederated = aud === EXCHANGE
  const isOwn = aud === endpoint && iss === clientId && sub === clientId
  if (!isFederated && !isOwn) return false
  return isSignedBy(pem, decode(header)['alg'], `${header}.${payload}`, Buffer.from(signature, 'base64url'))
}
