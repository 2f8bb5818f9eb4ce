import { AsyncLocalStorage } from 'node:async_hooks'
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journal, Lease } from '../../src/apply/ports.ts'
import { type HttpRequest, TransportError } from '../../src/defender/transport.ts'
import { undiciTransport } from '../../src/defender/undici-transport.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { type OpenJournal, openJournal } from '../../src/local/journal/open-journal.ts'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import { folderShelf } from '../../src/local/store/folder-shelf.ts'
import type { Exchange, LineFate, OpenOutside } from './outside.ts'

/** After how long the client gives an answer up that will not come, in real time. */
const GIVE_UP_MS = 40

/** No process has a number as high as this. */
const DEAD_PID = 2 ** 30

/** What becomes of the line that is being written; tries run side by side. */
const fates = new AsyncLocalStorage<LineFate>()

/** Lets writes to open files fail as a full or read-only disk makes them, while {@link fates} says so. */
async function breakDisk(): Promise<void> {
  const file = await open('/dev/null', 'r')
  const prototype = Object.getPrototypeOf(file) as Pick<FileHandle, 'appendFile'>
  await file.close()
  const { appendFile } = prototype
  prototype.appendFile = async function append(this: FileHandle, data, ...rest): Promise<void> {
    const fate = fates.getStore() ?? 'written'
    if (fate === 'written') return appendFile.call(this, data, ...rest)
    if (fate === 'read-only') throw Object.assign(new Error('EROFS'), { code: 'EROFS' })
    // What still fits is on the disk.
    await appendFile.call(this, String(data).slice(0, String(data).length / 2))
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
  }
}

await breakDisk()

/** The emulator behind a socket, the client's own transport, journal and lease in files. */
export const onSockets: OpenOutside = async (emulator, clock) => {
  const server = await serveEmulator(emulator, { port: 0 })
  const patient = undiciTransport()
  const impatient = undiciTransport({ totalTimeoutMs: GIVE_UP_MS })
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  const self = await identifyProcess()
  const journals: OpenJournal[] = []
  let busy = 0
  let idle = Promise.withResolvers<void>()
  let dead = 0

  async function during<T>(work: () => Promise<T>): Promise<T> {
    if (busy === 0) idle = Promise.withResolvers<void>()
    busy += 1
    try {
      return await work()
    } finally {
      busy -= 1
      if (busy === 0) idle.resolve()
    }
  }

  async function exchange(request: HttpRequest, hangs: boolean): Promise<Exchange> {
    const send = hangs ? impatient : patient
    const { pathname, search } = new URL(request.url)
    try {
      const response = await send({ ...request, url: `${server.url}${pathname}${search}` })
      return { kind: 'answered', response }
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      return { kind: error.code === 'ETIMEDOUT' ? 'hung' : 'broken' }
    }
  }

  function journal(
    planId: string,
    fateOf: Parameters<Awaited<ReturnType<OpenOutside>>['journal']>[1],
  ): Journal {
    const file = openJournal({ shelf: folderShelf(folder), planId, clock })
    journals.push(file)
    return {
      read: () => during(() => file.read()),
      append: entry => during(() => fates.run(fateOf(entry), () => file.append(entry))),
    }
  }

  function lease(): Lease {
    // The first process of a test may die, and then nothing has its number any more.
    const owner = { ...self, pid: DEAD_PID + dead, startTime: null }
    const file = fileLease(folder, journals.length > 1 ? self : owner, clock)
    return {
      lengthMs: file.lengthMs,
      acquire: () => during(() => file.acquire()),
      renew: () => during(() => file.renew()),
      isStillHeld: () => during(() => file.isStillHeld()),
      release: listedFrom => during(() => file.release(listedFrom)),
      askToYield: (id, until) => during(() => file.askToYield(id, until)),
      withdraw: () => during(() => file.withdraw()),
      yieldAskedBy: () => during(() => file.yieldAskedBy()),
    }
  }

  const files = async (): Promise<readonly string[]> =>
    (await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort()

  return {
    exchange: (request, hangs) => during(() => exchange(request, hangs)),
    journal,
    lease: async () => lease(),
    bury() {
      dead += 1
    },
    async tear() {
      const name = (await files()).at(-1)
      if (name === undefined) return
      const text = await readFile(join(folder, name), 'utf8')
      const start = text.lastIndexOf('\n', text.length - 2) + 1
      await truncate(join(folder, name), Buffer.byteLength(text.slice(0, (start + text.length) / 2)))
    },
    async lose() {
      for (const name of await files()) await rm(join(folder, name))
    },
    settling: () => (busy === 0 ? null : idle.promise),
    async close() {
      for (const file of journals) await file.close()
      await Promise.all([patient.close(), impatient.close()])
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
