import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import { nameTarget } from '../../src/local/state-directory.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'

const APPLY = ['apply', '--auto-approve']
const TWO = ['ws-1.contoso.com', 'ws-2.contoso.com']

interface Row {
  readonly code: number
  readonly argv: readonly string[]
  readonly tenant?: () => Promise<Tenant>
  readonly before?: (tenant: Tenant) => Promise<unknown>
  readonly terminal?: true
  readonly answers?: readonly string[]
  /** What the JSON document's code or exit name says. */
  readonly says: string
  /** How many writes it makes; none unless it says so. */
  readonly writes?: number
}

function withFiles(files: Readonly<Record<string, string>>): () => Promise<Tenant> {
  return () => startTenant({ machines: machines(4) }, files)
}

function withConfiguration(more: string): () => Promise<Tenant> {
  return withFiles({ ...ISOLATE_TWO, 'holdfast.yaml': CONFIGURATION + more })
}

async function savePlan(tenant: Tenant): Promise<void> {
  expect((await tenant.run(['plan', '--out', 'p.plan'])).code).toBe(0)
}

const isolateByHand = (tenant: Tenant): unknown =>
  tenant.emulator.addAction({
    type: 'Isolate',
    machineId: 'ws-1.contoso.com',
    scope: 'Full',
    requestSource: 'Portal',
  })

const ROWS: Readonly<Record<string, Row>> = {
  'a plan with changes is 0': { code: 0, argv: ['plan'], says: 'planned' },
  'an apply that succeeds is 0': { code: 0, argv: APPLY, says: 'ok', writes: 2 },
  'an apply with nothing to do is 0': {
    code: 0,
    argv: APPLY,
    before: tenant => tenant.run(APPLY),
    says: 'ok',
    writes: 2,
  },
  'an unknown option is 1': { code: 1, argv: ['plan', '--frobnicate'], says: 'usage' },
  'an unknown command is 1': { code: 1, argv: ['frobnicate'], says: 'usage' },
  'an invalid policy is 1': {
    code: 1,
    argv: ['plan'],
    tenant: withFiles({ ...ISOLATE_TWO, 'policies/bad.yaml': 'version: 1\n' }),
    says: 'declaration-invalid',
  },
  'a refused token is 1': {
    code: 1,
    argv: ['plan'],
    tenant: () => startTenant({ machines: machines(2), behaviour: { tokens: { enforce: true } } }),
    says: 'unauthorized',
  },
  'a read that fails is 1, with --detailed-exitcode too': {
    code: 1,
    argv: ['plan', '--detailed-exitcode'],
    tenant: () =>
      startTenant({ machines: machines(2), behaviour: { faults: [{ on: 'GET /machines', status: 503 }] } }),
    says: 'planned',
  },
  'a service that is gone for good is 1, and nothing is sent': {
    code: 1,
    argv: APPLY,
    tenant: () =>
      startTenant({
        machines: machines(2),
        behaviour: { faults: [{ on: '* /**', from: '-1d', status: 410 }] },
      }),
    says: 'error',
  },
  'a machine that does not resolve is 1': {
    code: 1,
    argv: APPLY,
    tenant: withFiles({
      'holdfast.yaml': CONFIGURATION,
      'policies/a.yaml': policy('a', 'isolated: true', ['none.contoso.com']),
    }),
    says: 'error',
  },
  'differences are 2 where asked for': { code: 2, argv: ['plan', '--detailed-exitcode'], says: 'planned' },
  'drift is 2': { code: 2, argv: ['drift'], says: 'drifted' },
  'drift is 0 with --exit-zero': { code: 0, argv: ['drift', '--exit-zero'], says: 'drifted' },
  'an edited plan is 3': {
    code: 3,
    argv: ['apply', 'p.plan'],
    before: async tenant => {
      await savePlan(tenant)
      const path = join(tenant.folder, 'p.plan')
      await writeFile(path, (await readFile(path, 'utf8')).replace('"Full"', '"Selective"'))
    },
    says: 'plan-tampered',
  },
  'a moved plan is 3': {
    code: 3,
    argv: ['apply', 'p.plan'],
    before: async tenant => {
      await savePlan(tenant)
      tenant.emulator.addAction({
        type: 'Isolate',
        machineId: 'ws-1.contoso.com',
        scope: 'Selective',
        requestSource: 'Portal',
      })
    },
    says: 'stale',
  },
  'a plan that expired is 3': {
    code: 3,
    argv: ['apply', 'p.plan'],
    tenant: async () => {
      const soon = new Date(Date.now() + 30_000).toISOString()
      const files = {
        ...ISOLATE_TWO,
        'policies/contain.yaml': policy('contain', 'isolated: full', TWO, `expires: ${soon}\n`),
      }
      return startTenant({ machines: machines(4) }, files)
    },
    before: async tenant => {
      await savePlan(tenant)
      await tenant.clock.sleep(30_000)
    },
    says: 'stale',
  },
  'a plan for another endpoint is 3': {
    code: 3,
    argv: ['apply', 'p.plan'],
    before: async tenant => {
      const other = await startTenant()
      await savePlan(other)
      await writeFile(join(tenant.folder, 'p.plan'), await readFile(join(other.folder, 'p.plan')))
    },
    says: 'stale',
  },
  'another plan than expected is 3': {
    code: 3,
    argv: ['apply', '--expect', `sha256:${'0'.repeat(64)}`],
    says: 'expect-mismatch',
  },
  'a failed guard is 4': {
    code: 4,
    argv: APPLY,
    tenant: withConfiguration('guards: { maxMachines: 1 }\n'),
    says: 'refused',
  },
  'a failed guard is 4 for plan --enforce': {
    code: 4,
    argv: ['plan', '--enforce', '--detailed-exitcode'],
    tenant: withConfiguration('guards: { maxMachines: 1 }\n'),
    says: 'planned',
  },
  'a missing approval is 4': { code: 4, argv: ['apply'], says: 'approval-missing' },
  'any answer but yes is 4': {
    code: 4,
    argv: ['apply'],
    terminal: true,
    answers: ['y'],
    says: 'approval-refused',
  },
  'nothing but blocked items is 4': {
    code: 4,
    argv: APPLY,
    tenant: withConfiguration(
      'protected: [{ match: { dnsName: [ws-1.contoso.com, ws-2.contoso.com] }, allow: [] }]\n',
    ),
    says: 'refused',
  },
  'a failed outcome is 5': {
    code: 5,
    argv: APPLY,
    tenant: () =>
      startTenant({
        machines: machines(4),
        behaviour: { outcomes: [{ machine: 'ws-1.contoso.com', end: 'Failed' }] },
      }),
    says: 'partial',
    writes: 2,
  },
  'a blocked item beside one that succeeded is 5': {
    code: 5,
    argv: APPLY,
    tenant: withConfiguration('protected: [{ match: { dnsName: ws-1.contoso.com }, allow: [] }]\n'),
    says: 'partial',
    writes: 1,
  },
  'not waiting is 6': { code: 6, argv: [...APPLY, '--no-wait'], says: 'pending', writes: 2 },
  'a deadline is 6': { code: 6, argv: [...APPLY, '--timeout', '5s'], says: 'pending', writes: 2 },
  'a held lease is 7': {
    code: 7,
    argv: APPLY,
    before: async tenant => {
      const folder = join(
        tenant.folder,
        '.state',
        'holdfast',
        nameTarget({ endpoint: tenant.url, tenantId: null }),
      )
      const holder = { ...(await identifyProcess()), host: 'another-host' }
      expect(await fileLease(folder, holder, tenant.clock).acquire()).toStrictEqual({
        kind: 'held',
        generation: 1,
      })
    },
    says: 'locked',
  },
}

/** What a document says of its end: the failure's code, the result's exit name, or what kind of document it is. */
function saidBy(document: Readonly<Record<string, never>>): string {
  const { error, exit, changes } = document as {
    readonly error?: { readonly code: string }
    readonly exit?: { readonly name: string }
    readonly changes?: unknown
  }
  return error?.code ?? exit?.name ?? (changes === undefined ? 'drifted' : 'planned')
}

test.each(Object.entries(ROWS))('%s', async (_rule, row) => {
  const tenant = await (row.tenant ?? startTenant)()
  await row.before?.(tenant)
  const { terminal = false, answers = [] } = row
  const ran = await tenant.run([...row.argv, '--json'], { terminal, answers })
  expect({ code: ran.code, says: saidBy(JSON.parse(ran.stdout)) }, ran.stderr).toStrictEqual({
    code: row.code,
    says: row.says,
  })
  expect(tenant.writes()).toBe(row.writes ?? 0)
})

test('an interrupt is 130: what was sent is in the journal and the same command resumes', async () => {
  const tenant = await startTenant()
  const io = tenant.io({
    onStderr: text => (text.includes('awaiting the ends') ? io.send('SIGINT') : undefined),
  })
  const { main } = await import('../../src/cli/main.ts')
  expect(await main([...APPLY, '--json'], io)).toBe(130)
  expect(JSON.parse(io.stdout.text())).toMatchObject({
    exit: { code: 130, name: 'signal' },
    summary: { pending: 2 },
  })
  const again = await tenant.run([...APPLY, '--json'])
  expect(again.code).toBe(0)
  expect(tenant.writes()).toBe(2)
})

test('nobody isolates twice what was isolated by hand meanwhile', async () => {
  const tenant = await startTenant()
  await savePlan(tenant)
  isolateByHand(tenant)
  const ran = await tenant.run(['apply', 'p.plan', '--json'])
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout)).toMatchObject({ summary: { succeeded: 1, unchanged: 1 } })
})
