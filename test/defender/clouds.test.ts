import { describe, expect, test } from 'vitest'
import { CLOUDS, resolveTarget, type ServiceTarget, type TargetInput } from '../../src/defender/clouds.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'

function resolved(input: Partial<TargetInput['configuration']>, endpoint?: string): ServiceTarget {
  const answer = resolveTarget({
    configuration: { cloud: 'commercial', ...input },
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  if (answer instanceof DefenderError) throw answer
  return answer
}

function allowed(target: ServiceTarget, url: string): boolean {
  return target.allows(new URL(url))
}

describe('where requests go', () => {
  test.each([
    [
      'commercial',
      'https://api.security.microsoft.com',
      'https://login.microsoftonline.com',
      'https://api.securitycenter.microsoft.com/.default',
    ],
    [
      'gcc',
      'https://api-gcc.securitycenter.microsoft.us',
      'https://login.microsoftonline.com',
      'https://api-gcc.securitycenter.microsoft.us/.default',
    ],
    [
      'gcc-high',
      'https://api-gov.securitycenter.microsoft.us',
      'https://login.microsoftonline.us',
      'https://api-gov.securitycenter.microsoft.us/.default',
    ],
    [
      'dod',
      'https://api-gov.securitycenter.microsoft.us',
      'https://login.microsoftonline.us',
      'https://api-gov.securitycenter.microsoft.us/.default',
    ],
  ] as const)('%s has its own host, authority and audience', (cloud, endpoint, authority, scope) => {
    expect(resolved({ cloud })).toMatchObject({ endpoint, authority, scope })
  })

  test('the flag wins over the configuration, and that over the cloud', () => {
    const configuration = { endpoint: 'https://eu.api.security.microsoft.com' }
    expect(resolved(configuration).endpoint).toBe('https://eu.api.security.microsoft.com')
    expect(resolved(configuration, 'https://uk.api.security.microsoft.com').endpoint).toBe(
      'https://uk.api.security.microsoft.com',
    )
  })

  test('a geo host keeps the audience of its cloud', () => {
    expect(resolved({}, 'https://eu.api.security.microsoft.com').scope).toBe(CLOUDS.commercial.scope)
  })

  test('authority, scope and tenant by hand replace the cloud’s', () => {
    const byHand = { authority: 'https://login.contoso.example/', scope: 'api://x/.default', tenantId: 't' }
    expect(resolved(byHand)).toMatchObject({ ...byHand, authority: 'https://login.contoso.example' })
  })

  test.each([
    ['https://gateway.contoso.com/', 'https://gateway.contoso.com'],
    ['https://gateway.contoso.com/api', 'https://gateway.contoso.com'],
    ['https://gateway.contoso.com/API/v1.0/', 'https://gateway.contoso.com'],
    ['https://gateway.contoso.com/mde/', 'https://gateway.contoso.com/mde'],
  ])('%s is the base %s', (given, base) => {
    expect(resolved({}, given).endpoint).toBe(base)
  })
})

describe('what is no endpoint', () => {
  test.each([
    ['api.security.microsoft.com', 'endpoint-invalid'],
    ['', 'endpoint-invalid'],
    ['ftp://api.security.microsoft.com', 'endpoint-invalid'],
    ['https://user@api.security.microsoft.com', 'endpoint-invalid'],
    ['https://:secret@api.security.microsoft.com', 'endpoint-invalid'],
    ['https://api.security.microsoft.com?x=1', 'endpoint-invalid'],
    ['https://api.security.microsoft.com#x', 'endpoint-invalid'],
    ['http://api.security.microsoft.com', 'endpoint-not-https'],
    ['http://127.0.0.1.contoso.com', 'endpoint-not-https'],
    ['http://10.0.0.1:8080', 'endpoint-not-https'],
    ['http://localhost.contoso.com', 'endpoint-not-https'],
  ])('%s is %s', (endpoint, code) => {
    const answer = resolveTarget({ configuration: { cloud: 'commercial' }, endpoint })
    expect(answer).toBeInstanceOf(DefenderError)
    expect(answer).toMatchObject({ code })
    expect(JSON.stringify(answer) + (answer as DefenderError).message).not.toContain('secret')
  })

  test('an authority is held to the same', () => {
    const answer = resolveTarget({
      configuration: { cloud: 'commercial', authority: 'http://login.example' },
    })
    expect(answer).toMatchObject({ code: 'endpoint-not-https' })
  })

  test.each([
    ['http://127.0.0.1:4280'],
    ['http://127.8.9.10:4280'],
    ['http://localhost:4280'],
    ['http://[::1]:4280'],
  ])('plain http to loopback, %s, is an endpoint', endpoint => {
    expect(resolved({}, endpoint).endpoint).toBe(endpoint)
  })
})

describe('who may see the token', () => {
  test.each([
    'https://api.security.microsoft.com/api/machines',
    'https://api.securitycenter.microsoft.com/api/machines',
    'https://eu.api.security.microsoft.com/api/machines',
    'https://aea.api.security.microsoft.com/api/machines',
    'https://api-us3.securitycenter.microsoft.com/api/machines',
    'https://api-eu.securitycenter.microsoft.com/api/machines',
  ])('the cloud’s own endpoint allows %s', url => {
    expect(allowed(resolved({}), url)).toBe(true)
  })

  test.each([
    ['plain http', 'http://api.security.microsoft.com/api/machines'],
    ['another port', 'https://api.security.microsoft.com:8443/api/machines'],
    ['a suffix', 'https://api.security.microsoft.com.evil.example/api'],
    ['an unknown geo', 'https://evil.api.security.microsoft.com/api'],
    ['a prefix', 'https://evilapi.security.microsoft.com/api'],
    ['another cloud', 'https://api-gov.securitycenter.microsoft.us/api'],
    ['user information', 'https://x@api.security.microsoft.com/api'],
    ['an unknown older geo', 'https://api-evil.securitycenter.microsoft.com/api'],
  ])('it does not allow %s', (_what, url) => {
    expect(allowed(resolved({}), url)).toBe(false)
  })

  test('an endpoint by hand allows its own scheme, host and port, and nothing else', () => {
    const byHand = resolved({}, 'https://eu.api.security.microsoft.com')
    expect(allowed(byHand, 'https://eu.api.security.microsoft.com/api/machines?$skip=1')).toBe(true)
    expect(allowed(byHand, 'https://api.security.microsoft.com/api/machines')).toBe(false)
    expect(allowed(byHand, 'https://x@eu.api.security.microsoft.com/api')).toBe(false)
    const local = resolved({}, 'http://127.0.0.1:4280')
    expect(allowed(local, 'http://127.0.0.1:4281/api/machines')).toBe(false)
    expect(allowed(local, 'https://127.0.0.1:4280/api/machines')).toBe(false)
  })
})
