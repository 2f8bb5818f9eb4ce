import { expect, test } from 'vitest'
import { CONFIGURATION, startTenant, type Tenant } from './emulated-tenant.ts'

const HEIR = '1'.repeat(40)
const MERGED = '2'.repeat(40)
const DAY_MS = 86_400_000
const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString()

/** A device whose isolation, ours, stands on a record that was merged into another. */
function start(state: string, by: string): Promise<Tenant> {
  return startTenant(
    {
      machines: [
        { id: HEIR, computerDnsName: 'ws-1.contoso.com', firstSeen: ago(2) },
        {
          id: MERGED,
          computerDnsName: 'ws-1.contoso.com',
          mergedIntoMachineId: HEIR,
          firstSeen: ago(90),
          lastSeen: ago(2),
          healthStatus: 'Inactive',
        },
      ],
      actions: [
        {
          type: 'Isolate',
          scope: 'Full',
          machineId: MERGED,
          status: 'Succeeded',
          requestorComment: 'INC-1 [holdfast policy=contain plan=11111111 change=22222222]',
          requestSource: 'PublicApi',
          creationDateTimeUtc: ago(3),
        },
      ],
    },
    {
      'holdfast.yaml': CONFIGURATION,
      'policies/a.yaml': `version: 1\npolicy: contain\nreason: INC-1\nmachines:\n  - ${by}\nstate:\n  isolated: ${state}\n`,
    },
  )
}

const written = (tenant: Tenant): readonly string[] =>
  tenant.emulator.requests().flatMap(({ method, path }) => (method === 'POST' ? [path] : []))

test.each([
  ['its name', 'dnsName: ws-1.contoso.com'],
  ['the record that remains', `id: "${HEIR}"`],
  ['the merged record', `id: "${MERGED}"`],
])(
  'a hold on a merged record is released there, named by %s, and the next plan is empty',
  async (_how, by) => {
    const tenant = await start('false', by)
    const shown = await tenant.run(['plan'])
    expect(shown.stdout, shown.stderr).toContain(MERGED)
    const applied = await tenant.run(['apply', '--auto-approve', '--json'])
    expect(applied.code, applied.stderr).toBe(0)
    expect(JSON.parse(applied.stdout).outcomes).toMatchObject([
      { address: `${HEIR}/isolated`, outcome: 'succeeded' },
    ])
    expect(written(tenant)).toStrictEqual([`/api/machines/${MERGED}/unisolate`])
    const again = await tenant.run(['plan', '--detailed-exitcode'])
    expect(again.code, again.stdout).toBe(0)
  },
)

test('what holds on a merged record holds the device: nothing is sent, and drift tells nothing', async () => {
  const tenant = await start('full', `id: "${HEIR}"`)
  for (const command of [['plan', '--detailed-exitcode'], ['drift']]) {
    const ran = await tenant.run(command)
    expect(ran.code, ran.stdout).toBe(0)
  }
  const shown = JSON.parse((await tenant.run(['machines', 'list', '--isolated', '--json'])).stdout)
  expect(shown.machines).toMatchObject([{ id: HEIR, posture: { isolated: { level: 'full' } } }])
  const explained = await tenant.run(['explain', MERGED])
  expect(explained.stdout, explained.stderr).toContain('full')
})
