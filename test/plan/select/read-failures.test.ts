import { expect, test } from 'vitest'
import { readFailures } from '../../../src/plan/select/read-failures.ts'

const down = { code: 'connection-failed', message: 'api: the connection was refused.' }
const cut = { code: 'malformed-body', message: 'GET /machineactions: the body ends early.' }

test.each(
  Object.entries({
    'two lists that fail in the same words are one error': { failures: [down, down], want: [down] },
    'two lists that fail in different ways are two errors': { failures: [down, cut], want: [down, cut] },
    'a complete read is none': { failures: [], want: [] },
  }),
)('%s', (_rule, { failures, want }) =>
  expect(readFailures({ failures })).toStrictEqual(want.map(each => ({ severity: 'error', ...each }))),
)
