import { DefenderError } from '../defender-error.ts'

/** Runs `az` with these words and gives its stdout; rejects where it is not there or ends with an error. */
export type RunAzureCli = (args: readonly string[]) => Promise<string>

/** What the library says where the words "az login" stand on `az`'s stderr, however `az` ended. */
const LOGIN_WORDS = /Please run 'az login'/

/** Says whether the library may have taken a warning of `az` for a sign-in that is missing. */
export function blamesAzureCli(errors: readonly unknown[]): boolean {
  return errors.some(error => error instanceof Error && LOGIN_WORDS.test(error.message))
}

/**
 * Asks `az` for a token and judges it by its exit and its answer; warnings on stderr mean nothing.
 *
 * Rejects where it gives none.
 */
export async function askAzureCli(
  run: RunAzureCli,
  scope: string,
  tenantId: string | undefined,
): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> {
  const tenant = tenantId === undefined ? [] : ['--tenant', tenantId]
  const answer: unknown = JSON.parse(
    await run(['account', 'get-access-token', '--output', 'json', '--scope', scope, ...tenant]),
  )
  const { accessToken, expires_on: seconds } = answer as Readonly<Record<string, unknown>>
  if (typeof accessToken !== 'string') throw new DefenderError('authentication-failed', 'az gave no token.')
  // Versions before 2.54 tell the end in local time alone; the token then says it itself.
  return { token: accessToken, expiresOnTimestamp: Number(seconds ?? Number.NaN) * 1000 }
}
