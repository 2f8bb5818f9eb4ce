import { expect, test } from 'vitest'
import { DefenderError } from '../../../src/defender/defender-error.ts'
import { type IdentityLibrary, openSignIn } from '../../../src/defender/sign-in/sign-in.ts'
import type { TokenSource } from '../../../src/defender/token.ts'
import type { Send } from '../../../src/defender/transport.ts'
import type { Emulator } from '../../../src/emulator/emulator.ts'
import { toEpochMs } from '../../../src/schema/instant.ts'
import { judgeHistory } from '../../faults/invariants.ts'
import { type Rig, startRig } from '../../faults/rig.ts'
import { START } from '../../faults/scene.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { jwt } from '../clients.ts'

const MINUTE = 60_000
const ASSERTION_MS = 10 * MINUTE
const ENV = {
  AZURE_TENANT_ID: 'directory',
  AZURE_CLIENT_ID: 'app',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?v=2',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runtime',
}

/** Minutes since the start. */
type Span = readonly [from: number, to: number]

/** What happens while an apply goes on. */
interface Course {
  /** When sign-in is away. */
  readonly outage?: Span
  /** From when on it gives tokens of somebody else. */
  readonly otherFrom?: number
}

/** A pipeline whose assertions live ten minutes, and an authority that trades each for an access token. */
function pipeline(
  emulator: Emulator,
  clock: FakeClock,
  { outage = [0, 0], otherFrom = Number.POSITIVE_INFINITY }: Course,
  note: (what: string) => void,
): TokenSource {
  const minutes = (): number => (toEpochMs(clock.now()) - toEpochMs(START)) / MINUTE
  const send: Send = async () => {
    note('assertion')
    const exp = Math.floor((toEpochMs(clock.now()) + ASSERTION_MS) / 1000)
    return { status: 200, headers: {}, body: JSON.stringify({ value: jwt({ exp, sub: 'job' }) }) }
  }
  class ClientAssertionCredential {
    readonly #assertion: () => Promise<string>
    constructor(_tenant: string, _client: string, assertion: () => Promise<string>) {
      this.#assertion = assertion
    }
    async getToken(scope: string) {
      const [, payload = ''] = (await this.#assertion()).split('.')
      const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { readonly exp: number }
      if (exp * 1000 < toEpochMs(clock.now())) throw new Error('AADSTS700024: the assertion has ended')
      if (minutes() >= outage[0] && minutes() < outage[1]) {
        note('outage')
        throw new DefenderError('sign-in-unavailable', 'away')
      }
      note('token')
      const answer = await emulator.handle({
        method: 'POST',
        url: '/directory/oauth2/v2.0/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: minutes() >= otherFrom ? 'somebody-else' : 'app',
          client_secret: 's',
          scope,
        }).toString(),
      })
      if (answer.kind !== 'response') throw new Error(answer.kind)
      const body = JSON.parse(answer.body.toString()) as {
        readonly access_token: string
        readonly expires_in: number
      }
      return {
        token: body.access_token,
        expiresOnTimestamp: toEpochMs(clock.now()) + body.expires_in * 1000,
      }
    }
  }
  const library = { ClientAssertionCredential } as unknown as IdentityLibrary
  return openSignIn({
    authority: 'https://login.example',
    tenantId: undefined,
    env: ENV,
    clock,
    send,
    runAzureCli: () => Promise.reject(new Error('no az here')),
    load: () => Promise.resolve(library),
  }).tokenFor('https://api.securitycenter.microsoft.com/.default')
}

async function applyForHours(course: Course) {
  const noted: string[] = []
  const rig: Rig = await startRig({
    scene: {
      awaitMs: 240 * MINUTE,
      behaviour: { tokens: { enforce: true, lifetime: '60m' }, settle: { Isolate: '178m' } },
    },
    tokenOf: (emulator, clock) => pipeline(emulator, clock, course, what => noted.push(what)),
  })
  const planned = await rig.plan()
  if (planned.kind !== 'plan') throw new Error(planned.kind)
  const beforeApply = noted.length
  const end = await rig.apply(planned.plan, 'run-1')
  if (end.kind !== 'result') throw new Error(end.kind, { cause: end })
  const lasted = (toEpochMs(rig.clock.now()) - toEpochMs(START)) / MINUTE
  const unauthorized = rig.emulator.requests().filter(({ status }) => status === 401).length
  return {
    rig,
    plan: planned.plan,
    result: end.result,
    lasted,
    noted: noted.slice(beforeApply),
    unauthorized,
  }
}

test.each<[string, Span]>([
  ['', [0, 0]],
  [', with sign-in away for twenty minutes in the middle, while the token in hand is good', [80, 100]],
])(
  'an apply of three hours under assertions of ten minutes and tokens of an hour ends well%s',
  async (_how, outage) => {
    const { rig, plan, result, lasted, noted, unauthorized } = await applyForHours({ outage })
    expect(result.exit).toStrictEqual({ code: 0, name: 'ok' })
    expect(judgeHistory(rig, plan)).toStrictEqual([])
    expect(lasted).toBeGreaterThan(178)
    expect(unauthorized).toBe(0)
    expect(noted.includes('outage')).toBe(outage[1] > 0)
    const tokens = noted.filter(what => what === 'token').length
    expect(tokens).toBeGreaterThanOrEqual(4)
    expect(noted.filter(what => what === 'assertion')).toHaveLength(
      tokens + noted.filter(what => what === 'outage').length,
    )
  },
)

test('sign-in that is away past the end of the token holds an apply up and does not end it', async () => {
  const { rig, plan, result, noted } = await applyForHours({ outage: [35, 75] })
  expect(noted.filter(what => what === 'outage').length).toBeGreaterThan(5)
  expect(result.exit).toStrictEqual({ code: 0, name: 'ok' })
  expect(result.diagnostics.map(({ code }) => code)).toContain('poll-failed')
  expect(judgeHistory(rig, plan)).toStrictEqual([])
})

test('a renewed token of somebody else ends an apply: it sends and asks nothing more, and says why', async () => {
  const { rig, plan, result, lasted } = await applyForHours({ otherFrom: 30 })
  expect(result.exit.code).not.toBe(0)
  expect(result.diagnostics.map(({ message }) => message).join()).toContain('identity-changed')
  expect(lasted).toBeLessThan(60)
  expect(Object.values(result.summary).reduce((sum, count) => sum + count, 0)).toBe(result.outcomes.length)
  expect(judgeHistory(rig, plan)).toStrictEqual([])
})
