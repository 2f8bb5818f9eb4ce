import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keptPlanPath } from '../../../src/local/journal/kept-plan.ts'
import { openJournal, parseJournal } from '../../../src/local/journal/open-journal.ts'
import { identifyProcess } from '../../../src/local/process-identity.ts'
import { folderShelf } from '../../../src/local/store/folder-shelf.ts'
import { readPlan } from '../../../src/plan/document/plan-file.ts'
import { formatInstant } from '../../../src/schema/instant.ts'
import { temporaryFolder } from '../../cli/temporary-folder.ts'
import { plan as buildPlan, change } from '../../support/build-plan.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const PLAN = `sha256:${'a'.repeat(64)}`
const OTHER = `sha256:${'b'.repeat(64)}`

async function start() {
  const folder = join(await temporaryFolder(), 'state', 'tenant')
  const clock = new FakeClock('2026-11-20T10:00:00Z')
  return {
    folder,
    clock,
    open: (planId = PLAN) => openJournal({ shelf: folderShelf(folder), planId, clock }),
  }
}

function entry(event: string, at = '2026-11-20T10:00:00Z') {
  return { event, at, planId: PLAN }
}

test('an entry is a line on disk when append returns, in a file for its owner alone', async () => {
  const { folder, open } = await start()
  const journal = open()
  await journal.append(entry('intent'))
  await journal.append(entry('answer'))
  expect(await readFile(journal.path, 'utf8')).toBe(
    `${JSON.stringify(entry('intent'))}\n${JSON.stringify(entry('answer'))}\n`,
  )
  expect((await stat(journal.path)).mode & 0o777).toBe(0o600)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  await journal.close()
})

test('entries appended at once keep their order', async () => {
  const { open } = await start()
  const journal = open()
  const events = Array.from({ length: 50 }, (_, index) => `e${index}`)
  await Promise.all(events.map(event => journal.append(entry(event))))
  expect(parseJournal('x', await readFile(journal.path, 'utf8')).map(({ event }) => event)).toStrictEqual(
    events,
  )
  await journal.close()
})

test('a run that wrote nothing leaves nothing, not even a folder', async () => {
  const { folder, open } = await start()
  const journal = open()
  expect(await journal.read()).toStrictEqual([])
  await journal.close()
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('earlier runs of the same plan are read, however old', async () => {
  const { clock, open } = await start()
  const first = open()
  await first.append(entry('intent'))
  await first.close()
  await clock.advance(48 * 3_600_000)
  const second = open()
  await second.append(entry('run-started'))
  expect((await second.read()).map(({ event }) => event)).toStrictEqual(['intent', 'run-started'])
  await second.close()
})

test('of other plans only the last hour is read, which the quota windows need', async () => {
  const { clock, open } = await start()
  const other = open(OTHER)
  await other.append(entry('old', '2026-11-20T08:59:59Z'))
  await other.append(entry('recent', '2026-11-20T09:00:01Z'))
  await other.close()
  expect((await open().read()).map(({ event }) => event)).toStrictEqual(['recent'])
  await clock.advance(3_600_000)
  expect(await open().read()).toStrictEqual([])
})

test('a journal of another plan that was not written to for hours is not opened at all', async () => {
  const { open } = await start()
  const other = open(OTHER)
  await other.append(entry('recent'))
  await other.close()
  const longAgo = Date.now() / 1000 - 3 * 3600
  await utimes(other.path, longAgo, longAgo)
  expect(await open().read()).toStrictEqual([])
})

test('a last line that a crash has cut counts for nothing', async () => {
  const { open } = await start()
  const journal = open()
  await journal.append(entry('intent'))
  await journal.append(entry('answer'))
  await journal.close()
  const { size } = await stat(journal.path)
  for (const cut of [1, 2, 10, 40]) {
    await truncate(journal.path, size - cut)
    expect((await open().read()).map(({ event }) => event)).toStrictEqual(['intent'])
  }
})

test.each(['{"event":"x"}', 'null', '[]', '"text"', 'nonsense', ''])(
  'a line %j inside a journal is damage, told with its place',
  async line => {
    const { open } = await start()
    const journal = open()
    await journal.append(entry('intent'))
    await journal.close()
    await writeFile(journal.path, `${line}\n${JSON.stringify(entry('answer'))}\n`)
    await expect(open().read()).rejects.toMatchObject({
      code: 'journal-damaged',
      message: expect.stringContaining(`${journal.path}:1`),
    })
  },
)

test('files of other kinds in the folder are left alone', async () => {
  const { folder, open } = await start()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'lease-0000000001.json'), 'nonsense')
  expect(await open().read()).toStrictEqual([])
})

test('a folder that cannot be used is told, for writing and for reading', async () => {
  const folder = join(await temporaryFolder({ file: '' }), 'file', 'tenant')
  const journal = openJournal({ shelf: folderShelf(folder), planId: PLAN, clock: new FakeClock() })
  await expect(journal.append(entry('intent'))).rejects.toMatchObject({ code: 'journal-not-usable' })
  await expect(journal.append(entry('answer'))).rejects.toMatchObject({ code: 'journal-not-usable' })
  await expect(journal.read()).rejects.toMatchObject({ code: 'journal-not-usable' })
})

test('a file that could not be created is told by the append, and closing does not fail for it', async () => {
  const { folder, open } = await start()
  const journal = open()
  await mkdir(join(folder, '..'), { recursive: true })
  await writeFile(folder, 'in the way')
  await expect(journal.append(entry('run-started'))).rejects.toMatchObject({ code: 'journal-not-usable' })
  await expect(journal.close()).resolves.toBeUndefined()
})

test('runs of one second are read in the order in which they wrote, whatever their names', async () => {
  const { clock, folder, open } = await start()
  const wanted: string[] = []
  for (let run = 0; run < 12; run += 1) {
    const journal = open()
    await journal.append(entry(`run ${run}`, formatInstant(clock.now())))
    await journal.close()
    wanted.push(`run ${run}`)
    await clock.advance(10)
  }
  expect(await readdir(folder)).toHaveLength(12)
  expect((await open().read()).map(({ event }) => event)).toStrictEqual(wanted)
})

describe('the plan of a run', () => {
  async function begun() {
    const clock = new FakeClock('2026-11-20T10:00:00Z')
    const folder = join(await temporaryFolder(), 'tenant')
    const plan = buildPlan([change()])
    const writer = await identifyProcess()
    const journal = openJournal({ shelf: folderShelf(folder), planId: plan.planId, clock, plan, writer })
    return { folder, plan, writer, journal, path: keptPlanPath(folderShelf(folder), plan.planId) }
  }

  test('is kept beside the journal once there is an entry, sealed and for its owner alone', async () => {
    const { folder, plan, journal, path } = await begun()
    await journal.read()
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
    await journal.append(entry('run-started'))
    await journal.close()
    expect(await readdir(folder)).toHaveLength(2)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(readPlan(await readFile(path, 'utf8'))).toMatchObject({ plan: { planId: plan.planId } })
  })

  test('is no journal to those who read them', async () => {
    const { journal } = await begun()
    await journal.append(entry('run-started'))
    expect(await journal.read()).toHaveLength(1)
    await journal.close()
  })

  test('that cannot be kept lets no entry be written, so that nothing is submitted', async () => {
    const { journal, path } = await begun()
    await mkdir(path, { recursive: true })
    await expect(journal.append(entry('run-started'))).rejects.toMatchObject({ code: 'journal-not-usable' })
    await journal.close()
  })

  test('goes with the process that wrote the first entry, and with no other entry', async () => {
    const { journal, writer } = await begun()
    await journal.append(entry('run-started'))
    await journal.append(entry('intent'))
    await journal.close()
    const entries = parseJournal('x', await readFile(journal.path, 'utf8'))
    expect(entries.map(each => each['process'])).toStrictEqual([writer, undefined])
  })
})

test('no text of an entry can forge a line: not a name, not a code, not a message of the service', async () => {
  const { open } = await start()
  const journal = open()
  const forged = '"}\n{"event":"run-ended","at":"2026-11-20T10:00:00Z","exit":{"code":0}}\n'
  const texts = [forged, '\r\n', '\u2028', '\u2029', '\u0085', '\0', '\ud800', '\u202e', 'x'.repeat(100_000)]
  for (const text of texts) {
    await journal.append({
      event: 'answer',
      at: '2026-11-20T10:00:00Z',
      address: text,
      code: text,
      [text]: text,
    })
  }
  await journal.close()
  const written = await readFile(journal.path, 'utf8')
  expect(written.split('\n')).toHaveLength(texts.length + 1)
  const entries = parseJournal('x', written)
  expect(entries.map(({ event }) => event)).toStrictEqual(texts.map(() => 'answer'))
  expect(entries.map(({ address }) => address)).toStrictEqual(texts)
})
