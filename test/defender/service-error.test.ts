import { describe, expect, test } from 'vitest'
import { dateOf, retryAfterMs } from '../../src/defender/answer-headers.ts'
import { cleanText } from '../../src/defender/clean-text.ts'
import { readServiceError } from '../../src/defender/service-error.ts'
import type { Instant } from '../../src/schema/instant.ts'

const NOW = '2026-11-20T10:00:00.0000000Z' as Instant

function answer(body: string, headers: Record<string, string> = {}) {
  return { status: 400, headers, body }
}

describe('an error of the service', () => {
  test('is its code and message', () => {
    const body =
      '{"error":{"code":"BadRequest","message":"The key value (X) is not valid.","target":"|1.2."}}'
    expect(readServiceError(answer(body))).toStrictEqual({
      code: 'BadRequest',
      message: 'The key value (X) is not valid.',
      isFromService: true,
    })
  })

  test.each([
    ['nothing', ''],
    ['HTML', '<html><body>Bad gateway</body></html>'],
    ['other JSON', '{"error":"invalid_client"}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an error without a code', '{"error":{"message":"x"}}'],
  ])('%s is not the service’s, and its text is not passed on', (_what, body) => {
    expect(readServiceError(answer(body))).toStrictEqual({
      code: '',
      message: 'HTTP 400 without an explanation',
      isFromService: false,
    })
  })

  test('without a message says the status', () => {
    expect(readServiceError(answer('{"error":{"code":"InternalServerError","message":""}}')).message).toBe(
      'HTTP 400',
    )
    expect(readServiceError(answer('{"error":{"code":"InternalServerError"}}')).message).toBe('HTTP 400')
  })
})

describe('foreign text', () => {
  test.each([
    ['control characters become spaces', 'a\u0000\u001b[31mb\r\nc', 'a [31mb c'],
    ['marks of direction become spaces', 'a\u202eb\u2066c\u200bd', 'a b c d'],
    ['tokens are left out', 'got eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiIxIn0.c2ln here', 'got [token] here'],
    ['line separators become spaces', 'a\u2028b', 'a b'],
    ['opaque tokens are left out too', 'sent "Bearer abc.def" twice', 'sent "Bearer [token]" twice'],
    [
      'what follows the question mark of a link is hidden',
      'see https://x.example/a/b?sv=1&sig=abc, or http://y?z',
      'see https://x.example/a/b?[hidden] or http://y?[hidden]',
    ],
    [
      'secrets by their names are hidden',
      'client_secret=a&sig=b sign=c',
      'client_secret=[hidden]&sig=[hidden] sign=c',
    ],
    ['a question is none', 'is it http? yes', 'is it http? yes'],
  ])('%s', (_rule, text, want) => {
    expect(cleanText(text)).toBe(want)
  })

  test('is cut at 300 characters, never inside a pair', () => {
    expect(cleanText('x'.repeat(300))).toHaveLength(300)
    expect(cleanText('x'.repeat(5000))).toBe(`${'x'.repeat(299)}…`)
    expect(cleanText(`${'x'.repeat(298)}😀😀😀`)).toBe(`${'x'.repeat(298)}…`)
  })
})

describe('what headers say', () => {
  test.each([
    ['seconds', '30', 30_000],
    ['an hour', '3600', 3_600_000],
    ['no time at all waits a second', '0', 1000],
    ['a date', 'Fri, 20 Nov 2026 10:01:00 GMT', 60_000],
    ['a date that has passed waits a second', 'Fri, 20 Nov 2026 09:00:00 GMT', 1000],
    ['words', 'soon', undefined],
    ['nothing', '', undefined],
  ])('Retry-After: %s', (_what, value, want) => {
    expect(retryAfterMs(answer('', { 'retry-after': value }), NOW)).toBe(want)
  })

  test('no Retry-After asks for no wait', () => {
    expect(retryAfterMs(answer(''), NOW)).toBeUndefined()
  })

  test('a date is taken against the answer’s own', () => {
    const headers = { 'retry-after': 'Fri, 20 Nov 2026 12:01:00 GMT', date: 'Fri, 20 Nov 2026 12:00:00 GMT' }
    expect(retryAfterMs(answer('', headers), NOW)).toBe(60_000)
  })

  test('the date is the service’s clock to the second', () => {
    expect(dateOf(answer('', { date: 'Fri, 20 Nov 2026 12:00:00 GMT' }))).toBe('2026-11-20T12:00:00.0000000Z')
    expect(dateOf(answer('', { date: 'x' }))).toBeUndefined()
    expect(dateOf(answer(''))).toBeUndefined()
  })
})
