import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import type { FakeIoOptions } from '../cli/fake-io.ts'
import { CONFIGURATION, machines, startTenant, type Tenant } from './emulated-tenant.ts'

const MACHINE = 'ws-1.contoso.com'
const RUN = ['live-response', 'run', MACHINE, '--reason', 'INC-7', '--auto-approve', '--json']
const COMMANDS = ['--put', 'tool.exe', '--script', 'triage.ps1', '--args=-Deep', '--get', 'C:\\temp\\a b.zip']
const OPEN = '33333333-3333-4333-8333-333333333333'
const ISOLATED = '55555555-5555-4555-8555-555555555555'

function tenant(scenario: Scenario = {}, files: Readonly<Record<string, string>> = {}): Promise<Tenant> {
  const behaviour = { ...scenario.behaviour, settle: { LiveResponse: '2s', ...scenario.behaviour?.settle } }
  return startTenant(
    { machines: machines(3), ...scenario, behaviour },
    { 'holdfast.yaml': CONFIGURATION, ...files },
  )
}

async function run(used: Tenant, argv: readonly string[], io?: FakeIoOptions) {
  const ran = await used.run(argv, io)
  return { ...ran, json: argv.includes('--json') ? JSON.parse(ran.stdout) : {} }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('live-response run', () => {
  test('puts, runs and gets in this order, and saves what each command brought under a name of ours', async () => {
    const used = await tenant()
    const { code, json, stdout, stderr } = await run(used, [
      ...RUN,
      ...COMMANDS,
      '--wait',
      '--out',
      'evidence',
    ])
    expect({ code, error: code === 0 ? '' : stderr }).toStrictEqual({ code: 0, error: '' })
    const [action] = used.emulator.actions()
    expect(action?.requestorComment).toMatch(/^INC-7 \[holdfast policy=none plan=\w{8} change=\w{8}\]$/)
    expect(action?.commands.map(({ command }) => command)).toStrictEqual([
      { type: 'PutFile', params: [{ key: 'FileName', value: 'tool.exe' }] },
      {
        type: 'RunScript',
        params: [
          { key: 'ScriptName', value: 'triage.ps1' },
          { key: 'Args', value: '-Deep' },
        ],
      },
      { type: 'GetFile', params: [{ key: 'Path', value: 'C:\\temp\\a b.zip' }] },
    ])
    const base = `evidence/${MACHINE}-${action?.id}`
    expect(json).toMatchObject({
      formatVersion: '1.0',
      exit: { code: 0, name: 'ok' },
      machine: { dnsName: MACHINE },
      actionId: action?.id,
      status: 'Succeeded',
      submitted: true,
      commands: [
        { index: 0, type: 'PutFile', subject: 'tool.exe', status: 'Completed', result: null, script: null },
        {
          index: 1,
          subject: 'triage.ps1',
          args: '-Deep',
          result: { file: `${base}-1-triage.ps1.json` },
          script: { exitCode: 0, errors: '', truncated: false },
        },
        { index: 2, subject: 'C:\\temp\\a b.zip', result: { file: `${base}-2-a_b.zip.gz` }, script: null },
      ],
    })
    expect(json.commands[1].script.output).toMatch(/^Transcript started.*done\r\n$/s)
    const packed = await readFile(join(used.folder, `${base}-2-a_b.zip.gz`))
    expect(gunzipSync(packed).toString()).toContain('a b.zip')
    expect(json.commands[2].result).toMatchObject({ size: packed.length, sha256: sha256(packed) })
    expect(stdout + stderr).not.toMatch(/sig=|\/storage\//)
    expect(used.writes()).toBe(1)
  })

  test('ends with 5 where the script did not end with 0, and shows what it printed', async () => {
    const used = await tenant({ behaviour: { outcomes: [{ exitCode: 3 }] } })
    const argv = RUN.filter(word => word !== '--json')
    const { code, stdout } = await run(used, [...argv, '--script', 'triage.ps1', '--wait'])
    expect(code).toBe(5)
    expect(stdout).toContain('exit code 3')
    expect(stdout).toContain('script-failed')
    expect(stdout).toMatch(/output:\n {4}\| Transcript started/)
    expect(stdout).toMatch(/errors:\n {4}\| triage\.ps1 ended with 3/)
  })

  test('escapes what a device prints', async () => {
    const used = await tenant()
    const script = ['--script', 'a.ps1', '--args=\u202eevil']
    const { stdout } = await run(used, [...RUN.filter(word => word !== '--json'), ...script, '--wait'])
    expect(stdout).not.toContain('\u202e')
    expect(stdout).toContain('\\u{202e}evil')
  })

  test('ends with 5 where a command failed, and tells why', async () => {
    const used = await tenant({
      behaviour: { outcomes: [{ end: 'Failed', errors: ['The file was not found.'] }] },
    })
    const { code, json } = await run(used, [...RUN, '--get', 'C:\\x', '--wait'])
    expect(code).toBe(5)
    expect(json).toMatchObject({
      status: 'Failed',
      commands: [{ status: 'Failed', errors: ['The file was not found.'], result: null }],
    })
  })

  test('without --wait is pending; `result` fetches later, under the same names, and again with --force', async () => {
    const used = await tenant({ behaviour: { settle: { LiveResponse: '1d' } } })
    const submitted = await run(used, [...RUN, '--script', 'triage.ps1'])
    expect(submitted).toMatchObject({
      code: 6,
      json: { exit: { name: 'pending' }, commands: [{ result: null }] },
    })
    const id = submitted.json.actionId
    const result = ['live-response', 'result', id]
    expect(await run(used, [...result, '--json'])).toMatchObject({
      code: 6,
      json: { exit: { name: 'pending' } },
    })
    used.emulator.settleAll()
    const waited = await run(used, [...result, '--wait', '--json'])
    expect(waited).toMatchObject({ code: 0, json: { submitted: false, status: 'Succeeded' } })
    expect(await readdir(used.folder)).toContain(`${MACHINE}-${id}-0-triage.ps1.json`)
    expect(await run(used, [...result, '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'file-exists' } },
    })
    expect(await run(used, [...result, '--force', '--json'])).toMatchObject({ code: 0 })
  })

  test('on a machine that has one already is refused, and says whose it is', async () => {
    const open = {
      id: OPEN,
      type: 'LiveResponse',
      machineId: MACHINE,
      status: 'InProgress',
      creationDateTimeUtc: '-1m',
      fate: { end: 'never' as const },
      requestor: 'maria.lopez@contoso.com',
      commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'C:\\x' }] }],
    }
    const used = await tenant({ actions: [open] })
    const { code, json } = await run(used, [...RUN, '--get', 'C:\\x'])
    expect({ code, says: json.error.code }).toStrictEqual({ code: 4, says: 'live-response-busy' })
    expect(json.error.message).toContain(OPEN)
    expect(json.error.message).toContain('maria.lopez@contoso.com')
    expect(used.writes()).toBe(0)
  })

  test('that the service calls busy although it lists none says so too', async () => {
    const on = 'POST /machines/{id}/runliveresponse'
    const faults = [
      { on, status: 400, code: 'ActiveRequestAlreadyExists', message: 'Action is already in progress' },
    ]
    const { code, json } = await run(await tenant({ behaviour: { faults } }), [...RUN, '--get', 'C:\\x'])
    expect({ code, error: json.error }).toMatchObject({
      code: 4,
      error: { code: 'live-response-busy', message: 'Action is already in progress' },
    })
  })

  test('waits as long as its quota asks, and is sent once more', async () => {
    const on = 'POST /machines/{id}/runliveresponse'
    const used = await tenant({ behaviour: { faults: [{ on, status: 429, retryAfter: 30, first: 1 }] } })
    const { code, stderr } = await run(used, [...RUN, '--get', 'C:\\x', '--wait'])
    expect(code).toBe(0)
    expect(stderr).toContain('waiting 30 s')
    expect(used.emulator.actions()).toHaveLength(1)
  })

  test('that got no answer is found by its marker; lost ones are not sent again', async () => {
    const on = 'POST /machines/{id}/runliveresponse'
    const cut = await tenant({ behaviour: { faults: [{ on, fault: 'reset-after', first: 1 }] } })
    expect(await run(cut, [...RUN, '--get', 'C:\\x', '--wait'])).toMatchObject({ code: 0 })
    expect(cut.writes()).toBe(1)
    const lost = await tenant({ behaviour: { faults: [{ on, fault: 'reset-before' }] } })
    expect(await run(lost, [...RUN, '--get', 'C:\\x'])).toMatchObject({
      code: 6,
      json: { error: { code: 'request-uncertain' } },
    })
    expect(lost.writes()).toBe(1)
  })

  test('that the service refuses is partial, under the service’s own code', async () => {
    const used = await tenant({ behaviour: { disabled: ['LiveResponse'] } })
    expect(await run(used, [...RUN, '--get', 'C:\\x'])).toMatchObject({
      code: 5,
      json: { error: { code: 'DisabledFeature' } },
    })
  })

  test.each<[string, readonly string[], FakeIoOptions, number, string]>([
    ['nothing to run', ['--reason', 'x', '--auto-approve'], {}, 1, 'usage'],
    ['arguments without a script', ['--args=x', '--reason', 'x'], {}, 1, 'usage'],
    ['a script with a folder', ['--script', '../a.ps1', '--reason', 'x'], {}, 1, 'usage'],
    ['a file with a blank', ['--put', 'a b.exe', '--reason', 'x'], {}, 1, 'usage'],
    ['a path with a line break', ['--get', 'C:\\a\nb', '--reason', 'x'], {}, 1, 'usage'],
    ['no reason', ['--get', 'C:\\x', '--auto-approve'], {}, 1, 'reason-missing'],
    [
      'results that nobody waits for',
      ['--get', 'C:\\x', '--reason', 'x', '--out', 'a'],
      {},
      1,
      'flags-contradict',
    ],
    ['no consent', ['--get', 'C:\\x', '--reason', 'x'], {}, 4, 'approval-missing'],
    [
      'another answer than yes',
      ['--get', 'C:\\x', '--reason', 'x'],
      { terminal: true, answers: ['y'] },
      4,
      'approval-refused',
    ],
  ])('with %s sends nothing', async (_what, options, io, code, says) => {
    const used = await tenant()
    const ran = await run(used, ['live-response', 'run', MACHINE, '--json', ...options], io)
    expect({ code: ran.code, says: ran.json.error.code }).toStrictEqual({ code, says })
    expect(used.writes()).toBe(0)
  })

  test('asks with the commands, the machine and where it is', async () => {
    const used = await tenant()
    const argv = ['live-response', 'run', MACHINE, '--reason', 'x', ...COMMANDS]
    const { code, stderr } = await run(used, argv, { terminal: true, answers: ['yes'] })
    expect(code).toBe(6)
    expect(stderr).toContain('  RunScript triage.ps1 -Deep\n  GetFile C:\\temp\\a b.zip\n')
    expect(stderr).toMatch(/Run 3 live response commands on ws-1\.contoso\.com \([0-9a-f]{40}\) in tenant/)
  })

  test('leaves a protected machine alone, unless the protection allows live response', async () => {
    const rule = (allow: string): string =>
      `protected: [{ match: { dnsName: ${MACHINE} }, allow: [${allow}] }]\n`
    const closed = await tenant({}, { 'holdfast.yaml': CONFIGURATION + rule('scanned') })
    expect(await run(closed, [...RUN, '--get', 'C:\\x'])).toMatchObject({
      code: 4,
      json: { error: { code: 'protected' } },
    })
    expect(closed.writes()).toBe(0)
    const open = await tenant({}, { 'holdfast.yaml': CONFIGURATION + rule('liveResponse') })
    expect(await run(open, [...RUN, '--get', 'C:\\x'])).toMatchObject({ code: 6 })
  })
})

describe('live-response result', () => {
  test.each([
    ['an unknown action', '99999999-9999-4999-8999-999999999999', 'action-not-found'],
    ['an action of another type', ISOLATED, 'action-of-another-type'],
    ['what is no id', MACHINE, 'usage'],
  ])('of %s is an error', async (_what, id, says) => {
    const used = await tenant({ actions: [{ id: ISOLATED, type: 'Isolate', machineId: MACHINE }] })
    const { code, json } = await run(used, ['live-response', 'result', id, '--json'])
    expect({ code, says: json.error.code }).toStrictEqual({ code: 1, says })
  })

  test('that is missing, unreadable or cannot be fetched is told at its command, and the others are fetched', async () => {
    const script = (name: string) => ({ type: 'RunScript', params: [{ key: 'ScriptName', value: name }] })
    const done = {
      id: OPEN,
      type: 'LiveResponse',
      machineId: MACHINE,
      status: 'Succeeded',
      creationDateTimeUtc: '-1h',
      commands: [
        script('missing.ps1'),
        script('html.ps1'),
        script('gone.ps1'),
        { type: 'GetFile', params: [{ key: 'Path', value: '../../../etc/..' }] },
      ],
    }
    const link = (index: number): string =>
      `GET /machineactions/{id}/GetLiveResponseResultDownloadLink(index=${index})`
    const faults: NonNullable<Scenario['behaviour']>['faults'] = [
      { on: link(0), status: 404 },
      { on: `GET /storage/results/{id}/1`, fault: 'wrong-content' },
      { on: `GET /storage/results/{id}/2`, status: 500 },
    ]
    const used = await tenant({ actions: [done], behaviour: { faults } })
    const { code, json, stdout, stderr } = await run(used, ['live-response', 'result', OPEN, '--json'])
    expect(code).toBe(5)
    expect(json.commands.map((command: { code: string | null }) => command.code)).toStrictEqual([
      'result-missing',
      'result-unreadable',
      'service-unavailable',
      null,
    ])
    expect(json.commands[3].result.file).toBe(`${MACHINE}-${OPEN}-3-result.gz`)
    expect(stdout + stderr).not.toMatch(/sig=|\/storage\//)
  })
})
