import { describe, expect, test } from 'vitest'
import { staticSignIn, staticToken, tokenClaims } from '../../src/defender/token.ts'
import { jwt, rejection } from './clients.ts'

const DEFENDER = { variable: 'HOLDFAST_TOKEN', scope: 'https://api.securitycenter.microsoft.com/.default' }
const GRAPH = { variable: 'HOLDFAST_GRAPH_TOKEN', scope: 'https://graph.microsoft.com/.default' }

describe('a token given by hand', () => {
  test('is the same one again, also when a fresh one is asked for', async () => {
    const source = staticToken(' Bearer abc.def.ghi\n')
    expect(await source.get({ fresh: false })).toStrictEqual({ text: 'abc.def.ghi' })
    expect(await source.get({ fresh: true, refused: 'abc.def.ghi' })).toStrictEqual({ text: 'abc.def.ghi' })
  })

  test('lasts as long as it says', async () => {
    const text = jwt({ exp: 1_800_000_000 })
    expect(await staticToken(text).get({ fresh: false })).toStrictEqual({
      text,
      lastsUntil: '2027-01-15T08:00:00.0000000Z',
    })
  })

  test('serves the audience that it is for, and no other', async () => {
    const signIn = staticSignIn([{ ...DEFENDER, text: 'abc.def.ghi' }])
    const source = signIn.tokenFor(DEFENDER.scope)
    expect(await source.get({ fresh: false })).toStrictEqual({ text: 'abc.def.ghi' })
    const error = await rejection(signIn.tokenFor(GRAPH.scope).get({ fresh: false }))
    expect(error.code).toBe('token-not-given')
    expect(error.message).toContain(GRAPH.scope)
    expect(error.wayOut).toContain('HOLDFAST_GRAPH_TOKEN')
    expect(error.message).not.toContain('abc.def')
  })

  test('of each of the two services is given to that one alone', async () => {
    const signIn = staticSignIn([
      { ...DEFENDER, text: 'one' },
      { ...GRAPH, text: 'two' },
    ])
    expect(await signIn.tokenFor(DEFENDER.scope).get({ fresh: true })).toStrictEqual({ text: 'one' })
    expect(await signIn.tokenFor(GRAPH.scope).get({ fresh: true })).toStrictEqual({ text: 'two' })
  })

  test.each([
    [DEFENDER, 'https://graph.microsoft.com'],
    [DEFENDER, '00000003-0000-0000-c000-000000000000'],
    [DEFENDER, 'https://dod-graph.microsoft.us/'],
    [GRAPH, 'https://api.securitycenter.microsoft.com'],
  ] as const)('of %o that says it is for %s is refused before it goes anywhere', (place, aud) => {
    const text = `Bearer ${jwt({ aud })}`
    expect(() => staticSignIn([{ ...place, text }])).toThrow(`${place.variable} is for ${aud}, not for`)
  })

  test.each([
    [DEFENDER, 'https://api.securitycenter.microsoft.com'],
    [GRAPH, '00000003-0000-0000-c000-000000000000'],
    [GRAPH, 'https://graph.microsoft.us'],
  ] as const)('of %o for %s is taken', (place, aud) => {
    expect(() => staticSignIn([{ ...place, text: jwt({ aud }) }])).not.toThrow()
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
