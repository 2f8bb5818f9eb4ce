import { cleanText } from '../clean-text.ts'
import { DefenderError } from '../defender-error.ts'
import { type HttpResponse, type Send, TransportError } from '../transport.ts'
import type { AssertionEndpoint } from './choose-credential.ts'

/**
 * Asks the pipeline for a fresh assertion of the job.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 * @see https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
 * @throws DefenderError `sign-in-unavailable` where it is away, `authentication-failed` where it refuses; neither shows
 * what was sent or answered.
 */
export async function fetchAssertion(endpoint: AssertionEndpoint, send: Send): Promise<string> {
  const { provider, property } = endpoint
  const response = await ask(endpoint, send)
  const { status } = response
  if (status >= 500 || status === 429 || status === 408) {
    throw new DefenderError(
      'sign-in-unavailable',
      `${provider} gave no assertion of this job: HTTP ${status}.`,
    )
  }
  const assertion = status >= 200 && status < 300 ? assertionIn(response, property) : undefined
  if (assertion !== undefined) return assertion
  const what = status >= 200 && status < 300 ? `the answer has no \`${property}\`` : `HTTP ${status}`
  throw new DefenderError('authentication-failed', `${provider} gave no assertion of this job: ${what}.`)
}

async function ask({ provider, method, url, bearer }: AssertionEndpoint, send: Send): Promise<HttpResponse> {
  const headers = {
    accept: 'application/json',
    authorization: `Bearer ${bearer}`,
    // Azure Pipelines answers a token that it does not take with a sign-in page, unless it is told not to.
    ...(method === 'POST'
      ? { 'content-type': 'application/json', 'x-tfs-fedauthredirect': 'Suppress' }
      : undefined),
  }
  try {
    return await send(method === 'POST' ? { method, url, headers, body: '' } : { method, url, headers })
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    throw new DefenderError(
      'sign-in-unavailable',
      `${provider} gave no assertion of this job: ${cleanText(error.message)}.`,
    )
  }
}

function assertionIn({ body }: HttpResponse, property: string): string | undefined {
  try {
    const value = (JSON.parse(body) as Readonly<Record<string, unknown>> | null)?.[property]
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch {
    return undefined
  }
}
