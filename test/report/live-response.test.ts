import { describe, expect, test } from 'vitest'
import type { ActionCommand } from '../../src/posture/machine-action.ts'
import {
  type CommandDocument,
  commandDocument,
  type LiveResponseDocument,
  liveResponseExit,
  liveResponseParts,
  NO_RESULT,
  OUTPUT_LIMIT,
  scriptDocument,
  subjectOf,
} from '../../src/report/documents/live-response-document.ts'
import { renderLiveResponse } from '../../src/report/terminal/render-live-response.ts'
import { action, actionId, machineId } from '../support/build-core.ts'

const style = { color: false, width: 100 }
const params = [
  { key: 'Args', value: '-Deep' },
  { key: 'ScriptName', value: 'a.ps1' },
]
const wire: ActionCommand = { index: 1, commandStatus: 'Completed', errors: [], type: 'RunScript', params }

function command(over: Partial<CommandDocument> = {}): CommandDocument {
  return { ...commandDocument(wire, NO_RESULT), ...over }
}

function document(
  commands: readonly CommandDocument[],
  over: Partial<LiveResponseDocument> = {},
): LiveResponseDocument {
  return {
    formatVersion: '1.0',
    exit: { code: 0, name: 'ok' },
    target: { endpoint: 'https://x', tenantId: null },
    machine: { id: machineId(1), dnsName: 'ws-1.contoso.com' },
    actionId: actionId(1),
    status: 'Succeeded',
    createdAt: '2026-11-20T10:00:00Z',
    endedAt: '2026-11-20T10:03:00Z',
    submitted: true,
    commands,
    ...over,
  }
}

describe('the exit of a live response', () => {
  test.each<[string, string, readonly Partial<CommandDocument>[], string]>([
    ['that goes on is pending', 'InProgress', [], 'pending'],
    ['with a word never seen is pending', 'Dispatched', [], 'pending'],
    ['that succeeded is ok', 'Succeeded', [{}], 'ok'],
    ['with something wrong at a command is partial', 'Succeeded', [{}, { code: 'script-failed' }], 'partial'],
    ['with a command that failed is partial', 'Succeeded', [{ status: 'Failed' }], 'partial'],
    ['that failed is partial', 'Failed', [{}], 'partial'],
    ['that no device answered is partial', 'TimeOut', [], 'partial'],
    ['that was cancelled is partial', 'Cancelled', [], 'partial'],
  ])('%s', (_rule, status, commands, want) => {
    expect(liveResponseExit(status, commands.map(command))).toBe(want)
  })
})

describe('the document of a command', () => {
  test('tells what it is about, whatever the order of its parameters', () => {
    expect(commandDocument(wire, NO_RESULT)).toStrictEqual({
      index: 1,
      type: 'RunScript',
      subject: 'a.ps1',
      args: '-Deep',
      status: 'Completed',
      errors: [],
      ...NO_RESULT,
    })
    expect(subjectOf({ params: [] })).toBe('')
    expect(commandDocument({ ...wire, params: [] }, NO_RESULT).args).toBeNull()
  })

  test('cuts what a script printed, never inside a character, and says so', () => {
    const long = `${'x'.repeat(OUTPUT_LIMIT - 1)}😀`
    expect(scriptDocument({ exitCode: 0, output: 'a', errors: '' })).toStrictEqual({
      exitCode: 0,
      output: 'a',
      errors: '',
      truncated: false,
    })
    const cut = scriptDocument({ exitCode: 0, output: long, errors: '' })
    expect([cut.output.length, cut.truncated]).toStrictEqual([OUTPUT_LIMIT - 1, true])
    expect(scriptDocument({ exitCode: 0, output: '', errors: long }).truncated).toBe(true)
  })

  test('has an end only where the action has', () => {
    const times = { creationDateTimeUtc: action().creationDateTimeUtc }
    expect(liveResponseParts(action({ ...times, status: 'Pending' })).endedAt).toBeNull()
    expect(liveResponseParts(action({ ...times, status: 'Succeeded' })).endedAt).not.toBeNull()
  })
})

describe('a live response for people', () => {
  test('shows each command, its file and what the script printed', () => {
    const script = { exitCode: 0, output: 'one\r\n\ttwo\n', errors: ' \n', truncated: false }
    const result = { file: 'a.json', size: 120, sha256: 'ab' }
    const put = command({ index: 0, type: 'PutFile', subject: 'tool.exe', args: null })
    expect(renderLiveResponse(document([put, command({ script, result })]), style)).toBe(
      [
        `Live response on ws-1.contoso.com: Succeeded (${actionId(1)})`,
        '  0 PutFile tool.exe: Completed',
        '  1 RunScript a.ps1 -Deep: Completed, exit code 0',
        '    a.json (120 B, sha256 ab)',
        '    output:',
        '    | one',
        '    |     two',
        '',
      ].join('\n'),
    )
  })

  test('marks what went wrong, and says so at the end', () => {
    const wrong = [
      command({ code: 'script-failed', detail: 'The script ended with 3.' }),
      command({ index: 2, status: 'Failed', errors: ['no such file'], args: null }),
      command({ index: 3, code: 'result-missing', detail: null }),
    ]
    const text = renderLiveResponse(document(wrong, { exit: { code: 5, name: 'partial' } }), style)
    expect(text).toContain(
      '! 1 RunScript a.ps1 -Deep: Completed\n    script-failed: The script ended with 3.\n',
    )
    expect(text).toContain('! 2 RunScript a.ps1: Failed\n    no such file\n')
    expect(text).toContain('    result-missing\n')
    expect(text).toMatch(/\nNot everything succeeded\.\n$/)
  })

  test('says how to go on where it has not ended, by id where the machine has no name', () => {
    const open = document([], {
      endedAt: null,
      status: 'Pending',
      exit: { code: 6, name: 'pending' },
      machine: { id: machineId(1), dnsName: null },
    })
    expect(renderLiveResponse(open, style)).toBe(
      `Live response on ${machineId(1)}: Pending (${actionId(1)})\nIts results, once it has ended: holdfast live-response result ${actionId(1)} --wait\n`,
    )
  })

  test('escapes what the device printed, and cuts lines and their number', () => {
    const output = [`\u001b[2J::warning::x`, 'y'.repeat(500), ...Array(120).fill('z')].join('\n')
    const text = renderLiveResponse(
      document([command({ script: { exitCode: 0, output, errors: 'e', truncated: true } })]),
      style,
    )
    expect(text).toContain('    | \\u{1b}[2J::warning::x\n')
    expect(text).toContain('(+100 characters)\n')
    expect(text).toContain('    ... 22 more lines, and what was cut in the file\n')
    expect(text).toContain('    errors:\n    | e\n    ... the rest in the file\n')
    const whole = { exitCode: 0, output, errors: '', truncated: false }
    expect(renderLiveResponse(document([command({ script: whole })]), style)).toContain(
      '    ... 22 more lines in the file\n',
    )
  })
})
