import { describe, expect, test } from 'vitest'
import { DefenderError } from '../../src/defender/defender-error.ts'
import { createReadClient } from '../../src/defender/read-client.ts'
import { staticToken, type TokenSource } from '../../src/defender/token.ts'
import type { Send } from '../../src/defender/transport.ts'
import type { Need, Observation } from '../../src/plan/select/observation.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { dependencies, jwt, rejection, target } from './clients.ts'
import { errorBody, type Reply, recorded } from './mock-service.ts'
import { type ModelOptions, ModelService } from './model-service.ts'
import { actionId, machineId, wireAction, wireMachine } from './rows.ts'

const HISTORY_FROM = '2026-05-24T10:00:00.0000000Z' as Instant
const TENANT: Need = {
  scope: 'tenant',
  ids: [],
  dnsNames: [],
  historyFrom: HISTORY_FROM,
  countOnboarded: false,
}
const named = (fields: Partial<Need>): Need => ({ ...TENANT, scope: 'named', ...fields })

const FLEET: ModelOptions = {
  machines: [
    wireMachine(1),
    wireMachine(2),
    wireMachine(3, { onboardingStatus: 'CanBeOnboarded' }),
    wireMachine(4, { mergedIntoMachineId: machineId(1) }),
  ],
  actions: [wireAction(1), wireAction(2), wireAction(3), wireAction(9)],
}

async function observed(
  need: Need,
  options: ModelOptions = FLEET,
  token: TokenSource = staticToken('opaque'),
): Promise<{ readonly observation: Observation; readonly model: ModelService }> {
  const model = new ModelService(options)
  const parts = dependencies(model.send, { token })
  return { model, observation: await parts.clock.drive(createReadClient(parts).observe(need)) }
}

/** A service of which one list answers as told. */
function failing(list: 'machines' | 'machineactions', reply: Exclude<Reply, { error: Error }>): Send {
  const model = new ModelService(FLEET)
  return request =>
    new URL(request.url).pathname === `/api/${list}`
      ? Promise.resolve({ status: reply.status ?? 200, headers: {}, body: JSON.stringify(reply.body ?? {}) })
      : model.send(request)
}

describe('a look at the whole tenant', () => {
  test('is one call for the machines and one for the actions', async () => {
    const { observation, model } = await observed(TENANT)
    expect(model.urls).toHaveLength(2)
    expect(observation).toMatchObject({
      target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
      readAt: '2026-11-20T10:00:00.0000000Z',
      clockSkewMs: 0,
      historyFrom: HISTORY_FROM,
      scope: 'tenant',
      onboarded: 2,
      failures: [],
      diagnostics: [],
      apiCalls: 2,
      roles: null,
    })
    expect(observation.machines).toHaveLength(4)
    expect(observation.actions).toHaveLength(4)
  })

  test('says tenant and permissions as the token does', async () => {
    const token = staticToken(jwt({ tid: 'tenant-1', roles: ['Machine.Read.All'] }))
    const { observation } = await observed(TENANT, FLEET, token)
    expect(observation.target.tenantId).toBe('tenant-1')
    expect(observation.roles).toStrictEqual(['Machine.Read.All'])
  })

  test('counts every try and repeat', async () => {
    const { observation, model } = await observed(TENANT, { ...FLEET, refuses: ['filter', 'orderby'] })
    expect(observation.apiCalls).toBe(model.urls.length)
    // Of each list one page more: without a count only a page that brings nothing is its end.
    expect(observation.apiCalls).toBe(3 + 5 + 2)
  })

  test('leaves out actions that name no machine, and says how many', async () => {
    const actions = [wireAction(1), wireAction(2, { machineId: null })]
    const { observation } = await observed(TENANT, { ...FLEET, actions })
    expect(observation.actions.map(action => action.id)).toStrictEqual([actionId(1)])
    expect(observation.diagnostics).toMatchObject([
      {
        severity: 'warning',
        code: 'action-without-machine',
        message: expect.stringContaining('1 of 2 actions'),
      },
    ])
    expect(observation.failures).toStrictEqual([])
  })
})

describe('a look at named machines', () => {
  test('is one call for them, one for what was merged into them, and one for their actions', async () => {
    const { observation, model } = await observed(named({ ids: [machineId(1), machineId(2)] }))
    expect(model.urls).toHaveLength(4)
    expect(observation).toMatchObject({ scope: 'named', onboarded: null, apiCalls: 4 })
    expect(observation.machines.map(machine => machine.id).sort()).toStrictEqual([1, 2, 4].map(machineId))
    expect(observation.actions.map(action => action.id).sort()).toStrictEqual([actionId(1), actionId(2)])
  })

  test('asks for the actions of the machines that the names resolve to', async () => {
    const { observation } = await observed(named({ ids: [machineId(2)], dnsNames: ['ws-1.contoso.com'] }))
    expect(observation.machines.map(machine => machine.id).sort()).toStrictEqual([1, 2, 4].map(machineId))
    expect(observation.actions).toHaveLength(2)
  })

  test('counts the onboarded by one call more, where a guard needs it', async () => {
    const { observation } = await observed(named({ ids: [machineId(1)], countOnboarded: true }))
    expect(observation).toMatchObject({ onboarded: 2, apiCalls: 5, scope: 'named' })
  })

  test('that the service made a look at everything is one of the tenant', async () => {
    const { observation } = await observed(named({ ids: [machineId(1)], countOnboarded: true }), {
      ...FLEET,
      refuses: ['filter'],
    })
    expect(observation).toMatchObject({ scope: 'tenant', onboarded: 2, failures: [] })
    expect(observation.machines).toHaveLength(4)
    expect(observation.actions).toHaveLength(4)
  })

  test('claims nothing of the tenant where only the machines were all read', async () => {
    const model = new ModelService(FLEET)
    const refusesMachines: Send = request =>
      request.url.includes('/machines?$filter')
        ? Promise.resolve({ status: 400, headers: {}, body: JSON.stringify(errorBody('ODataError', 'no')) })
        : model.send(request)
    const client = createReadClient(dependencies(refusesMachines))
    const observation = await client.observe(named({ ids: [machineId(1)], dnsNames: ['ws-2.contoso.com'] }))
    expect(observation).toMatchObject({ scope: 'named', onboarded: 2 })
    expect(observation.machines.map(machine => machine.id).sort()).toStrictEqual([1, 2, 4].map(machineId))
    expect(observation.actions).toHaveLength(2)
  })

  test('that names nothing asks nothing', async () => {
    const { observation, model } = await observed(named({}))
    expect(model.urls).toStrictEqual([])
    expect(observation).toMatchObject({ scope: 'named', machines: [], actions: [], apiCalls: 0 })
    expect(observation.readAt).toBe('2026-11-20T10:00:00.0000000Z')
  })
})

describe('a read that fails for good', () => {
  const refused: Reply = { status: 403, body: errorBody('Forbidden', 'Missing application roles.') }

  test.each([
    ['machines', { actions: 4, machines: 0, onboarded: null }],
    ['machineactions', { actions: 0, machines: 4, onboarded: 2 }],
  ] as const)(
    'of %s is unknown, with a way out, and the other list is read all the same',
    async (list, want) => {
      const observation = await createReadClient(dependencies(failing(list, refused))).observe(TENANT)
      expect(observation.failures).toMatchObject([
        {
          code: 'forbidden',
          message: expect.stringMatching(/^The service answered 403 Forbidden.*Machine\.Read\.All/),
        },
      ])
      expect(observation.scope).toBe('tenant')
      expect(observation.onboarded).toBe(want.onboarded)
      expect([observation.actions.length, observation.machines.length]).toStrictEqual([
        want.actions,
        want.machines,
      ])
    },
  )

  test('of named machines and of the count is unknown too', async () => {
    const client = createReadClient(dependencies(failing('machines', refused)))
    const observation = await client.observe(named({ ids: [machineId(1)], countOnboarded: true }))
    expect(observation.failures.map(failure => failure.code)).toStrictEqual(['forbidden', 'forbidden'])
    expect(observation).toMatchObject({ onboarded: null, machines: [] })
    expect(observation.actions).toHaveLength(1)
  })

  test('because one row cannot be read is a failure, not a list without it', async () => {
    const broken: Reply = { body: { value: [wireAction(1), { ...wireAction(2), status: null }] } }
    const observation = await createReadClient(dependencies(failing('machineactions', broken))).observe(
      TENANT,
    )
    expect(observation.failures).toMatchObject([{ code: 'malformed-answer' }])
    expect(observation.actions).toStrictEqual([])
  })

  test('because of an interrupt is unknown', async () => {
    const client = createReadClient(dependencies(new ModelService(FLEET).send))
    const observation = await client.observe(TENANT, AbortSignal.abort())
    expect(observation.failures.map(failure => failure.code)).toStrictEqual(['interrupted', 'interrupted'])
  })
})

describe('what ends a look altogether', () => {
  test('a token that is refused twice', async () => {
    const send: Send = () => Promise.resolve({ status: 401, headers: {}, body: '' })
    expect(await rejection(createReadClient(dependencies(send)).observe(TENANT))).toMatchObject({
      code: 'unauthorized',
    })
  })

  test('no token', async () => {
    const token: TokenSource = {
      get: () => Promise.reject(new DefenderError('authentication-failed', 'none')),
    }
    const { send, requests } = recorded(new ModelService(FLEET).send)
    const client = createReadClient(dependencies(send, { token }))
    expect(await rejection(client.observe(TENANT))).toMatchObject({ code: 'authentication-failed' })
    expect(requests).toStrictEqual([])
  })

  test('a token of another tenant, before the first read', async () => {
    const { send, requests } = recorded(new ModelService(FLEET).send)
    const to = target({ tenantId: 'configured' })
    const client = createReadClient(
      dependencies(send, { token: staticToken(jwt({ tid: 'other' })), target: to }),
    )
    expect(await rejection(client.observe(TENANT))).toMatchObject({ code: 'tenant-mismatch' })
    expect(requests).toStrictEqual([])
  })

  test('an error of our own', async () => {
    const client = createReadClient(dependencies(() => Promise.reject(new TypeError('ours'))))
    await expect(client.observe(TENANT)).rejects.toThrow(TypeError)
  })
})

describe('a client', () => {
  test('knows the service’s clock from its first answer on, and counts its requests', async () => {
    const late: Send = () =>
      Promise.resolve({
        status: 200,
        headers: { date: 'Fri, 20 Nov 2026 11:30:00 GMT' },
        body: '{"value":[]}',
      })
    const client = createReadClient(dependencies(late))
    expect([client.firstDate, client.clockSkewMs, client.apiCalls]).toStrictEqual([undefined, 0, 0])
    const observation = await client.observe(TENANT)
    expect(observation).toMatchObject({ readAt: '2026-11-20T11:30:00.0000000Z', clockSkewMs: 5_400_000 })
    expect([client.firstDate, client.clockSkewMs]).toStrictEqual(['2026-11-20T11:30:00.0000000Z', 5_400_000])
    await client.observe(TENANT)
    expect(client.apiCalls).toBe(4)
  })

  test('takes its own time where the service tells none', async () => {
    const silent: Send = () => Promise.resolve({ status: 200, headers: {}, body: '{"value":[]}' })
    const observation = await createReadClient(dependencies(silent)).observe(TENANT)
    expect(observation).toMatchObject({ readAt: '2026-11-20T10:00:00.0000000Z', clockSkewMs: 0 })
  })

  test('that reads has no method that writes', () => {
    const client = createReadClient(dependencies(new ModelService({}).send))
    expect(Object.keys(client).filter(name => /submit|cancel|post|delete|upload/i.test(name))).toStrictEqual(
      [],
    )
  })

  test('says who we are without asking the service', async () => {
    const token = staticToken(jwt({ tid: 't', roles: [] }))
    const { send, requests } = recorded(new ModelService({}).send)
    expect(await createReadClient(dependencies(send, { token })).identify()).toStrictEqual({
      tenantId: 't',
      roles: [],
    })
    expect(requests).toStrictEqual([])
  })
})
