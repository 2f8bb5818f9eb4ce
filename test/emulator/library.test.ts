import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Drive, drive, type Read, rowsOf } from './drive.ts'

const BOUNDARY = '----form7'

function part(name: string, content: string, fileName?: string): string {
  const file = fileName === undefined ? '' : `; filename="${fileName}"`
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`
}

function form(...parts: readonly string[]): string {
  return `${parts.join('')}--${BOUNDARY}--\r\n`
}

function host(): Drive {
  return drive(
    {
      libraryFiles: [{ fileName: 'triage.ps1', content: 'Get-Process', description: 'd', createdBy: 'ana' }],
    },
    { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  )
}

describe('the library', () => {
  test('lists its files with their hashes', async () => {
    const { json } = await host().get('/api/libraryfiles')
    expect(json['@odata.context']).toMatch(/#LibraryFiles$/)
    expect(json.value).toStrictEqual([
      {
        fileName: 'triage.ps1',
        sha256: createHash('sha256').update('Get-Process').digest('hex'),
        description: 'd',
        creationTime: '2026-10-23T18:00:00Z',
        lastUpdatedTime: '2026-10-23T18:00:00Z',
        createdBy: 'ana',
        hasParameters: false,
        parametersDescription: null,
      },
    ])
  })

  test('takes an upload, byte for byte', async () => {
    const { post, get } = host()
    const content = 'line\r\n--not the boundary\r\n\r\nend'
    const answer = await post(
      '/api/libraryfiles',
      form(
        part('file', content, 'new.ps1'),
        part('Description', 'new one'),
        part('HasParameters', 'true'),
        part('ParametersDescription', '-Deep'),
      ),
    )
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ fileName: 'new.ps1', description: 'new one', hasParameters: true })
    const [, row] = rowsOf(await get('/api/libraryfiles'))
    expect(row).toMatchObject({
      sha256: createHash('sha256').update(content).digest('hex'),
      parametersDescription: '-Deep',
      createdBy: 'Holdfast',
    })
  })

  test('replaces a file only where the request says so', async () => {
    const { post, get } = host()
    const upload = part('file', 'v2', 'Triage.ps1')
    expect((await post('/api/libraryfiles', form(upload))).json.error?.code).toBe('BadRequest')
    expect((await post('/api/libraryfiles', form(upload, part('OverrideIfExists', 'True')))).status).toBe(200)
    const rows = rowsOf(await get('/api/libraryfiles'))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ creationTime: '2026-10-23T18:00:00Z' })
  })

  test('deletes a file once', async () => {
    const { ask } = host()
    expect(await ask('DELETE', '/api/libraryfiles/TRIAGE.ps1')).toMatchObject({ status: 204, body: '' })
    expect(await ask('DELETE', '/api/libraryfiles/triage.ps1')).toMatchObject({ status: 404 })
  })

  const refused: Record<string, readonly [string, string]> = {
    'no file': [form(part('Description', 'x')), 'MissingRequiredParameter'],
    'a name with a folder': [form(part('file', 'x', '../x.ps1')), 'InvalidInput'],
    'a part without a file name': [form(part('file', 'x')), 'InvalidInput'],
    'more than 20 MB': [form(part('file', 'x'.repeat(20 * 1024 * 1024 + 1), 'x.bin')), 'InvalidInput'],
    'a body without an end': [part('file', 'x', 'x.ps1'), 'InvalidRequestBody'],
    'a part without a head': [`--${BOUNDARY}\r\nno head${form()}`, 'InvalidRequestBody'],
    'a part without a name': [
      form(part('file', 'x', 'x.ps1').replace('name="file"; ', '')),
      'InvalidRequestBody',
    ],
    'a body that is no form': ['{}', 'InvalidRequestBody'],
  }
  test.each(Object.entries(refused))('refuses an upload with %s', async (_what, [body, code]) => {
    const answer: Read = await host().post('/api/libraryfiles', body)
    expect([answer.status, answer.json.error?.code]).toStrictEqual([400, code])
  })

  test('refuses an upload of another type', async () => {
    expect((await drive().post('/api/libraryfiles', form())).json.error?.code).toBe('InvalidRequestBody')
  })
})
