import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LACKING, LACKING_OF_MACHINES } from '../../src/emulator/lacking-routes.ts'
import type { Behaviour, RefusedOperation, ScenarioMachine } from '../../src/emulator/scenario-types.ts'
import { type Drive, drive, HOST, onHost, SECOND } from './drive.ts'

const TAG = 'Restricted security operations'
const BODIES: Readonly<Record<string, object>> = {
  isolate: { IsolationType: 'Full' },
  runAntiVirusScan: { ScanType: 'Quick' },
  StopAndQuarantineFile: { Sha1: '87662bc3d60e4200ceaf7aae249d1c343f4b83c9' },
  runliveresponse: { Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'x' }] }] },
}

function restricted(machine: ScenarioMachine, behaviour: Behaviour = {}): Drive {
  return drive({ machines: [{ id: HOST, ...machine }], behaviour })
}

function send({ post }: Drive, path: string, more = {}): ReturnType<Drive['post']> {
  return post(onHost(path), { Comment: 'c', ...BODIES[path], ...more })
}

describe('a device that was onboarded restricted', () => {
  test.each([
    ['BasicResponse', 'runAntiVirusScan collectInvestigationPackage'],
    ['AdvancedResponse', 'isolate unisolate restrictCodeExecution unrestrictCodeExecution'],
    ['LiveResponse', 'runliveresponse'],
    ['DeviceProtection', ''],
  ] as const)('that refuses %s', async (category, refused) => {
    const paths = [
      ...['runAntiVirusScan', 'collectInvestigationPackage', 'isolate', 'unisolate'],
      ...['restrictCodeExecution', 'unrestrictCodeExecution', 'runliveresponse'],
      ...['StopAndQuarantineFile', 'offboard'],
    ]
    const service = restricted({ refuses: [category] })
    const found: string[] = []
    for (const path of paths) {
      const { status, json } = await send(service, path)
      service.clock.advance(SECOND)
      if (status !== 403) expect(status, path).toBe(201)
      else found.push(path)
      if (status === 403) expect(json.error?.code).toBe('DisallowedOperation')
      if (status === 403) expect(json.error?.message).toContain('not allowed on this device')
    }
    expect(found.join(' ')).toBe(refused)
  })

  test('runs no script, whatever it allows', async () => {
    const service = restricted({ refuses: [] })
    const script = { Commands: [{ type: 'RunScript', params: [{ key: 'ScriptName', value: 'x.ps1' }] }] }
    expect((await send(service, 'runliveresponse', script)).status).toBe(403)
    expect((await send(service, 'runliveresponse')).status).toBe(201)
  })

  test('in other words', async () => {
    const service = restricted(
      { refuses: ['AdvancedResponse'] },
      { restrictedRefusal: { status: 400, code: 'OperationNotAllowed' } },
    )
    const { status, json } = await send(service, 'isolate')
    expect([status, json.error?.code]).toStrictEqual([400, 'OperationNotAllowed'])
  })

  test.each([
    ['both', true, 'BasicResponse, LiveResponse'],
    ['tag', true, null],
    ['column', false, 'BasicResponse, LiveResponse'],
    ['none', false, null],
  ] as const)('shown by %s', async (refusesShownBy, hasTag, column) => {
    const refuses: readonly RefusedOperation[] = ['BasicResponse', 'LiveResponse']
    const service = restricted({ refuses, refusesShownBy })
    expect((await service.get(`/api/machines/${HOST}`)).json['machineTags']).toStrictEqual(
      hasTag ? [TAG] : [],
    )
    expect(await columnOf(service)).toBe(column)
  })

  test('several categories as a list', async () => {
    const service = restricted(
      { refuses: ['BasicResponse', 'LiveResponse'] },
      { hunting: { refusedAs: 'array' } },
    )
    expect(await columnOf(service)).toBe('["BasicResponse","LiveResponse"]')
  })

  test('becomes one during the run', async () => {
    const service = drive({
      events: [{ after: '1s', machine: { id: HOST, refuses: ['AdvancedResponse'] } }],
    })
    expect((await send(service, 'unisolate')).status).toBe(201)
    service.clock.advance(10 * SECOND)
    expect((await send(service, 'isolate')).status).toBe(403)
  })
})

async function columnOf({ post }: Drive): Promise<unknown> {
  const { json } = await post('/v1.0/security/runHuntingQuery', {
    Query: [
      'DeviceInfo',
      'extend RestrictedDeviceSecurityOperations = column_ifexists("RestrictedDeviceSecurityOperations", "")',
      'project RestrictedDeviceSecurityOperations',
    ].join(' | '),
  })
  return (json['results'] as Record<string, unknown>[])[0]?.['RestrictedDeviceSecurityOperations']
}

describe('what the emulator lacks', () => {
  test.each([
    ['GET', '/api/alerts'],
    ['GET', '/api/v1.0/Indicators'],
    ['POST', '/api/advancedhunting/run'],
    ['GET', `/api/machines/${HOST}/logonusers`],
    ['GET', '/v1.0/security/incidents'],
    ['POST', '/beta/security/runHuntingQuery'],
  ])('is refused as its own: %s %s', async (method, path) => {
    const answer = await drive().ask(method, path)
    expect(answer).toMatchObject({ status: 501 })
    const { error } = JSON.parse(answer.kind === 'response' ? answer.body.toString() : '')
    expect(error.code).toBe('HoldfastEmulatorLacksRoute')
    expect(error.message).toContain('docs/emulator.md')
  })

  test.each(['/api/machinez', '/api/machines/x/y/z', `/api/machines/${HOST}/machineActions`, '/other'])(
    'and what the service lacks is 404: %s',
    async path => {
      expect((await drive().get(path)).status).toBe(404)
    },
  )

  test('is listed in docs/emulator.md', () => {
    const page = readFileSync('docs/emulator.md', 'utf8')
    const told = page.slice(page.indexOf('## What it lacks'))
    for (const name of [...LACKING, ...LACKING_OF_MACHINES]) expect(told).toContain(`\`${name}\``)
  })
})
