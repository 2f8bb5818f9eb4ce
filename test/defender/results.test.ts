import { MockAgent } from 'undici'
import { describe, expect, test } from 'vitest'
import { createDownloader } from '../../src/defender/download.ts'
import { createLibraryApi, type LibraryUpload } from '../../src/defender/library-api.ts'
import { createReadClient } from '../../src/defender/read-client.ts'
import { readLibraryFile } from '../../src/defender/wire-library.ts'
import { dependencies, rejection } from './clients.ts'
import { errorBody, networkError, type Reply, scripted } from './mock-service.ts'
import { actionId } from './rows.ts'

const LINK = 'https://store.example/package.zip?sig=secret'

describe('a link to a result', () => {
  test.each([
    ['plain', LINK],
    ['in quotes of its own', `"${LINK}"`],
  ])('is read %s', async (_what, value) => {
    const { send, requests } = scripted([{ body: { value } }, { body: { value } }])
    const client = createReadClient(dependencies(send))
    expect(await client.packageLink(actionId(1))).toBe(LINK)
    expect(await client.liveResponseLink(actionId(1), 2)).toBe(LINK)
    const base = `https://api.security.microsoft.com/api/machineactions/${actionId(1)}`
    expect(requests.map(request => request.url)).toStrictEqual([
      `${base}/getPackageUri`,
      `${base}/GetLiveResponseResultDownloadLink(index=2)`,
    ])
  })

  test('is null while there is none, asked once since the quota is small', async () => {
    const { send, requests } = scripted([{ status: 404, body: errorBody('ResourceNotFound', 'x') }])
    expect(await createReadClient(dependencies(send)).packageLink(actionId(1))).toBeNull()
    expect(requests).toHaveLength(1)
  })

  test.each([
    ['to plain http', { value: 'http://store.example/x?sig=secret' }],
    ['that is no link', { value: 'secret' }],
    ['that is missing', {}],
    ['that is no object', 'null'],
  ])('%s is malformed, and not shown', async (_what, body) => {
    const error = await rejection(createReadClient(dependencies(scripted([{ body }]).send)).packageLink('a'))
    expect(error).toMatchObject({ code: 'malformed-answer' })
    expect(error.message).not.toContain('secret')
  })

  test('of an action of another kind is the service’s error', async () => {
    const reply: Reply = { status: 400, body: errorBody('InvalidInput', 'Provided Guid is not a valid id') }
    const client = createReadClient(dependencies(scripted([reply]).send))
    expect(await rejection(client.packageLink('a'))).toMatchObject({ code: 'request-refused', status: 400 })
  })
})

describe('a download', () => {
  function downloader(reply: Reply) {
    const agent = new MockAgent({ enableCallHistory: true })
    agent.disableNetConnect()
    const dispatch = agent.get('https://store.example').intercept({ path: () => true, method: 'GET' })
    if ('error' in reply) dispatch.replyWithError(reply.error)
    else dispatch.reply(reply.status ?? 200, String(reply.body ?? ''), { headers: { ...reply.headers } })
    return { agent, open: createDownloader({ dispatcher: agent }).open }
  }

  test('is opened without a token and gives the bytes as they are', async () => {
    const headers = {
      'content-disposition': 'attachment; filename="triage.zip.gz"',
      'content-encoding': 'gzip',
    }
    const { agent, open } = downloader({ body: 'bytes', headers })
    const { fileName, bytes } = await open(LINK)
    const chunks: Buffer[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    expect([fileName, Buffer.concat(chunks).toString()]).toStrictEqual(['triage.zip.gz', 'bytes'])
    expect(JSON.stringify(agent.getCallHistory()?.calls())).not.toMatch(/authorization/i)
  })

  test.each([
    ['attachment; filename=../../etc/passwd', 'passwd'],
    ['attachment; filename="C:\\x\\a b.zip"', 'a_b.zip'],
    ['attachment; filename="..."', undefined],
    ['inline', undefined],
    [undefined, undefined],
  ])('named by %j is called %j', async (header, want) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'content-disposition': header }
    expect((await downloader({ headers }).open(LINK)).fileName).toBe(want)
  })

  test.each<[Reply, string]>([
    [{ status: 403 }, 'request-refused'],
    [{ status: 404 }, 'not-found'],
    [{ status: 503 }, 'service-unavailable'],
    [{ status: 429 }, 'service-unavailable'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'request-refused'],
    [networkError('ECONNRESET'), 'connection-failed'],
  ])('that fails shows the host and a way out, never the link: %j', async (reply, code) => {
    const error = await rejection(downloader(reply).open(LINK))
    expect(error.code).toBe(code)
    expect(error.message).toContain('store.example')
    expect(error.message + error.wayOut).not.toMatch(/secret|package\.zip/)
  })

  describe('of the rest', () => {
    const rest = { from: 4, version: '"v1"' }
    const part = { 'content-range': 'bytes 4-9/10', etag: '"v1"', 'content-length': '6' }

    test('asks for the range, of the same version, and never packed', async () => {
      const { agent, open } = downloader({ status: 206, headers: part, body: '456789' })
      const { bytes: _bytes, ...answer } = await open(LINK, undefined, rest)
      expect(answer).toStrictEqual({ fileName: undefined, offset: 4, size: 10, version: '"v1"' })
      expect(agent.getCallHistory()?.lastCall()?.headers).toMatchObject({
        range: 'bytes=4-',
        'if-range': '"v1"',
        'accept-encoding': 'identity',
      })
    })

    test('without a version asks for the range alone', async () => {
      const { agent, open } = downloader({ status: 206, headers: { 'content-range': 'bytes 4-9/*' } })
      expect(await open(LINK, undefined, { from: 4, version: undefined })).toMatchObject({
        offset: 4,
        size: undefined,
      })
      expect(agent.getCallHistory()?.lastCall()?.headers).not.toHaveProperty('if-range')
    })

    test('begins anew where the storage gives all of it', async () => {
      const headers = { 'content-length': '10', etag: 'W/"weak"' }
      const answer = await downloader({ headers, body: '0123456789' }).open(LINK, undefined, rest)
      expect(answer).toMatchObject({ offset: 0, size: 10, version: undefined })
    })

    test.each<[string, Reply]>([
      ['another part', { status: 206, headers: { 'content-range': 'bytes 5-9/10' }, body: 'x' }],
      ['a part without saying which', { status: 206, body: 'x' }],
    ])('that is %s is malformed', async (_what, reply) => {
      const error = await rejection(downloader(reply).open(LINK, undefined, rest))
      expect(error.code).toBe('malformed-answer')
    })

    test('that is none tells the status, and a part that nobody asked for is refused', async () => {
      expect(await rejection(downloader({ status: 416 }).open(LINK, undefined, rest))).toMatchObject({
        status: 416,
      })
      expect(await rejection(downloader({ status: 206, headers: part }).open(LINK))).toMatchObject({
        code: 'request-refused',
      })
    })
  })

  test('of plain http, or of nothing, is refused', async () => {
    const { open, close } = createDownloader()
    expect(await rejection(open('http://store.example/x'))).toMatchObject({ code: 'malformed-answer' })
    expect(await rejection(open('x'))).toMatchObject({ code: 'malformed-answer' })
    await close()
  })

  test('that is interrupted says so', async () => {
    const error = await rejection(downloader({ body: 'x' }).open(LINK, AbortSignal.abort()))
    expect(error.code).toBe('interrupted')
  })

  test('that is cut is an error where the bytes are read', async () => {
    const { createServer } = await import('node:http')
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setImmediate(() => response.destroy())
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { open, close } = createDownloader()
    const { bytes } = await open(`http://127.0.0.1:${port}/`)
    const read = async (): Promise<void> => {
      for await (const chunk of bytes) expect(chunk.toString()).toBe('half')
    }
    expect(await rejection(read())).toMatchObject({ code: 'connection-failed' })
    await close()
    await new Promise(resolve => server.close(resolve))
  })
})

describe('the library', () => {
  const page = (fileName: string, link?: unknown): Reply => ({
    body: { value: [{ fileName }], ...(link === undefined ? {} : { '@odata.nextLink': link }) },
  })

  test('is read to its end: a file on another page is not absent', async () => {
    const { send } = scripted([page('a.ps1', '/api/libraryfiles?$skiptoken=1'), page('b.ps1')])
    const files = await createReadClient(dependencies(send)).listLibraryFiles()
    expect(files.map(({ fileName }) => fileName)).toStrictEqual(['a.ps1', 'b.ps1'])
  })

  test.each<[string, unknown, string]>([
    ['leads on for ever', '/api/libraryfiles?$skiptoken=1', 'paging-stuck'],
    ['leads to another list', '/api/machines', 'malformed-answer'],
    ['is no text', 7, 'malformed-answer'],
  ])('whose next link %s is an error', async (_what, link, code) => {
    const { send } = scripted([page('a.ps1', link), page('b.ps1', link)])
    expect((await rejection(createReadClient(dependencies(send)).listLibraryFiles())).code).toBe(code)
  })

  const file = { fileName: 'triage.ps1', sha256: 'ABC', createdBy: 'analyst', hasParameters: true }
  const upload: LibraryUpload = {
    fileName: 'tri"age.ps1',
    content: Buffer.from([0, 255, 1]),
    overwrite: false,
  }

  test('is listed', async () => {
    const { send, requests } = scripted([{ body: { value: [file] } }])
    const files = await createReadClient(dependencies(send)).listLibraryFiles()
    expect(files).toMatchObject([
      { fileName: 'triage.ps1', sha256: 'abc', hasParameters: true, description: null },
    ])
    expect(requests[0]?.url).toBe('https://api.security.microsoft.com/api/libraryfiles')
  })

  test('reads a file field by field, and one without a name is malformed', () => {
    const row = {
      ...file,
      description: 'd',
      creationTime: '2026-01-01T00:00:00.5Z',
      lastUpdatedTime: 'x',
      parametersDescription: 'p',
    }
    expect(readLibraryFile(row)).toStrictEqual({
      fileName: 'triage.ps1',
      sha256: 'abc',
      description: 'd',
      creationTime: '2026-01-01T00:00:00.5000000Z',
      lastUpdatedTime: null,
      createdBy: 'analyst',
      hasParameters: true,
      parametersDescription: 'p',
    })
    expect(readLibraryFile({ fileName: 'a' })).toMatchObject({
      sha256: null,
      createdBy: null,
      hasParameters: false,
    })
    for (const bad of [null, {}, { fileName: '' }]) expect(() => readLibraryFile(bad)).toThrow()
  })

  test('takes a file as a form, byte for byte', async () => {
    const { send, requests } = scripted([{ status: 200 }])
    const described = { ...upload, description: 'Triage', parametersDescription: '-Deep', overwrite: true }
    await createLibraryApi(dependencies(send)).upload(described)
    const [request] = requests
    const boundary = /^multipart\/form-data; boundary=(holdfast-[0-9a-f-]{36})$/.exec(
      request?.headers['content-type'] ?? '',
    )?.[1]
    const form = Buffer.from(request?.body ?? '').toString('latin1')
    expect(boundary).toBeDefined()
    expect(form.split(`--${boundary}`)).toStrictEqual([
      '',
      '\r\nContent-Disposition: form-data; name="Description"\r\n\r\nTriage\r\n',
      '\r\nContent-Disposition: form-data; name="ParametersDescription"\r\n\r\n-Deep\r\n',
      '\r\nContent-Disposition: form-data; name="HasParameters"\r\n\r\ntrue\r\n',
      '\r\nContent-Disposition: form-data; name="OverrideIfExists"\r\n\r\ntrue\r\n',
      '\r\nContent-Disposition: form-data; name="file"; filename="tri_age.ps1"\r\nContent-Type: application/octet-stream\r\n\r\n\u0000\u00ff\u0001\r\n',
      '--\r\n',
    ])
  })

  test('leaves out what is not said, and tells a refusal', async () => {
    const { send, requests } = scripted([
      { status: 400, body: errorBody('InvalidInput', 'File already exists') },
    ])
    const error = await rejection(createLibraryApi(dependencies(send)).upload(upload))
    expect(error).toMatchObject({
      code: 'request-refused',
      message: 'The service answered 400 InvalidInput: File already exists',
    })
    const form = Buffer.from(requests[0]?.body ?? '').toString('latin1')
    expect(form).not.toMatch(/Description|HasParameters/)
    expect(form).toContain('name="OverrideIfExists"\r\n\r\nfalse')
  })

  test('loses a file, or says that it has none of the name', async () => {
    const { send, requests } = scripted([
      { status: 204 },
      { status: 404, body: errorBody('ResourceNotFound', 'x') },
      { status: 403, body: errorBody('Forbidden', 'x') },
    ])
    const api = createLibraryApi(dependencies(send))
    expect(await api.remove('a b.ps1')).toBe(true)
    expect(await api.remove('a')).toBe(false)
    expect(await rejection(api.remove('a'))).toMatchObject({ code: 'forbidden' })
    expect(requests[0]).toMatchObject({
      method: 'DELETE',
      url: 'https://api.security.microsoft.com/api/libraryfiles/a%20b.ps1',
    })
  })

  test('is not written to twice: a cut connection is an error that says so', async () => {
    const { send, requests } = scripted([networkError('ECONNRESET')])
    const error = await rejection(createLibraryApi(dependencies(send)).upload(upload))
    expect(error.code).toBe('connection-failed')
    expect(error.message).toContain('Whether the library changed is not known.')
    expect(requests).toHaveLength(1)
    const aborted = createLibraryApi(dependencies(scripted([{ status: 200 }]).send))
    expect(await rejection(aborted.upload(upload, AbortSignal.abort()))).toMatchObject({
      code: 'interrupted',
    })
    const broken = createLibraryApi(dependencies(() => Promise.reject(new TypeError('ours'))))
    await expect(broken.upload(upload)).rejects.toThrow(TypeError)
  })
})
