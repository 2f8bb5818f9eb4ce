import { expect, test } from 'vitest'
import { readScriptResult } from '../../src/defender/wire-script-result.ts'

const json = (value: unknown): string => JSON.stringify(value)

test.each<[string, string, unknown]>([
  [
    'as recorded, with NULs at the end',
    json({ script_name: 'a', exit_code: 0, script_output: 'x\u0000y\u0000\u0000', script_errors: 'e\u0000' }),
    { exitCode: 0, output: 'x\u0000y', errors: 'e' },
  ],
  ['after a byte order mark', `\ufeff${json({ exit_code: 3 })}`, { exitCode: 3, output: '', errors: '' }],
  [
    'with an exit code as text',
    json({ exit_code: '-1', script_output: 7 }),
    { exitCode: -1, output: '', errors: '' },
  ],
  ['without an exit code', json({ script_output: 'x' }), undefined],
  ['with a code that is none', json({ exit_code: 'ok' }), undefined],
  ['with half a code', json({ exit_code: 0.5 }), undefined],
  ['that is no object', 'null', undefined],
  ['that is no JSON', '<html>', undefined],
])('the result of a script %s', (_what, text, want) => expect(readScriptResult(text)).toStrictEqual(want))
