import { type FileHandle, open } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startTenant } from './emulated-tenant.ts'

/** From now on the disk takes no line of a record that holds a text; the journal's it takes. */
async function failWritesOf(part: string): Promise<void> {
  const file = await open('/dev/null', 'r')
  const prototype = Object.getPrototypeOf(file) as Pick<FileHandle, 'appendFile'>
  await file.close()
  const { appendFile } = prototype
  onTestFinished(() => {
    prototype.appendFile = appendFile
  })
  prototype.appendFile = async function appendOrFail(this: FileHandle, text): Promise<void> {
    if (String(text).includes('"prev":') && String(text).includes(part))
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    await appendFile.call(this, text)
  }
}

interface Row {
  /** Written into the record when the disk is full. */
  readonly full: string
  readonly writes: number
  readonly argv?: readonly string[]
}

const ROWS: Readonly<Record<string, Row>> = {
  'the first line: nothing is sent': { full: '"event":"run"', writes: 0 },
  'a request: it is not sent': { full: '"event":"request"', writes: 0 },
  'an answer: what was sent is awaited, and the record is told not to be whole': {
    full: '"event":"answer"',
    writes: 2,
  },
  'the end: the record is told not to be whole': { full: '"event":"end"', writes: 2 },
  'the request of a command without a plan: it is not sent': {
    full: '"event":"request"',
    writes: 0,
    argv: ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com', '--auto-approve', '--json'],
  },
  'the end of a command without a plan: the record is told not to be whole': {
    full: '"event":"end"',
    writes: 1,
    argv: ['machines', 'tag', 'add', 'T', 'ws-1.contoso.com', '--auto-approve', '--json'],
  },
}

test.each(Object.entries(ROWS))('where the disk is full at %s', async (_what, row) => {
  const { full, writes, argv = ['apply', '--auto-approve', '--json'] } = row
  const tenant = await startTenant()
  await failWritesOf(full)
  const { code, stderr, stdout } = await tenant.run(argv)
  expect({ code, writes: tenant.writes() }).toStrictEqual({ code: 1, writes })
  expect(stderr + stdout).toContain('The record of this run cannot be written: the disk is full.')
  JSON.parse(stdout)
})
