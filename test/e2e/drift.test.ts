import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, machines, policy, startTenant } from './emulated-tenant.ts'

/** ws-1 was released by somebody a day ago, ws-2 is held by somebody for three, ws-3 is declared and was never done. */
const SCENARIO: Scenario = {
  machines: machines(3),
  actions: [
    {
      ...{ type: 'Isolate', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-2d' },
      requestorComment: 'INC-1 [holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]',
      requestSource: 'PublicApi',
    },
    { type: 'Unisolate', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-1d' },
    { type: 'Isolate', machineId: 'ws-2.contoso.com', creationDateTimeUtc: '-3d' },
  ],
}
const FILES = {
  'holdfast.yaml': CONFIGURATION,
  'policies/a.yaml': policy('contain', 'isolated: full', ['ws-1.contoso.com', 'ws-3.contoso.com']),
}

type Documented = {
  readonly drift: readonly { readonly id: string; readonly kind: string }[]
  readonly since: { readonly leftOut: number } | null
}

test('drift tells each finding with an id that the next run has too', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const first: Documented = JSON.parse((await tenant.run(['drift', '--json'])).stdout)
  const second: Documented = JSON.parse((await tenant.run(['drift', '--json'])).stdout)
  expect(first.drift.map(({ kind }) => kind).toSorted()).toStrictEqual(['missing', 'reverted', 'undeclared'])
  expect(second.drift.map(({ id }) => id)).toStrictEqual(first.drift.map(({ id }) => id))
})

test('--since leaves out what is older, keeps what has no time, and says so', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const ran = await tenant.run(['drift', '--since', '2d', '--json'])
  const { drift, since }: Documented = JSON.parse(ran.stdout)
  expect([ran.code, since?.leftOut]).toStrictEqual([2, 1])
  expect(drift.map(({ kind }) => kind).toSorted()).toStrictEqual(['missing', 'reverted'])
})

test('drift is counted by actor, and the share of what is held and declared', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const { code, stdout } = await tenant.run(['drift'])
  expect(code).toBe(2)
  expect(stdout).toMatch(
    /\nwho +findings +of which\n.* 2 +1 reverted, 1 undeclared\nnobody known +1 +1 missing\n/,
  )
  expect(stdout).toMatch(/\nCoverage: 0 of 1 held machine declared \(0 %\), 0 of 1 hold\.\n$/)
})

test('--as-of tells how it stood', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const asOf = new Date(Date.parse(tenant.clock.now()) - 36 * 3_600_000).toISOString()
  const { stdout } = await tenant.run(['drift', '--as-of', asOf])
  expect(stdout).toContain('\nDrift: 1 missing, 1 undeclared.\nAs of ')
  expect(stdout).toContain('Coverage: 1 of 2 held machines declared (50 %)')
})

test('--events is one line per finding, the same lines in the next run but for what was read', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const ids = async (): Promise<readonly string[]> => {
    const { stdout, code } = await tenant.run(['drift', '--events'])
    expect(code).toBe(2)
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).id)
  }
  const first = await ids()
  expect(first).toHaveLength(3)
  expect(await ids()).toStrictEqual(first)
})

test('one run writes every format that pipelines read', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const argv = ['--junit-into', 'd.xml', '--sarif-into', 'd.sarif', '--events-into', 'd.jsonl']
  const ran = await tenant.run(['drift', '--json', '--exit-zero', ...argv])
  const read = async (name: string): Promise<string> => readFile(join(tenant.folder, name), 'utf8')
  expect(ran.code).toBe(0)
  expect(await read('d.xml')).toContain('<testsuites name="holdfast drift" tests="3" failures="3" ')
  const sarif = JSON.parse(await read('d.sarif'))
  expect(sarif.runs[0].results).toHaveLength(3)
  expect((await read('d.jsonl')).match(/\n/g)).toHaveLength(3)
  expect(JSON.parse(ran.stdout).drift).toHaveLength(3)
})

test('a plan and a result are JUnit and SARIF too', async () => {
  const tenant = await startTenant(SCENARIO, FILES)
  const planned = await tenant.run(['plan', '--format', 'sarif'])
  expect(JSON.parse(planned.stdout).runs[0].results[0]).toMatchObject({ ruleId: 'blocked/reverted-by-other' })
  const applied = await tenant.run(['apply', '--auto-approve', '--format', 'junit'])
  expect(applied.stdout).toContain(
    '<testcase classname="holdfast.apply.outcome.succeeded" name="ws-3.contoso.com isolated',
  )
})

test.each([
  [
    '--events with another format',
    ['--events', '--json'],
    'error[flags-contradict]: --events and another format',
  ],
  ['--since that is no time', ['--since', 'yesterday'], 'error[usage]: --since yesterday: expected how long'],
  ['--since after the time reported on', ['--since', '2030-01-01'], 'error[usage]: --since is later than'],
  ['--verify of another time', ['--verify', '--as-of', '2026-01-01'], 'error[flags-contradict]'],
  [
    'a time before the history',
    ['--as-of', '2020-01-01'],
    'error[before-lookback]: --as-of: the history is read',
  ],
])('%s is refused', async (_what, argv, says) => {
  const tenant = await startTenant(SCENARIO, FILES)
  const ran = await tenant.run(['drift', ...argv])
  expect(ran.code).toBe(1)
  expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(says)
})
