import { createHash } from 'node:crypto'
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import type { FakeIoOptions } from '../cli/fake-io.ts'
import { CONFIGURATION, machines, startTenant, type Tenant } from './emulated-tenant.ts'

const LIBRARY: NonNullable<Scenario['libraryFiles']> = [
  { fileName: 'triage.ps1', content: 'one', description: 'Triage', createdBy: 'maria.lopez@contoso.com' },
  { fileName: 'old.ps1', content: 'old' },
]
const FILES = { 'triage.ps1': 'one', 'new.ps1': 'new', 'changed/triage.ps1': 'two', 'a b.ps1': '' }

function tenant(behaviour: Scenario['behaviour'] = {}): Promise<Tenant> {
  return startTenant(
    { machines: machines(1), libraryFiles: LIBRARY, behaviour },
    { 'holdfast.yaml': CONFIGURATION, ...FILES },
  )
}

async function run(used: Tenant, words: readonly string[], io?: FakeIoOptions) {
  const argv = ['live-response', 'library', ...words]
  const ran = await used.run(argv, io)
  return { ...ran, json: argv.includes('--json') ? JSON.parse(ran.stdout) : {} }
}

async function names(used: Tenant): Promise<readonly string[]> {
  const { json } = await run(used, ['list', '--json'])
  return json.files.map(({ fileName }: { fileName: string }) => fileName)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('library list', () => {
  test('tells every file, by name', async () => {
    const used = await tenant()
    const { code, json } = await run(used, ['list', '--json'])
    expect({ code, files: json.files.length }).toStrictEqual({ code: 0, files: 2 })
    expect(json.files[1]).toMatchObject({
      fileName: 'triage.ps1',
      sha256: sha256('one'),
      description: 'Triage',
      createdBy: 'maria.lopez@contoso.com',
      hasParameters: false,
    })
    const { stdout } = await run(used, ['list'])
    expect(stdout).toMatch(/^FILE +SHA-256/)
    expect(stdout).toContain(sha256('one').slice(0, 12))
    expect(stdout.trimEnd()).toMatch(/2 files in the library\.$/)
  })
})

describe('library put', () => {
  test('sends what is new, once, and never what is there already', async () => {
    const used = await tenant()
    const first = await run(used, ['put', 'triage.ps1', 'new.ps1', '--description', 'INC-7', '--json'])
    expect(first).toMatchObject({
      code: 0,
      json: {
        exit: { name: 'ok' },
        files: [
          { fileName: 'triage.ps1', outcome: 'unchanged', change: null },
          { fileName: 'new.ps1', outcome: 'succeeded', change: 'added', sha256: sha256('new') },
        ],
      },
    })
    expect(used.writes()).toBe(1)
    expect((await run(used, ['put', 'triage.ps1', 'new.ps1'])).code).toBe(0)
    expect(used.writes()).toBe(1)
    const { json } = await run(used, ['list', '--json'])
    expect(json.files.find(({ fileName }: { fileName: string }) => fileName === 'new.ps1').description).toBe(
      'INC-7',
    )
  })

  test('leaves another file of the name alone without --override', async () => {
    const used = await tenant()
    const put = ['put', 'changed/triage.ps1', '--json']
    expect(await run(used, put)).toMatchObject({
      code: 4,
      json: { files: [{ outcome: 'refused', code: 'library-file-exists' }] },
    })
    expect(await run(used, [...put, 'new.ps1'])).toMatchObject({
      code: 5,
      json: { exit: { name: 'partial' } },
    })
    expect(used.writes()).toBe(1)
    expect(await run(used, [...put, '--override'])).toMatchObject({
      code: 0,
      json: { files: [{ outcome: 'succeeded', change: 'replaced' }] },
    })
    const { json } = await run(used, ['list', '--json'])
    expect(json.files.at(-1)).toMatchObject({ sha256: sha256('two') })
  })

  test('changes the description alone where --override asks for it', async () => {
    const used = await tenant()
    const put = ['put', 'triage.ps1', '--description', 'Other', '--json']
    expect(await run(used, put)).toMatchObject({ json: { files: [{ outcome: 'unchanged' }] } })
    expect(await run(used, [...put, '--override'])).toMatchObject({
      json: { files: [{ change: 'replaced' }] },
    })
  })

  test.each([
    ['a name that the service does not take', ['new.ps1', 'a b.ps1'], 'library-file-invalid'],
    ['two files of a name', ['triage.ps1', 'changed/triage.ps1'], 'library-file-invalid'],
    ['a file that is not there', ['new.ps1', 'none.ps1'], 'file-not-read'],
    ['a description of two lines', ['new.ps1', '--description', 'a\nb'], 'usage'],
    ['no file', [], 'usage'],
  ])('with %s sends nothing', async (_what, words, says) => {
    const used = await tenant()
    const { code, json } = await run(used, ['put', '--json', ...words])
    expect({ code, says: json.error.code }).toStrictEqual({ code: 1, says })
    expect(used.emulator.requests()).toHaveLength(0)
  })

  test('sends no file of more than 20 MB', async () => {
    const used = await tenant()
    await truncate(join(used.folder, 'new.ps1'), 20 * 1_048_576 + 1)
    expect(await run(used, ['put', 'new.ps1', '--json'])).toMatchObject({
      code: 1,
      json: { error: { code: 'library-file-invalid' } },
    })
    await truncate(join(used.folder, 'new.ps1'), 20 * 1_048_576)
    expect(await run(used, ['put', 'new.ps1', '--json'])).toMatchObject({ code: 0 })
  })

  test('that got no answer is looked up and not sent again', async () => {
    const faults = (fault: 'reset-after' | 'reset-before'): Scenario['behaviour'] => ({
      faults: [{ on: 'POST /libraryfiles', fault }],
    })
    const cut = await tenant(faults('reset-after'))
    expect(await run(cut, ['put', 'new.ps1', '--json'])).toMatchObject({
      code: 0,
      json: { files: [{ change: 'added' }] },
    })
    expect(cut.writes()).toBe(1)
    const lost = await tenant(faults('reset-before'))
    expect(await run(lost, ['put', 'new.ps1', '--json'])).toMatchObject({
      code: 6,
      json: { files: [{ outcome: 'uncertain', code: 'connection-failed' }] },
    })
    expect(lost.writes()).toBe(1)
  })

  test('waits for the quota, and tells what the service refuses', async () => {
    const on = 'POST /libraryfiles'
    const throttled = await tenant({ faults: [{ on, status: 429, retryAfter: 10, first: 1 }] })
    expect(await run(throttled, ['put', 'new.ps1', '--json'])).toMatchObject({ code: 0 })
    const busy = await tenant({ faults: [{ on, status: 429, retryAfter: 600 }] })
    expect(await run(busy, ['put', 'new.ps1', '--json'])).toMatchObject({
      code: 6,
      json: { files: [{ outcome: 'not-attempted', code: 'throttled' }] },
    })
    const refusing = await tenant({ faults: [{ on, status: 403, nth: 1 }] })
    expect(await run(refusing, ['put', 'new.ps1', '--json'])).toMatchObject({
      code: 5,
      json: { files: [{ outcome: 'failed', code: 'forbidden' }] },
    })
  })
})

describe('library remove', () => {
  test('asks, and removes what was named, in any letter case', async () => {
    const used = await tenant()
    const { code, stderr } = await run(used, ['remove', 'TRIAGE.ps1'], { terminal: true, answers: ['yes'] })
    expect(code).toBe(0)
    expect(stderr).toContain('  triage.ps1, put there by maria.lopez@contoso.com\n')
    expect(stderr).toContain('Remove 1 file from the live response library in tenant')
    expect(await names(used)).toStrictEqual(['old.ps1'])
  })

  test.each<[string, readonly string[], FakeIoOptions, number, string]>([
    ['a name that is not there', ['old.ps1', 'none.ps1', '--auto-approve'], {}, 1, 'library-file-not-found'],
    ['no consent', ['old.ps1'], {}, 4, 'approval-missing'],
    ['another answer than yes', ['old.ps1'], { terminal: true, answers: ['no'] }, 4, 'approval-refused'],
  ])('with %s removes nothing', async (_what, words, io, code, says) => {
    const used = await tenant()
    const ran = await run(used, ['remove', '--json', ...words], io)
    expect({ code: ran.code, says: ran.json.error.code }).toStrictEqual({ code, says })
    expect(used.writes()).toBe(0)
  })

  test('of what somebody else removes meanwhile changes nothing; what fails is told', async () => {
    const on = 'DELETE /libraryfiles/{fileName}'
    const gone = await tenant({ faults: [{ on, status: 404 }] })
    const words = ['remove', 'old.ps1', '--auto-approve', '--json']
    expect(await run(gone, words)).toMatchObject({ code: 0, json: { files: [{ outcome: 'unchanged' }] } })
    const failing = await tenant({ faults: [{ on, status: 403 }] })
    expect(await run(failing, words)).toMatchObject({ code: 5, json: { files: [{ code: 'forbidden' }] } })
  })
})

test.each([
  ['package'],
  ['package', 'download'],
  ['live-response'],
  ['live-response', 'run'],
  ['live-response', 'result'],
  ['live-response', 'library'],
  ['live-response', 'library', 'list'],
  ['live-response', 'library', 'put'],
  ['live-response', 'library', 'remove'],
])('%s %s %s --help shows examples and exit codes', async (...words) => {
  const used = await tenant()
  const io = used.io()
  expect(await main([...words, '--help'], io)).toBe(0)
  expect(io.stdout.text()).toMatch(/Examples:\n.*\n {2}\$ holdfast .*Exit codes:\n {2}0 /s)
})
