import { hostname, userInfo } from 'node:os'
import type { Who } from '../../audit/entry.ts'
import { type TokenSource, tokenClaims } from '../../defender/token.ts'
import type { Environment } from '../environment.ts'
import { identifyCi } from './ci-identity.ts'

/** The account that runs this; null where the system has no name for it, as in many containers. */
function accountName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}

/** What the token says of who it was given to. Unverified: whoever can read the token could have made one up. */
async function tokenIdentity(source: TokenSource): Promise<Who['token']> {
  try {
    const claims = tokenClaims((await source.get({ fresh: false })).text)
    return claims === undefined ? null : { appId: claims.appId, objectId: claims.objectId }
  } catch {
    // Whoever needs the token is told why there is none; the record only says that nobody is known.
    return null
  }
}

/** Says who runs this command: account, machine, pipeline, and the identity of the token, never the token. */
export async function identifyRun(env: Environment, token: TokenSource): Promise<Who> {
  return { user: accountName(), host: hostname(), ci: identifyCi(env), token: await tokenIdentity(token) }
}
