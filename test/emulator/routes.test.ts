import { describe, expect, test } from 'vitest'
import { ACTION_METHODS } from '../../src/posture/methods.ts'
import { drive, HOST, onHost } from './drive.ts'

const UNKNOWN = 'ffffffffffffffffffffffffffffffffffffffff'
const BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  RunAntiVirusScan: { ScanType: 'Quick' },
  StopAndQuarantineFile: { Sha1: '87662bc3d60e4200ceaf7aae249d1c343f4b83c9' },
  LiveResponse: { Commands: [{ type: 'GetFile', params: [{ key: 'Path', value: 'C:\\x' }] }] },
}

describe('paths', () => {
  test.each([
    '/api/machines',
    '/API/Machines',
    '/api/machines/',
    '/api/v1.0/machines',
    '/API/V1.0/MACHINES/',
    'https://api.security.microsoft.com/api/machines',
    `/api/machines/${HOST.toUpperCase()}`,
    '/api/machines/FIN-WS-014.contoso.com',
    '/api/machineActions',
    `/api/machines/findByTag?tag=x`,
  ])('%s is known', async path => {
    expect((await drive().get(path)).status).toBe(200)
  })

  test.each(['/machines', '/api', '/api/v2.0/machines', `/api/machines/${HOST}/machineActions`])(
    '%s is 404',
    async path => {
      const { status } = await drive().get(path)
      expect(status).toBe(404)
    },
  )

  test.each(ACTION_METHODS)('POST $path creates a $type', async ({ type, path }) => {
    const { post, emulator } = drive()
    const { status, json } = await post(onHost(path.toUpperCase()), { Comment: 'c', ...BODIES[type] })
    expect([status, json['type']]).toStrictEqual([201, type])
    expect(emulator.actions()).toHaveLength(1)
  })

  test('the wrong verb on an action is 405 with the right one and nothing else', async () => {
    const { status, headers, text } = await drive().get(onHost('isolate'))
    expect([status, headers['allow'], headers['content-length'], text]).toStrictEqual([405, 'POST', '0', ''])
  })

  test('a path with several verbs names them all', async () => {
    const answer = await drive().ask('PUT', '/api/libraryfiles')
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } })
  })

  test('a fixed path is no machine name', async () => {
    expect(await drive().ask('DELETE', '/api/machines/findbytag')).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
    })
  })
})

describe('refusals in the words of the service', () => {
  const sha1 = 'StopAndQuarantineFile'
  test.each(
    Object.entries({
      'a key that is no GUID': [
        'GET',
        '/api/machineactions/123',
        undefined,
        400,
        'BadRequest',
        /format of type 'Edm.Guid'/,
      ],
      'an unknown action': [
        'GET',
        '/api/machineactions/00000000-0000-0000-0000-000000000000',
        undefined,
        404,
        'ResourceNotFound',
        /was not found/,
      ],
      'an unknown machine': [
        'GET',
        `/api/machines/${UNKNOWN}`,
        undefined,
        404,
        'ResourceNotFound',
        /^Machine f+ was not found$/,
      ],
      'an action on an unknown machine': [
        'POST',
        `/api/machines/${UNKNOWN}/isolate`,
        { Comment: 'c' },
        404,
        'ResourceNotFound',
        /Machine/,
      ],
      'an action on a malformed machine id': [
        'POST',
        '/api/machines/x-y/isolate',
        { Comment: 'c' },
        404,
        'ResourceNotFound',
        /x-y/,
      ],
      'a missing comment': [
        'POST',
        onHost('isolate'),
        {},
        400,
        'MissingRequiredParameter',
        /^Parameter Comment is missing$/,
      ],
      'an empty comment': [
        'POST',
        onHost('isolate'),
        { Comment: ' ' },
        400,
        'MissingRequiredParameter',
        /Comment/,
      ],
      'a comment that is too long': [
        'POST',
        onHost('isolate'),
        { Comment: 'x'.repeat(4001) },
        400,
        'InvalidInput',
        /4000/,
      ],
      'a key in another letter case': [
        'POST',
        onHost('isolate'),
        { comment: 'c' },
        400,
        'InvalidRequestBody',
        /^Request body is incorrect$/,
      ],
      'a body that is no JSON': ['POST', onHost('isolate'), '{', 400, 'InvalidRequestBody', /./],
      'a body that is a list': ['POST', onHost('isolate'), [], 400, 'InvalidRequestBody', /./],
      'a comment that is no text': [
        'POST',
        onHost('isolate'),
        { Comment: 5 },
        400,
        'InvalidRequestBody',
        /./,
      ],
      'an isolation type in lower case': [
        'POST',
        onHost('isolate'),
        { Comment: 'c', IsolationType: 'full' },
        400,
        'InvalidInput',
        /full/,
      ],
      'a scan of no known type': [
        'POST',
        onHost('runAntiVirusScan'),
        { Comment: 'c', ScanType: 'Deep' },
        400,
        'InvalidInput',
        /Deep/,
      ],
      'a hash that is none': [
        'POST',
        onHost(sha1),
        { Comment: 'c', Sha1: 'abc' },
        400,
        'InvalidHashValue',
        /./,
      ],
      'a missing hash': ['POST', onHost(sha1), { Comment: 'c' }, 400, 'MissingRequiredParameter', /Sha1/],
      'a live response without commands': [
        'POST',
        onHost('runliveresponse'),
        { Comment: 'c' },
        400,
        'MissingRequiredParameter',
        /Commands/,
      ],
      'a live response out of order': [
        'POST',
        onHost('runliveresponse'),
        {
          Commands: [
            { type: 'GetFile', params: [{ key: 'Path', value: 'x' }] },
            { type: 'PutFile', params: [{ key: 'FileName', value: 'x' }] },
          ],
        },
        400,
        'InvalidInput',
        /order/,
      ],
      'an unknown command': [
        'POST',
        onHost('runliveresponse'),
        { Commands: [{ type: 'Reboot', params: [] }] },
        400,
        'InvalidInput',
        /Reboot/,
      ],
      'a command that is none': [
        'POST',
        onHost('runliveresponse'),
        { Commands: [1] },
        400,
        'InvalidRequestBody',
        /./,
      ],
      'a command without its parameter': [
        'POST',
        onHost('runliveresponse'),
        { Commands: [{ type: 'GetFile', params: [] }] },
        400,
        'MissingRequiredParameter',
        /Path/,
      ],
      'a parameter of another command': [
        'POST',
        onHost('runliveresponse'),
        { Commands: [{ type: 'GetFile', params: [{ key: 'Args', value: 'x' }] }] },
        400,
        'InvalidInput',
        /Args/,
      ],
      'a parameter that is none': [
        'POST',
        onHost('runliveresponse'),
        { Commands: [{ type: 'GetFile', params: [null] }] },
        400,
        'InvalidInput',
        /./,
      ],
      'containing a machine that is onboarded': [
        'POST',
        onHost('isolate'),
        { Comment: 'c', IsolationType: 'UnManagedDevice' },
        400,
        'InvalidInput',
        /Onboarded/,
      ],
    } as const),
  )('%s', async (_rule, [method, path, body, status, code, message]) => {
    const answer = await drive().ask(method, path, body)
    const { error } = JSON.parse(answer.kind === 'response' ? answer.body.toString() : '{}')
    expect(answer).toMatchObject({ status })
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
  })

  test.each([
    ['Linux', 'isolate', { IsolationType: 'Selective' }],
    ['Linux', 'restrictCodeExecution', {}],
    ['macOS', 'unrestrictCodeExecution', {}],
    ['macOS', 'StopAndQuarantineFile', BODIES['StopAndQuarantineFile']],
    ['iOS', 'offboard', {}],
    ['WindowsServer2016', 'restrictCodeExecution', {}],
    ['Windows7SP1', 'isolate', {}],
  ])('%s cannot %s', async (osPlatform, path, body) => {
    const { post } = drive({ machines: [{ id: HOST, osPlatform }] })
    const { status, json } = await post(onHost(path), { Comment: 'c', ...body })
    expect([status, json.error?.code]).toStrictEqual([400, 'OsPlatformNotSupported'])
  })

  test.each([
    ['Linux', 'isolate', { IsolationType: 'Full' }],
    ['macOS', 'isolate', { IsolationType: 'Selective' }],
    ['WindowsServer2019', 'restrictCodeExecution', {}],
    ['WindowsServer2012R2', 'offboard', {}],
    ['Linux', 'offboard', {}],
    ['macOS', 'offboard', {}],
    [null, 'offboard', {}],
  ])('%s can %s', async (osPlatform, path, body) => {
    const { post } = drive({ machines: [{ id: HOST, osPlatform }] })
    expect((await post(onHost(path), { Comment: 'c', ...body })).status).toBe(201)
  })

  test('a machine that is not onboarded can be contained and released, and nothing else', async () => {
    const { post } = drive({ machines: [{ id: HOST, onboardingStatus: 'CanBeOnboarded', osPlatform: null }] })
    expect((await post(onHost('isolate'))).json.error?.code).toBe('InvalidInput')
    expect((await post(onHost('runliveresponse'), BODIES['LiveResponse'])).json.error?.code).toBe(
      'InvalidInput',
    )
    expect((await post(onHost('isolate'), { Comment: 'c', IsolationType: 'UnManagedDevice' })).status).toBe(
      201,
    )
    expect((await post(onHost('unisolate'))).status).toBe(201)
  })

  test('live response needs its feature, and a device group with automation', async () => {
    const off = drive({ behaviour: { disabled: ['LiveResponse'] } })
    expect((await off.post(onHost('runliveresponse'), BODIES['LiveResponse'])).json.error?.code).toBe(
      'DisabledFeature',
    )
    const { post } = drive({ machines: [{ id: HOST, noAutomation: true }] })
    const { status, json } = await post(onHost('runliveresponse'), BODIES['LiveResponse'])
    expect([status, json.error?.code]).toStrictEqual([403, 'DisallowedOperation'])
    expect(json.error?.message).toMatch(/^This device has no automation level assigned to it\./)
  })
})

describe('who may ask', () => {
  test('a request without a token is 401', async () => {
    const answer = await drive({}, { authorization: '' }).get('/api/machines')
    expect([answer.status, answer.json.error?.code]).toStrictEqual([401, 'Unauthorized'])
  })

  test('a missing permission is 403 and names what is needed and what is there', async () => {
    const { get, post } = drive({ behaviour: { roles: ['Machine.Isolate', 'Machine.Scan'] } })
    const { status, json } = await get('/api/machines')
    expect(status).toBe(403)
    expect(json.error).toMatchObject({
      code: 'Forbidden',
      message:
        'Missing application roles. API required roles: Machine.Read.All,Machine.ReadWrite.All, application roles: Machine.Isolate,Machine.Scan.',
    })
    expect((await post(onHost('isolate'))).status).toBe(201)
    expect((await post(onHost('offboard'))).status).toBe(403)
  })
})
