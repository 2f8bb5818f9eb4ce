import { gunzipSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Reply } from '../../src/emulator/exchange.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { createZip } from '../../src/emulator/zip.ts'
import { type Drive, drive, HOST, HOUR, MINUTE, onHost } from './drive.ts'

async function download(
  { emulator }: Drive,
  url: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await emulator.handle({ method: 'GET', url, headers })
  if (answer.kind !== 'response') throw new Error(answer.kind)
  return answer
}

async function collected(scenario: Scenario = {}): Promise<readonly [Drive, string]> {
  const host = drive(scenario)
  const { json } = await host.post(onHost('collectInvestigationPackage'))
  host.clock.advance(2 * MINUTE)
  return [host, String(json['id'])]
}

async function linkOf(host: Drive, id: string): Promise<string> {
  const { status, json } = await host.get(`/api/machineactions/${id}/getPackageUri`)
  expect(status).toBe(200)
  expect(json['@odata.context']).toMatch(/#Edm\.String$/)
  return String(json.value)
}

describe('a package', () => {
  test('is behind a link that needs no token, and takes none', async () => {
    const [host, id] = await collected()
    const link = await linkOf(host, id)
    const { status, headers, body } = await download(host, link)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'application/zip', 'accept-ranges': 'bytes' })
    expect(body.slice(0, 4).toString()).toBe('PK\u0003\u0004')
    expect((await download(host, link, { authorization: 'Bearer any' })).status).toBe(403)
  })

  test('comes in ranges', async () => {
    const [host, id] = await collected({ behaviour: { downloads: { padding: 5000 } } })
    const link = await linkOf(host, id)
    const { body: whole } = await download(host, link)
    const size = whole.length
    expect(size).toBeGreaterThan(5000)
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 100],
      ['bytes=4000-', 4000, size],
      ['bytes=-10', size - 10, size],
      [`bytes=10-${size + 50}`, 10, size],
    ] as const) {
      const { status, headers, body } = await download(host, link, { range })
      expect([status, headers['content-range']]).toStrictEqual([206, `bytes ${from}-${to - 1}/${size}`])
      expect(body).toStrictEqual(whole.slice(from, to))
    }
    expect(await download(host, link, { range: `bytes=${size}-` })).toMatchObject({
      status: 416,
      headers: { 'content-range': `bytes */${size}` },
    })
    expect((await download(host, link, { range: 'lines=1-2' })).status).toBe(200)
    expect((await download(host, link, { range: 'bytes=-' })).status).toBe(200)
  })

  test('has a link that expires, and a new one for the asking', async () => {
    const [host, id] = await collected()
    const link = await linkOf(host, id)
    host.clock.advance(30 * MINUTE)
    expect((await download(host, link)).status).toBe(403)
    expect((await download(host, await linkOf(host, id))).status).toBe(200)
  })

  test('has a link that nobody else can write', async () => {
    const [host, id] = await collected()
    const link = await linkOf(host, id)
    for (const forged of [
      link.replace(/sig=./, 'sig=-'),
      link.replace(/&sig=.*/, ''),
      link.replace(/\?.*/, ''),
    ])
      expect((await download(host, forged)).status).toBe(403)
    expect(await host.emulator.handle({ method: 'POST', url: link, headers: {} })).toMatchObject({
      status: 405,
    })
  })

  test('may have a link in a second pair of quotes', async () => {
    const [host, id] = await collected({
      behaviour: { downloads: { quotedLinks: true, linkLifetime: '2h' } },
    })
    const link = await linkOf(host, id)
    expect(link).toMatch(/^"http.*"$/)
    host.clock.advance(HOUR)
    expect((await download(host, link.slice(1, -1))).status).toBe(200)
  })

  test('is 404 until it is there, 400 for other actions, and rationed', async () => {
    const host = drive()
    const { json } = await host.post(onHost('collectInvestigationPackage'))
    const path = `/api/machineactions/${json['id']}/getPackageUri`
    expect((await host.get(path)).json.error?.code).toBe('ResourceNotFound')
    const other = await host.post(onHost('isolate'))
    expect(
      (await host.get(`/api/machineactions/${other.json['id']}/GETPACKAGEURI`)).json.error,
    ).toMatchObject({
      code: 'InvalidInput',
      message: 'Provided Guid is not a valid id for a CollectInvestigationPackage action',
    })
    expect((await host.get(path)).json.error?.message).toMatch(/maximum allowed 2 per 00:01:00/)
  })
})

describe('the result of a live response', () => {
  const command = (type: string, key: string, value: string) => ({ type, params: [{ key, value }] })
  const Commands = [
    command('PutFile', 'FileName', 'tool.exe'),
    command('RunScript', 'ScriptName', 'triage.ps1'),
    command('GetFile', 'Path', 'C:\\temp\\triage.zip'),
  ]

  async function ran(scenario: Scenario = {}): Promise<readonly [Drive, (index: number) => string]> {
    const host = drive(scenario)
    const { json } = await host.post(onHost('runliveresponse'), { Commands })
    host.clock.advance(5 * MINUTE)
    return [
      host,
      index => `/api/machineactions/${json['id']}/GetLiveResponseResultDownloadLink(index=${index})`,
    ]
  }

  test('of a script is JSON as recorded: a transcript line first, NULs at the end', async () => {
    const [host, path] = await ran()
    const { json } = await host.get(path(1))
    const result = JSON.parse((await download(host, String(json.value))).body.toString())
    expect(result).toMatchObject({ script_name: 'triage.ps1', exit_code: 0, script_errors: '' })
    expect(result.script_output).toMatch(/^Transcript started, output file is .*\u0000$/s)
  })

  test('of a script that failed is in a live response that succeeded', async () => {
    const [host, path] = await ran({ behaviour: { outcomes: [{ exitCode: 3 }] } })
    expect(host.emulator.actions()[0]?.status).toBe('Succeeded')
    const { json } = await host.get(path(1))
    const result = JSON.parse((await download(host, String(json.value))).body.toString())
    expect(result).toMatchObject({ exit_code: 3, script_errors: 'triage.ps1 ended with 3' })
  })

  test('of a file is that file, packed', async () => {
    const [host, path] = await ran()
    const { json } = await host.get(path(2))
    const { headers, body } = await download(host, String(json.value))
    expect(headers['content-disposition']).toBe('attachment; filename="triage.zip.gz"')
    expect(gunzipSync(body).toString()).toMatch('triage.zip')
  })

  test('of an upload is none, nor is one of a command that is not there', async () => {
    const [host, path] = await ran()
    expect((await host.get(path(0))).status).toBe(404)
    expect((await host.get(path(3))).status).toBe(404)
  })

  test('is 404 before the end, and 400 for other actions', async () => {
    const host = drive({
      actions: [
        {
          id: '11111111-1111-4111-a111-111111111111',
          type: 'LiveResponse',
          machineId: HOST,
          status: 'Pending',
          commands: Commands,
        },
        { id: '22222222-2222-4222-a222-222222222222', type: 'Isolate', machineId: HOST },
      ],
    })
    const link = 'GetLiveResponseResultDownloadLink(index=1)'
    expect((await host.get(`/api/machineactions/11111111-1111-4111-a111-111111111111/${link}`)).status).toBe(
      404,
    )
    const { json } = await host.get(`/api/machineactions/22222222-2222-4222-a222-222222222222/${link}`)
    expect(json.error?.code).toBe('InvalidInput')
  })
})

test('an archive holds its files under their names', () => {
  const files = [
    { name: 'ä/one.txt', content: Buffer.from('one'.repeat(100)) },
    { name: 'two.bin', content: Buffer.alloc(0) },
  ]
  const zip = createZip(files)
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  let at = zip.readUInt32LE(end + 16)
  const read = files.map(() => {
    const [packed, size, nameLength, local] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 24),
      zip.readUInt16LE(at + 28),
      zip.readUInt32LE(at + 42),
    ]
    const name = zip.subarray(at + 46, at + 46 + nameLength).toString()
    at += 46 + nameLength
    const from = local + 30 + zip.readUInt16LE(local + 26)
    const content = inflateRawSync(zip.subarray(from, from + packed))
    expect(content).toHaveLength(size)
    return { name, content }
  })
  expect(at).toBe(end)
  expect(read).toStrictEqual(files)
})
