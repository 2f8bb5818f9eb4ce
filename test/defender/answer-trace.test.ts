import { expect, test } from 'vitest'
import { traceOf } from '../../src/defender/answer-trace.ts'

const GUID = '4b7c9784-3499-4afe-a87b-2f348bcc0dbc'
const error = (target: unknown): string => JSON.stringify({ error: { code: 'X', message: 'm', target } })

test.each([
  [
    'the target of an error',
    { status: 400, headers: {}, body: error('|1d25001e-48e8e09dbddde4f4.') },
    '|1d25001e-48e8e09dbddde4f4.',
  ],
  [
    'the header where an error has none',
    { status: 400, headers: { 'mise-correlation-id': GUID }, body: '<html>' },
    GUID,
  ],
  [
    'the header of an acceptance',
    { status: 201, headers: { 'mise-correlation-id': GUID }, body: error('no') },
    GUID,
  ],
  ['nothing where there is none', { status: 500, headers: {}, body: '' }, null],
  [
    'nothing where it is no id',
    { status: 400, headers: { 'mise-correlation-id': 'a b' }, body: error('=cmd|x y') },
    null,
  ],
  ['nothing where it is no text', { status: 400, headers: {}, body: error({ a: 1 }) }, null],
  ['nothing where it is too long', { status: 400, headers: {}, body: error('a'.repeat(81)) }, null],
])('an answer is found again by %s', (_what, response, correlation) => {
  expect(traceOf(response)).toStrictEqual({ httpStatus: response.status, correlation })
})
