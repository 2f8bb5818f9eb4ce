import { describe, expect, test } from 'vitest'
import type { SubmitAnswer } from '../../src/apply/ports.ts'
import { createActionApi } from '../../src/defender/action-api.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import { ACTION_METHODS } from '../../src/posture/methods.ts'
import type { Instant } from '../../src/schema/instant.ts'
import { dependencies } from './clients.ts'
import { errorBody, networkError, type Reply, scripted } from './mock-service.ts'
import { ModelService } from './model-service.ts'
import { actionId, machineId, wireAction, wireMachine } from './rows.ts'

/** `target` of the bodies of `errorBody`. */
const CORRELATION = '|1d25001e-48e8e09dbddde4f4.'
const BODY = { Comment: 'INC-4211 [holdfast policy=p plan=00000000 change=00000000]', IsolationType: 'Full' }
const CREATED: Reply = { status: 201, body: wireAction(1, { status: 'Pending' }) }

function submitted(...replies: readonly Reply[]): Promise<SubmitAnswer> {
  return createActionApi(dependencies(scripted(replies).send)).submit(machineId(1), 'Isolate', BODY)
}

describe('a submission', () => {
  test.each(ACTION_METHODS.map(method => [method.type, method.path] as const))(
    'of %s is one POST to %s',
    async (type, path) => {
      const { send, requests } = scripted([CREATED])
      const answer = await createActionApi(dependencies(send)).submit(machineId(1), type, BODY)
      expect(answer).toMatchObject({ kind: 'accepted', action: { id: actionId(1), status: 'Pending' } })
      expect(requests).toHaveLength(1)
      expect(requests[0]).toMatchObject({
        method: 'POST',
        url: `https://api.security.microsoft.com/api/machines/${machineId(1)}/${path}`,
        body: JSON.stringify(BODY),
      })
    },
  )

  test('is sent again only after a 401, once', async () => {
    expect(await submitted({ status: 401 }, CREATED)).toMatchObject({ kind: 'accepted' })
    expect(
      await submitted({ status: 401 }, { status: 401, body: errorBody('Unauthorized', 'expired') }),
    ).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('The service refused the token (401: expired)'),
    })
  })

  test('is withheld where it may not leave any more, also the second time', async () => {
    const api = createActionApi(dependencies(scripted([{ status: 401 }, CREATED, CREATED]).send))
    const answers = [true, false]
    const mayLeave = () => answers.shift() ?? false
    expect(await api.submit(machineId(1), 'Isolate', BODY, mayLeave)).toStrictEqual({ kind: 'withheld' })
    expect(await api.cancel(actionId(1), 'stop', mayLeave)).toStrictEqual({ kind: 'withheld' })
  })

  test('is not sent while sign-in is away, and is asked for again in a while', async () => {
    const { send, requests } = scripted([])
    const token = { get: () => Promise.reject(new DefenderError('sign-in-unavailable', 'away')) }
    const api = createActionApi(dependencies(send, { token }))
    expect(await api.submit('m', 'Isolate', {})).toStrictEqual({ kind: 'throttled', retryAfterMs: 10_000 })
    expect(requests).toStrictEqual([])
  })

  test('without a token is unauthorized, with the way out', async () => {
    const { send, requests } = scripted([])
    const token = {
      get: () => Promise.reject(new DefenderError('authentication-failed', 'no source gave one')),
    }
    const answer = await createActionApi(dependencies(send, { token })).submit(machineId(1), 'Isolate', BODY)
    expect(answer).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('HOLDFAST_TOKEN') })
    expect(requests).toStrictEqual([])
  })

  test.each([
    [
      '400',
      { status: 400, body: errorBody('InvalidInput', 'no') },
      { status: 400, code: 'InvalidInput', message: 'no' },
    ],
    [
      '403',
      { status: 403, body: errorBody('Forbidden', 'Missing application roles.') },
      { status: 403, code: 'Forbidden', message: 'Missing application roles.' },
    ],
    [
      '404',
      { status: 404, body: errorBody('ResourceNotFound', 'Machine x was not found') },
      { status: 404, code: 'ResourceNotFound', message: 'Machine x was not found' },
    ],
    [
      '405 without a body',
      { status: 405 },
      { status: 405, code: 'http-405', message: 'HTTP 405 without an explanation' },
    ],
    [
      '409 of HTML',
      { status: 409, body: '<html>' },
      { status: 409, code: 'http-409', message: 'HTTP 409 without an explanation' },
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example' } },
      { status: 302, code: 'redirected', message: 'The service answered with a redirect (302).' },
    ],
  ] as const)('answered with %s is rejected', async (_what, reply, want) => {
    expect(await submitted(reply)).toStrictEqual({
      kind: 'rejected',
      ...want,
      trace: {
        httpStatus: want.status,
        correlation: 'body' in reply && typeof reply.body === 'object' ? CORRELATION : null,
      },
    })
  })

  test.each([
    ['by its code', errorBody('ActiveRequestAlreadyExists', 'Something')],
    ['by its text', errorBody('BadRequest', 'Action is already in progress')],
  ])('that is in flight already is known %s', async (_what, body) => {
    expect(await submitted({ status: 400, body })).toMatchObject({ kind: 'active-exists' })
  })

  test('is not in flight because another status says so', async () => {
    const answer = await submitted({ status: 403, body: errorBody('ActiveRequestAlreadyExists', 'x') })
    expect(answer.kind).toBe('rejected')
  })

  test.each([
    ['what it asks for', { 'retry-after': '3600' }, 3_600_000],
    ['a minute where it asks for nothing', {}, 60_000],
  ])('over the quota is throttled for %s', async (_what, headers, retryAfterMs) => {
    const body = errorBody('429', 'API calls quota exceeded! maximum allowed 1500 per 01:00:00')
    expect(await submitted({ status: 429, body, headers })).toStrictEqual({
      kind: 'throttled',
      retryAfterMs,
      trace: { httpStatus: 429, correlation: CORRELATION },
    })
  })

  test.each([
    ['a reset', networkError('ECONNRESET')],
    ['a refused connection', networkError('ECONNREFUSED')],
    ['a time-out', networkError('UND_ERR_HEADERS_TIMEOUT')],
    ['a 500', { status: 500, body: errorBody('InternalServerError', '') }],
    ['a 502 of HTML', { status: 502, body: '<html>' }],
    ['a 503 without a body', { status: 503 }],
    ['a 408', { status: 408 }],
    ['a cut 201', { status: 201, body: '{"id":"' }],
    ['a 201 without a body', { status: 201 }],
    ['a 201 of something else', { status: 201, body: { ok: true } }],
  ] as const)('answered by %s is unknown, and never sent again', async (_what, reply) => {
    const { send, requests } = scripted([reply, CREATED])
    const answer = await createActionApi(dependencies(send)).submit(machineId(1), 'Isolate', BODY)
    expect(answer.kind).toBe('unknown')
    expect(requests).toHaveLength(1)
    expect(JSON.stringify(answer)).not.toMatch(/INC-4211|opaque-token|Bearer/)
  })

  test('whose answer leaves the machine out is of the machine it was sent to', async () => {
    expect(await submitted({ status: 201, body: wireAction(1, { machineId: null }) })).toMatchObject({
      kind: 'accepted',
      action: { machineId: machineId(1) },
    })
  })

  test('shows at most 300 characters of the service, without control characters', async () => {
    const body = errorBody('InvalidInput', `a\u001b[31m${'x'.repeat(1000)}`)
    const answer = await submitted({ status: 400, body })
    if (answer.kind !== 'rejected') throw new Error(answer.kind)
    expect(answer.message).toHaveLength(300)
    expect(answer.message).not.toContain('\u001b')
  })

  test('of a type that no request creates is a programming error', () => {
    const api = createActionApi(dependencies(scripted([]).send))
    expect(() => api.submit(machineId(1), 'Dance' as 'Isolate', BODY)).toThrow(TypeError)
  })

  test('that breaks in our own hands is thrown', async () => {
    const api = createActionApi(dependencies(() => Promise.reject(new TypeError('ours'))))
    await expect(api.submit(machineId(1), 'Isolate', BODY)).rejects.toThrow(TypeError)
  })
})

describe('a cancel', () => {
  test('is one POST with a comment, and 200 accepts it', async () => {
    const { send, requests } = scripted([{ status: 200, body: wireAction(1, { status: 'Cancelled' }) }])
    const answer = await createActionApi(dependencies(send)).cancel(actionId(1), 'stop')
    expect(answer).toMatchObject({ kind: 'accepted', action: { status: 'Cancelled' } })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: `https://api.security.microsoft.com/api/machineactions/${actionId(1)}/cancel`,
      body: '{"Comment":"stop"}',
    })
  })

  test('whose answer names no machine is unknown', async () => {
    const { send } = scripted([{ status: 200, body: wireAction(1, { machineId: null }) }])
    expect(await createActionApi(dependencies(send)).cancel(actionId(1), 'stop')).toMatchObject({
      kind: 'unknown',
    })
  })
})

describe('what apply reads', () => {
  const model = () => new ModelService({ machines: [wireMachine(1)], actions: [wireAction(1)] })

  test('one look, machines by id, actions by id', async () => {
    const api = createActionApi(dependencies(model().send))
    const need = {
      scope: 'named',
      ids: [machineId(1)],
      dnsNames: [],
      historyFrom: '2026-05-24T10:00:00.0000000Z' as Instant,
      countOnboarded: false,
    } as const
    expect((await api.observe(need)).actions).toHaveLength(1)
    expect(await api.listMachines([machineId(1)])).toHaveLength(1)
    expect(await api.listActions({ kind: 'ids', ids: [actionId(1)] })).toMatchObject({
      kind: 'listed',
      actions: [{}],
    })
  })

  test('many fresh submissions are awaited by one window of time', async () => {
    const created = [1, 2, 3].map(number => wireAction(number, { status: 'Pending' }))
    const service = new ModelService({ actions: created })
    const posted = [...created]
    const api = createActionApi(
      dependencies(
        request =>
          request.method === 'GET'
            ? service.send(request)
            : Promise.resolve({ status: 201, headers: {}, body: JSON.stringify(posted.shift()) }),
        { limits: { inBatch: 1 } },
      ),
    )
    for (const number of [1, 2, 3]) await api.submit(machineId(number), 'Isolate', BODY)
    const ids = [1, 2, 3].map(actionId)
    expect(await api.listActions({ kind: 'ids', ids })).toMatchObject({ actions: [{}, {}, {}] })
    expect(service.queries).toHaveLength(1)
    expect(service.queries[0]).toContain('creationDateTimeUtc ge 2026-11-19T10:00:00Z')
  })

  test('a list that fails for good says why, and whether the token was at fault', async () => {
    const forbidden = createActionApi(
      dependencies(scripted([{ status: 403, body: errorBody('Forbidden', 'no') }]).send),
    )
    expect(await forbidden.listActions({ kind: 'ids', ids: [actionId(1)] })).toStrictEqual({
      kind: 'failed',
      message: 'forbidden: The service answered 403 Forbidden: no',
      unauthorized: false,
    })
    const refused = createActionApi(dependencies(scripted([{ status: 401 }, { status: 401 }]).send))
    expect(await refused.listActions({ kind: 'ids', ids: [actionId(1)] })).toMatchObject({
      unauthorized: true,
    })
  })

  test('machines that cannot be read are null', async () => {
    const api = createActionApi(dependencies(scripted([{ status: 403 }]).send))
    expect(await api.listMachines([machineId(1)])).toBeNull()
  })

  test('an error of our own is thrown', async () => {
    const api = createActionApi(dependencies(() => Promise.reject(new TypeError('ours'))))
    await expect(api.listMachines([machineId(1)])).rejects.toThrow(TypeError)
    await expect(api.listActions({ kind: 'ids', ids: [actionId(1)] })).rejects.toThrow(TypeError)
  })
})
