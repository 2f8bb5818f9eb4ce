import { describe, expect, test } from 'vitest'
import { azureToken, type IdentityLibrary } from '../../src/defender/azure-token.ts'
import { cachedToken, staticToken, tokenClaims } from '../../src/defender/token.ts'
import { addMs } from '../../src/schema/instant.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { jwt, rejection } from './clients.ts'

const HOUR = 3_600_000

describe('a token given by hand', () => {
  test('is the same one again, also when a fresh one is asked for', async () => {
    const source = staticToken(' Bearer abc.def.ghi\n')
    expect(await source.get({ fresh: false })).toStrictEqual({ text: 'abc.def.ghi' })
    expect(await source.get({ fresh: true, refused: 'abc.def.ghi' })).toStrictEqual({ text: 'abc.def.ghi' })
  })

  test.each([
    '',
    '   ',
    'two words',
    'line\nbreak',
    '"quoted"',
    "'quoted'",
    '{"access_token":"x"}',
    'ümlaut',
  ])('%j is refused without being shown', text => {
    expect(() => staticToken(text)).toThrow(expect.objectContaining({ code: 'token-malformed' }))
    expect(() => staticToken(text)).toThrow('HOLDFAST_TOKEN is not a bearer token.')
  })
})

describe('a kept token', () => {
  function counting(clock: FakeClock, lifeMs: number | undefined) {
    let acquired = 0
    const source = cachedToken(async () => {
      acquired += 1
      const text = `token-${acquired}`
      await clock.sleep(10)
      return lifeMs === undefined ? { text } : { text, expiresAt: addMs(clock.now(), lifeMs) }
    }, clock)
    const get = (fresh = false, refused?: string): Promise<string> =>
      clock
        .drive(source.get(refused === undefined ? { fresh } : { fresh, refused }))
        .then(token => token.text)
    return { source, get, acquired: () => acquired }
  }

  test('is used until five minutes before its end', async () => {
    const clock = new FakeClock()
    const { get } = counting(clock, HOUR)
    expect(await get()).toBe('token-1')
    await clock.advance(HOUR - 300_000 - 1)
    expect(await get()).toBe('token-1')
    await clock.advance(1)
    expect(await get()).toBe('token-2')
  })

  test('with little life left is used for half of it', async () => {
    const clock = new FakeClock()
    const { get } = counting(clock, 60_000)
    await get()
    await clock.advance(29_999)
    expect(await get()).toBe('token-1')
    await clock.advance(1)
    expect(await get()).toBe('token-2')
  })

  test('without a known end is kept', async () => {
    const clock = new FakeClock()
    const { get } = counting(clock, undefined)
    await get()
    await clock.advance(48 * HOUR)
    expect(await get()).toBe('token-1')
  })

  test('is asked for once by callers that come together', async () => {
    const clock = new FakeClock()
    const { source, acquired } = counting(clock, HOUR)
    const all = Promise.all([
      source.get({ fresh: false }),
      source.get({ fresh: true, refused: 'old' }),
      source.get({ fresh: false }),
    ])
    expect(new Set((await clock.drive(all)).map(token => token.text))).toStrictEqual(new Set(['token-1']))
    expect(acquired()).toBe(1)
  })

  test('is replaced when it was refused, but not when another one was refused', async () => {
    const { get } = counting(new FakeClock(), HOUR)
    await get()
    expect(await get(true, 'token-1')).toBe('token-2')
    expect(await get(true, 'token-1')).toBe('token-2')
    expect(await get(true)).toBe('token-3')
  })

  test('is asked for again after a failure', async () => {
    let tries = 0
    const source = cachedToken(() => {
      tries += 1
      return tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve({ text: 'yes' })
    }, new FakeClock())
    await expect(source.get({ fresh: false })).rejects.toThrow('no')
    expect(await source.get({ fresh: false })).toStrictEqual({ text: 'yes' })
  })
})

describe('what a token says', () => {
  test('tenant, permissions, audience and end are read without verification', () => {
    const claims = { tid: 'T', roles: ['Machine.Read.All', 7], aud: 'https://x', exp: 1 }
    expect(tokenClaims(jwt(claims))).toStrictEqual({
      tid: 'T',
      roles: ['Machine.Read.All'],
      aud: 'https://x',
      exp: 1,
      appId: null,
      objectId: null,
    })
  })

  test.each([
    [{ appid: 'app', oid: 'obj' }, 'app'],
    [{ azp: 'app2', oid: 'obj' }, 'app2'],
  ])('who it was given to is read from %j', (claims, appId) => {
    expect(tokenClaims(jwt(claims))).toMatchObject({ appId, objectId: 'obj' })
  })

  test('what is missing or of another type is null', () => {
    const nothing = { tid: null, roles: null, aud: null, exp: null, appId: null, objectId: null }
    expect(tokenClaims(jwt({}))).toStrictEqual(nothing)
    expect(tokenClaims(jwt({ tid: 1, roles: 'x', aud: ['x'], exp: '1', appid: 1, oid: {} }))).toStrictEqual(
      nothing,
    )
  })

  test.each(['opaque', 'a.b', 'a.!!!.c', `a.${Buffer.from('[]').toString('base64url')}.c`, 'a.bnVsbA.c'])(
    '%s says nothing',
    token => {
      expect(tokenClaims(token)).toBeUndefined()
    },
  )
})

describe('signing in with @azure/identity', () => {
  type Options = ConstructorParameters<IdentityLibrary['DefaultAzureCredential']>[0]

  function library(answer: () => Promise<{ token: string; expiresOnTimestamp: number } | null>) {
    const made: Options[] = []
    const scopes: string[] = []
    class DefaultAzureCredential {
      constructor(options: Options) {
        made.push(options)
      }
      getToken(scope: string) {
        scopes.push(scope)
        return answer()
      }
    }
    return { made, scopes, load: () => Promise.resolve({ DefaultAzureCredential }) }
  }

  const options = {
    authority: 'https://login.microsoftonline.us',
    scope: 'https://api-gov.securitycenter.microsoft.us/.default',
    tenantId: 'tenant',
    clock: new FakeClock(),
  }

  test('asks the cloud’s authority for the cloud’s audience, and keeps the token', async () => {
    const { made, scopes, load } = library(() =>
      Promise.resolve({ token: 'abc', expiresOnTimestamp: Date.UTC(2026, 10, 20, 11) }),
    )
    const source = azureToken({ ...options, load })
    const token = await source.get({ fresh: false })
    expect(token).toStrictEqual({ text: 'abc', expiresAt: '2026-11-20T11:00:00.0000000Z' })
    await source.get({ fresh: false })
    expect(scopes).toStrictEqual([options.scope])
    expect(made).toStrictEqual([
      { authorityHost: options.authority, tenantId: 'tenant', disableInstanceDiscovery: false },
    ])
  })

  test('an authority that Microsoft does not know is taken as it was given, and no tenant as none', async () => {
    const { made, load } = library(() => Promise.resolve({ token: 'abc', expiresOnTimestamp: 1 }))
    const byHand = { ...options, authority: 'https://login.example', tenantId: undefined, load }
    await azureToken(byHand).get({ fresh: false })
    expect(made).toStrictEqual([{ authorityHost: 'https://login.example', disableInstanceDiscovery: true }])
  })

  test('a fresh token comes from a new credential, whose own cache is empty', async () => {
    const { made, load } = library(() => Promise.resolve({ token: 'abc', expiresOnTimestamp: 4e12 }))
    const source = azureToken({ ...options, load })
    await source.get({ fresh: false })
    await source.get({ fresh: true, refused: 'abc' })
    expect(made).toHaveLength(2)
  })

  test('where no source gives one the error names what was tried and the way out', async () => {
    const errors = [
      new Error('EnvironmentCredential is unavailable. No underlying credential could be used.'),
      new Error('AzureCliCredential: Please run az login. Stray eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiIxIn0.c2ln'),
    ]
    const { load } = library(() => Promise.reject(Object.assign(new Error('many'), { errors })))
    const error = await rejection(azureToken({ ...options, load }).get({ fresh: false }))
    expect(error.code).toBe('authentication-failed')
    expect(error.message).toContain('tried 2 sources: EnvironmentCredential is unavailable')
    expect(error.message).toContain('AzureCliCredential: Please run az login. Stray [token]')
    expect(error.wayOut).toContain('HOLDFAST_TOKEN')
  })

  test.each([
    [
      'one refusal',
      () => Promise.reject(new Error('AADSTS7000215: Invalid\u0007 client secret')),
      'AADSTS7000215: Invalid client secret',
    ],
    ['something thrown', () => Promise.reject('odd'), 'odd'],
    ['no token', () => Promise.resolve(null), 'no source gave one'],
  ])('%s is an error with the scope and the authority', async (_what, answer, why) => {
    const error = await rejection(
      azureToken({ ...options, load: library(answer).load }).get({ fresh: false }),
    )
    expect(error.message).toBe(`No token for ${options.scope} from ${options.authority}: ${why}`)
  })

  test('the real library takes the options', async () => {
    const { DefaultAzureCredential } = await import('@azure/identity')
    expect(
      () => new DefaultAzureCredential({ authorityHost: options.authority, tenantId: 'x' }),
    ).not.toThrow()
  })
})
