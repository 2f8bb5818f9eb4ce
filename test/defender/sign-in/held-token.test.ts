import { describe, expect, test } from 'vitest'
import { DefenderError } from '../../../src/defender/defender-error.ts'
import { heldToken } from '../../../src/defender/sign-in/held-token.ts'
import { pinIdentity } from '../../../src/defender/sign-in/identity-pin.ts'
import type { AccessToken } from '../../../src/defender/token.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { jwt } from '../clients.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const AWAY = new DefenderError('sign-in-unavailable', 'away')

/** A source whose n-th acquisition is told by `answer`, or gives `token-n` for an hour. */
function holding(
  lifeMs: number | null = HOUR,
  answer: (n: number) => AccessToken | Error | undefined = () => undefined,
) {
  const clock = new FakeClock()
  let acquired = 0
  const source = heldToken(
    async () => {
      acquired += 1
      const number = acquired
      await clock.sleep(10)
      const told = answer(number)
      if (told instanceof Error) throw told
      const text = `token-${number}`
      return told ?? (lifeMs === null ? { text } : { text, expiresAt: addMs(clock.now(), lifeMs) })
    },
    clock,
    pinIdentity(),
  )
  const get = (fresh = false, refused?: string): Promise<string> =>
    clock.drive(source.get(refused === undefined ? { fresh } : { fresh, refused })).then(token => token.text)
  return { clock, source, get, acquired: () => acquired }
}

describe('a held token', () => {
  test('is renewed early, beside its use: twenty minutes before its end', async () => {
    const { clock, get, acquired } = holding()
    expect(await get()).toBe('token-1')
    await clock.advance(40 * MINUTE - 1)
    await get()
    expect(acquired()).toBe(1)
    await clock.advance(1)
    expect(await get()).toBe('token-1')
    await clock.advance(10)
    expect(await get()).toBe('token-2')
    expect(acquired()).toBe(2)
  })

  test('with little life is used for two thirds of it', async () => {
    const { clock, get } = holding(30_000)
    await get()
    await clock.advance(19_999)
    expect(await get()).toBe('token-1')
    await clock.advance(1)
    await get()
    await clock.advance(10)
    expect(await get()).toBe('token-2')
  })

  test('without a known end is kept', async () => {
    const { clock, get } = holding(null)
    await get()
    await clock.advance(48 * HOUR)
    expect(await get()).toBe('token-1')
  })

  test('that has ended is not used: whoever asks waits for the next', async () => {
    const { clock, get } = holding()
    await get()
    await clock.advance(2 * HOUR)
    expect(await get()).toBe('token-2')
  })

  test('is asked for once by callers that come together', async () => {
    const { clock, source, acquired } = holding()
    const all = Promise.all([
      source.get({ fresh: false }),
      source.get({ fresh: true, refused: 'old' }),
      source.get({ fresh: false }),
    ])
    expect(new Set((await clock.drive(all)).map(token => token.text))).toStrictEqual(new Set(['token-1']))
    expect(acquired()).toBe(1)
  })

  test('is replaced when it was refused, but not when another one was refused', async () => {
    const { get } = holding()
    await get()
    expect(await get(true, 'token-1')).toBe('token-2')
    expect(await get(true, 'token-1')).toBe('token-2')
    expect(await get(true)).toBe('token-3')
  })

  test('is asked for again after a failure', async () => {
    const { get } = holding(HOUR, n => (n === 1 ? AWAY : undefined))
    await expect(get()).rejects.toThrow('away')
    expect(await get()).toBe('token-2')
  })
})

describe('a renewal that fails', () => {
  test('leaves the token in hand in use until it ends, and is tried again every half minute', async () => {
    const { clock, get, acquired } = holding(HOUR, n => (n === 1 ? undefined : AWAY))
    await get()
    await clock.advance(40 * MINUTE)
    for (let seconds = 0; seconds < 19 * 60; seconds += 10) {
      expect(await get()).toBe('token-1')
      await clock.advance(10_000)
    }
    expect(acquired()).toBeGreaterThan(19)
    expect(acquired()).toBeLessThan(42)
    await clock.advance(MINUTE)
    await expect(get()).rejects.toThrow('away')
  })

  test('is forgotten once another one works', async () => {
    const { clock, get } = holding(HOUR, n => (n === 2 ? AWAY : undefined))
    await get()
    await clock.advance(41 * MINUTE)
    expect(await get()).toBe('token-1')
    await clock.advance(MINUTE)
    expect(await get()).toBe('token-1')
    await clock.advance(10)
    expect(await get()).toBe('token-3')
  })

  test('is no way to go on with a token that the service refused', async () => {
    const { get } = holding(HOUR, n => (n === 1 ? undefined : AWAY))
    await get()
    await expect(get(true, 'token-1')).rejects.toThrow('away')
    expect(await get()).toBe('token-1')
  })
})

describe('the identity of a run', () => {
  const first = { tid: 'T', oid: 'O', appid: 'A' }

  test.each([
    ['tenant', { ...first, tid: 'T2' }],
    ['object', { ...first, oid: 'O2' }],
    ['application', { ...first, appid: 'A2' }],
    ['application of a v2 token', { tid: 'T', oid: 'O', azp: 'A2' }],
  ])('ends the run where a renewed token is of another %s', async (_what, claims) => {
    const texts = [jwt(first), jwt(claims), jwt(first)]
    const { clock, get, acquired } = holding(HOUR, n => ({
      text: texts[n - 1] ?? '',
      expiresAt: addMs(clock.now(), HOUR),
    }))
    await get()
    await clock.advance(41 * MINUTE)
    await get()
    await clock.advance(10)
    await expect(get()).rejects.toMatchObject({ code: 'identity-changed' })
    await expect(get(true)).rejects.toMatchObject({ code: 'identity-changed' })
    expect(acquired()).toBe(2)
  })

  test('is the same in other letters, in another version of token, and where a token does not tell', () => {
    const pin = pinIdentity()
    pin.check(jwt(first))
    for (const claims of [{ tid: 't', oid: 'o', appid: 'a' }, { tid: 'T', oid: 'O', azp: 'A' }, {}])
      expect(() => pin.check(jwt(claims))).not.toThrow()
    expect(() => pin.check('opaque')).not.toThrow()
    expect(() => pin.check(jwt({ oid: 'X' }))).toThrow(
      'began as object o, and a renewed token is of object x',
    )
    expect(() => pin.requireUnchanged()).toThrow('object')
  })
})
