import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'
import { startedIn } from './started-in.ts'

function repository(fleet: number, apply = ''): Readonly<Record<string, string>> {
  const names = Array.from({ length: fleet }, (_, index) => `ws-${index + 1}.contoso.com`)
  return {
    'holdfast.yaml': `version: 1\npolicies: [policies]\nguards: { maxMachines: 120 }\napply: { pollInterval: 1s, lookup: 1s${apply} }\n`,
    'policies/contain.yaml': policy('contain', 'isolated: full', names),
  }
}

/** So many machines that are to be isolated, each in a second. */
function startFleet(fleet: number, behaviour: Scenario['behaviour'] = {}, apply = ''): Promise<Tenant> {
  const scenario = { machines: machines(fleet), behaviour: { settle: { Isolate: '1s' }, ...behaviour } }
  return startTenant(scenario, repository(fleet, apply))
}

/** How many isolations were asked for. */
function isolations({ emulator }: Tenant): number {
  return emulator.requests().filter(({ path }) => path.endsWith('/isolate')).length
}

const ALL_FAIL: Scenario['behaviour'] = { outcomes: [{ type: 'Isolate', end: 'Failed', after: '1s' }] }
const SENTENCE = 'In 3 waves: 1, 12, 107 machines; stops when 20% of a wave fail or fall silent.'

test('without configuration 120 isolations go in three waves, from the plan to the result', async () => {
  const tenant = await startFleet(120)
  const saved = await tenant.run(['plan', '--out', 'p.json', '--json'])
  expect(JSON.parse(saved.stdout).rollout).toStrictEqual({
    waves: [1, 12, 107],
    stopWhen: { failed: '20%', silent: '20%' },
  })
  expect((await tenant.run(['show', 'p.json'])).stdout).toContain(SENTENCE)
  const ran = await tenant.run(['apply', 'p.json', '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  expect(ran.stderr).toContain(SENTENCE)
  for (const wave of ['1 of 3 (1 machine)', '2 of 3 (12 machines)', '3 of 3 (107 machines)']) {
    expect(ran.stderr).toContain(`Wave ${wave} begins`)
  }
  const document = JSON.parse(ran.stdout)
  expect(document.summary).toStrictEqual({ succeeded: 120 })
  expect(document.rollout.waves).toStrictEqual(
    [1, 12, 107].map(size => ({ machines: size, state: 'ended', failed: 0, silent: 0 })),
  )
  expect(isolations(tenant)).toBe(120)
})

test('a first wave that fails stops the other 119, says so, and so does the same plan again', async () => {
  const tenant = await startFleet(120, ALL_FAIL)
  await tenant.run(['plan', '--out', 'p.json'])
  const ran = await tenant.run(['apply', 'p.json'])
  expect(ran.code).toBe(5)
  expect(isolations(tenant)).toBe(1)
  expect(ran.stderr).toContain('error[wave-stopped]: Wave 1 of 3 stopped the apply: 1 of 1 machine failed')
  expect(ran.stdout).toContain('Apply stopped by a stop rule: 1 failed, 119 not-attempted.')
  const again = await tenant.run(['apply', 'p.json', '--json'])
  expect(again.code).toBe(5)
  expect(isolations(tenant)).toBe(1)
  expect(JSON.parse(again.stdout).rollout.waves[0]).toStrictEqual({
    machines: 1,
    state: 'stopped',
    failed: 1,
    silent: 0,
  })
})

test('--no-waves sends all of it at once, needs a reason, and leaves it in journal and result', async () => {
  const tenant = await startFleet(60)
  const bare = await tenant.run(['apply', '--auto-approve', '--no-waves'])
  expect(bare.code).toBe(1)
  expect(bare.stderr).toContain('error[reason-missing]')
  const argv = ['apply', '--auto-approve', '--no-waves', '--no-wait', '--reason', 'it spreads', '--json']
  const ran = await tenant.run([...argv, '--journal', 'kept'])
  expect(ran.code, ran.stderr).toBe(6)
  expect(ran.stderr).toContain('All 60 machines at once; nothing stops it.')
  const left = { skippedWaves: [1, 6, 53], reason: 'it spreads' }
  expect(JSON.parse(ran.stdout)).toMatchObject(left)
  expect(await startedIn(`${tenant.folder}/kept`)).toMatchObject([left])
  expect(isolations(tenant)).toBe(60)
})

test('--no-wait is refused where there are waves, and nothing is asked or sent', async () => {
  const tenant = await startFleet(60)
  const ran = await tenant.run(['apply', '--no-wait'], { terminal: true, answers: ['yes'] })
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('error[waves-need-wait]')
  expect(ran.stderr).not.toContain('Only `yes`')
  expect(isolations(tenant)).toBe(0)
})

test('the question says in which waves it goes, by the configuration as it is then', async () => {
  const tenant = await startFleet(20, {}, ', waves: [5, rest], stopWhen: { failed: 2 }')
  await tenant.run(['plan', '--out', 'p.json'])
  const asked = await tenant.run(['apply'], { terminal: true, answers: ['no'] })
  expect(asked.code).toBe(4)
  const sentence = 'In 2 waves: 5, 15 machines; stops when 2 machines of a wave fail.'
  expect(asked.stderr).toContain(`${sentence}\nOnly \`yes\``)
  await writeFile(
    join(tenant.folder, 'holdfast.yaml'),
    repository(20, ', waves: [rest]')['holdfast.yaml'] ?? '',
  )
  const ran = await tenant.run(['apply', 'p.json', '--json'])
  expect(ran.stderr).not.toContain('waves')
  expect(JSON.parse(ran.stdout)).not.toHaveProperty('rollout')
})
