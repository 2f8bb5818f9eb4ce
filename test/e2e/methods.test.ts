import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROUTES } from '../../src/emulator/routes.ts'
import { ACTION_METHODS } from '../../src/posture/methods.ts'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/methods.md'), 'utf8')

interface Told {
  readonly request: string
  readonly usedBy: string
  readonly permission: string
  readonly quota: string
}

/** The table of docs/methods.md, by request. */
const TOLD: ReadonlyMap<string, Told> = new Map(
  page
    .split('\n')
    .filter(line => /^\| \d+ \|/.test(line))
    .map(line => line.slice(2, -2).split(' | '))
    .map(([, request = '', usedBy = '', permission = '', quota = '']): readonly [string, Told] => [
      request.replaceAll('`', ''),
      { request, usedBy, permission, quota },
    ]),
)

const DECLARED = `version: 1
policy: contain
reason: INC-1
machines: [ { dnsName: ws-1.contoso.com } ]
state:
  isolated: full
  restricted: true
  scanned: { scan: full, since: 2026-01-01 }
  collected: { since: 2026-01-01 }
  quarantined: [ { sha1: 87662bc3d60e4200ceaf7aae249d1c343f4b83c9 } ]
  liveResponse:
    - { name: triage, since: 2026-01-01, commands: [ { type: RunScript, script: triage.ps1 }, { type: GetFile, path: 'C:\\t.zip' } ] }
---
version: 1
policy: contain-printer
reason: INC-1
machines: [ { dnsName: prn-1 } ]
state: { isolated: unmanaged }
---
version: 1
policy: retire
reason: CHG-1
machines: [ { id: ${'3'.repeat(40)} } ]
state: { offboarded: true }
`
const RELEASED = DECLARED.replace('isolated: full', 'isolated: false').replace(
  'restricted: true',
  'restricted: false',
)

/** A fleet that takes every action, each in a second of its own time. */
async function tenant(policies: string): Promise<Tenant> {
  const types = ACTION_METHODS.map(({ type }) => type)
  return startTenant(
    {
      machines: [
        { computerDnsName: 'ws-1.contoso.com' },
        { computerDnsName: 'prn-1', onboardingStatus: 'CanBeOnboarded', osPlatform: null },
        { id: '3'.repeat(40), computerDnsName: 'old-3.contoso.com' },
        { computerDnsName: 'ws-4.contoso.com', offline: true },
      ],
      actions: [
        { type: 'RunAntiVirusScan', machineId: 'ws-4.contoso.com', status: 'Pending', scope: 'Quick' },
      ],
      libraryFiles: [{ fileName: 'triage.ps1', content: 'Get-Process' }],
      behaviour: { settle: Object.fromEntries(types.map(type => [type, '1s'])) },
    },
    {
      'holdfast.yaml':
        'version: 1\npolicies: [policies]\nallow: { quarantined: true, liveResponse: true, offboarded: true }\napply: { pollInterval: 1s }\n',
      'policies/all.yaml': policies,
    },
  )
}

/** The rows of the page whose request was made and accepted. */
function madeIn({ emulator }: Tenant): ReadonlySet<string> {
  const made = emulator
    .requests()
    .filter(({ status }) => typeof status === 'number' && status < 300)
    .map(({ method, path }) => ({ method, path: path.replace(/^\/api/, '') }))
  const rows = ROUTES.defender.filter(({ method, pattern }) =>
    made.some(one => one.method === method && pattern.test(one.path)),
  )
  return new Set(rows.map(({ method, path }) => `${method} ${path}`))
}

async function apply(one: Tenant): Promise<void> {
  const ran = await one.run(['apply', '--auto-approve', '--json'])
  expect(ran.code, ran.stderr + ran.stdout).toBe(0)
}

function idOf({ emulator }: Tenant, type: string): string {
  return emulator.actions().find(action => action.type === type)?.id ?? ''
}

async function succeed(one: Tenant, argv: readonly string[]): Promise<void> {
  const ran = await one.run(argv)
  expect(ran.code, `${argv.join(' ')}\n${ran.stderr}${ran.stdout}`).toBe(0)
}

/** What makes the requests of a row: the facets of {@link DECLARED} alone, or commands after they were applied. */
const MADE_BY: Readonly<Record<string, (one: Tenant) => readonly (readonly string[])[]>> = {
  'GET /machineactions/{id}/getPackageUri': one => [
    ['package', 'download', idOf(one, 'CollectInvestigationPackage')],
  ],
  'GET /machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})': one => [
    ['live-response', 'result', idOf(one, 'LiveResponse'), '--out', 'results'],
  ],
  'POST /machineactions/{id}/cancel': one => [
    ['actions', 'cancel', idOf(one, 'RunAntiVirusScan'), '--reason', 'offline', '--auto-approve'],
  ],
  'GET /machineactions': () => [['actions', 'list']],
  'GET /machineactions/{id}': one => [
    ['package', 'download', idOf(one, 'CollectInvestigationPackage')],
    ['live-response', 'result', idOf(one, 'LiveResponse'), '--out', 'results'],
  ],
}

describe('docs/methods.md', () => {
  test('has the fourteen rows of the resource, and none that is not an own route of the emulator', () => {
    const routes = new Set(ROUTES.defender.map(({ method, path }) => `${method} ${path}`))
    expect(TOLD.size).toBe(14)
    expect([...TOLD.keys()].filter(request => !routes.has(request))).toStrictEqual([])
  })

  test.each(ACTION_METHODS.map(method => [method.type, method] as const))('tells of %s', (_type, method) => {
    const told = TOLD.get(`POST /machines/{id}/${method.path}`)
    const { perMinute, perHour, concurrent } = method.quota
    const most = concurrent === undefined ? '' : `, ${concurrent} at once`
    expect(told?.permission).toBe(`\`${method.permission}\``)
    expect(told?.quota).toBe(`${perMinute} / ${perHour}${most}`)
    expect(told?.usedBy).toContain(`facet \`${method.facet}`)
  })

  test.each([...TOLD])('tells the quota of %s', (request, { quota }) => {
    const route = ROUTES.defender.find(({ method, path }) => `${method} ${path}` === request)
    expect(quota).toContain(`${route?.quota.perMinute} / ${route?.quota.perHour}`)
  })
})

describe('every method, by the command line and on the wire', () => {
  test('what is declared is applied by seven, is not done again, and is released by two', async () => {
    const one = await tenant(DECLARED)
    await apply(one)
    const submitted = (): readonly string[] =>
      one.emulator
        .actions()
        .map(({ type }) => type)
        .sort()
    const first = submitted()
    expect(madeIn(one)).toEqual(
      new Set([
        'GET /machines',
        'GET /machineactions',
        ...ACTION_METHODS.filter(({ effect }) => effect !== 'lift').map(
          ({ path }) => `POST /machines/{id}/${path}`,
        ),
      ]),
    )
    const again = await one.run(['plan', '--json', '--detailed-exitcode'])
    expect(again.code, again.stdout).toBe(0)
    await apply(one)
    expect(submitted()).toStrictEqual(first)

    await writeFile(join(one.folder, 'policies/all.yaml'), RELEASED)
    await apply(one)
    const lifts = ACTION_METHODS.filter(({ effect }) => effect === 'lift')
    for (const { path } of lifts) expect(madeIn(one)).toContain(`POST /machines/{id}/${path}`)
  })

  test.each(Object.entries(MADE_BY))('%s', async (request, commandsOf) => {
    const one = await tenant(DECLARED)
    await apply(one)
    const commands = commandsOf(one)
    for (const argv of commands) {
      await succeed(one, argv)
      expect(TOLD.get(request)?.usedBy).toContain(`\`holdfast ${argv[0]} ${argv[1]}\``)
    }
    expect(madeIn(one)).toContain(request)
  })

  test('all fourteen are among these', () => {
    const tried = [
      ...ACTION_METHODS.map(({ path }) => `POST /machines/{id}/${path}`),
      ...Object.keys(MADE_BY),
    ]
    expect([...TOLD.keys()].sort()).toStrictEqual(tried.sort())
  })
})
