import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, startTenant } from './emulated-tenant.ts'

/** ws-1 was held from nine days ago to two days ago. */
const SCENARIO: Scenario = {
  machines: machines(3),
  actions: [
    { type: 'Isolate', scope: 'Full', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-9d' },
    { type: 'Unisolate', machineId: 'ws-1.contoso.com', creationDateTimeUtc: '-2d' },
  ],
}
const GUARDED = { ...ISOLATE_TWO, 'holdfast.yaml': `${CONFIGURATION}guards: { maxMachines: 1 }\n` }

test('simulate replays the policies of today: plans, guards and exposure', async () => {
  const tenant = await startTenant(SCENARIO, GUARDED)
  const ran = await tenant.run(['simulate', '--from', '20d', '--json'])
  expect([ran.code, ran.stderr]).toStrictEqual([0, ''])
  const document = JSON.parse(ran.stdout)
  expect(document).toMatchObject({
    formatVersion: '1.0',
    machines: 2,
    actions: 2,
    requests: { Isolate: 3 },
    blocked: { 'reverted-by-other': 1 },
    guards: [
      { name: 'maxMachines', limit: 1, actual: 2 },
      { name: 'maxMachines', limit: 1, actual: 2 },
    ],
    exposure: { contained: 1, open: 2 },
  })
  expect(document.exposures).toHaveLength(3)
  expect(tenant.writes()).toBe(0)
})

test('it is for people and for a review too', async () => {
  const tenant = await startTenant(SCENARIO, GUARDED)
  const ran = await tenant.run(['simulate', '--from', '20d', '--step', '7d'])
  expect(ran.stdout).toMatch(/: \d of \d moments at which something changed, 2 machines /)
  expect(ran.stdout).toContain('\nGuards that would have fired\n  maxMachines: 2, at most 1, from ')
  const markdown = await tenant.run(['simulate', '--to', '1d', '--format', 'markdown'])
  expect(markdown.stdout).toContain('### Holdfast simulation')
})

test('a terminal sees how far it is', async () => {
  const tenant = await startTenant({
    machines: machines(3),
    actions: Array.from({ length: 15 }, (_, index) => {
      return {
        type: 'RunAntiVirusScan' as const,
        machineId: 'ws-1.contoso.com',
        creationDateTimeUtc: `-${index + 1}h`,
      }
    }),
  })
  const ran = await tenant.run(['simulate'], { terminal: true })
  expect(ran.stderr).toMatch(/\r20 of \d+ plans\r/)
})

test('a signal ends it between two plans', async () => {
  const tenant = await startTenant({
    machines: machines(3),
    actions: Array.from({ length: 60 }, (_, index) => {
      return {
        type: 'RunAntiVirusScan' as const,
        machineId: 'ws-1.contoso.com',
        creationDateTimeUtc: `-${index + 1}h`,
      }
    }),
  })
  const io = tenant.io({
    terminal: true,
    onStderr: text => {
      if (/20 of \d+ plans/.test(text)) io.send('SIGINT')
    },
  })
  expect(await main(['simulate'], io)).toBe(130)
  expect(io.stdout.text()).toBe('')
  expect(io.stderr.text()).not.toContain('60 of')
})

test('too much is refused, with what would be possible', async () => {
  const tenant = await startTenant({
    machines: machines(3),
    actions: Array.from({ length: 5200 }, (_, index) => {
      return {
        type: 'RunAntiVirusScan' as const,
        machineId: 'ws-1.contoso.com',
        creationDateTimeUtc: `-${index + 1}m`,
      }
    }),
  })
  const ran = await tenant.run(['simulate'])
  expect(ran.code).toBe(1)
  expect(ran.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /error\[replay-too-large\]: Something changed at \d+ moments, and of 2 machines with 5200 actions at most 4805 plans are made at once\. try: Look at fewer moments with --step/,
  )
  expect((await tenant.run(['simulate', '--step', '1d', '--json'])).code).toBe(0)
})

test.each([
  ['a beginning before the history', ['--from', '900d'], 'before-lookback'],
  ['an end in the future', ['--to', '2099-01-01'], 'usage'],
  ['an end before the beginning', ['--from', '1d', '--to', '2d'], 'usage'],
])('%s is an error', async (_what, argv, code) => {
  const tenant = await startTenant(SCENARIO)
  const ran = await tenant.run(['simulate', ...argv])
  expect([ran.code, ran.stdout]).toStrictEqual([1, ''])
  expect(ran.stderr).toContain(`error[${code}]`)
})
