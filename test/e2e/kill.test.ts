import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { verifyChain } from '../../src/audit/verify-chain.ts'
import { main } from '../../src/cli/main.ts'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { readRecords } from '../../src/local/record/read-records.ts'
import { fakeIo } from '../cli/fake-io.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { CONFIGURATION, machines, policy } from './emulated-tenant.ts'

const CHANGES = 20
const ARGV = ['apply', '--auto-approve', '--no-wait']
const NAMES = machines(CHANGES).map(({ computerDnsName }) => computerDnsName ?? '')
const CLI = new URL('run-cli.ts', import.meta.url).pathname
const KILLER = new URL('kill-at-append.ts', import.meta.url).href

/** Where a request is when the process that made it is killed. */
type Side = 'before the service has it' | 'after the service has it'

interface Rig {
  readonly emulator: Emulator
  readonly folder: string
  /** Runs the same apply in this process, where nothing kills it. */
  applyAgain(): Promise<{ readonly end: number | string; readonly output: string }>
  /** Runs the apply in a process of its own; resolves with how it ended. */
  apply(options?: {
    readonly preload?: string
    readonly killAt?: number
  }): Promise<{ readonly end: number | string; readonly output: string }>
  /** Kills whoever makes this request, counted from 0 over all runs. */
  killAtRequest(index: number, side: Side): void
  readonly requests: () => number
}

async function startRig(): Promise<Rig> {
  const folder = await temporaryFolder({
    // This host alone applies: its state is kept.
    'holdfast.yaml': `store: local\n${CONFIGURATION}`
      .replace('lookup: 5s', 'lookup: 1s')
      .replace('pollInterval: 5s', 'pollInterval: 1s'),
    'policies/contain.yaml': policy('contain', 'isolated: full', NAMES),
  })
  const emulator = createEmulator({
    scenario: { machines: machines(CHANGES), behaviour: { settle: { Isolate: '1h' } } },
    clock: realClock(1),
  })
  let pid = 0
  let count = 0
  let kill: { readonly index: number; readonly side: Side } | undefined
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const dies = kill?.index === count
    count += 1
    if (dies && kill?.side === 'before the service has it') return void process.kill(pid, 'SIGKILL')
    const { method = 'GET', url = '/', headers } = request
    const answer = await emulator.handle({ method, url, headers, body: Buffer.concat(chunks) })
    if (dies) return void process.kill(pid, 'SIGKILL')
    if (answer.kind !== 'response') return void request.socket.destroy()
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { HOLDFAST_ENDPOINT: endpoint, HOLDFAST_TOKEN: 'any', XDG_STATE_HOME: join(folder, '.state') }
  return {
    emulator,
    folder,
    async apply({ preload, killAt = -1 } = {}) {
      const flags = preload === undefined ? [] : ['--import', preload]
      const child = spawn(process.execPath, ['--no-warnings', ...flags, CLI, ...ARGV], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOLDFAST_ENDPOINT: endpoint,
          HOLDFAST_TOKEN: 'any',
          XDG_STATE_HOME: join(folder, '.state'),
          KILL_AT: String(killAt),
          NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-test-compile-cache'),
        },
      })
      pid = child.pid ?? 0
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += String(chunk)))
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
      return { end: code ?? signal ?? 'unknown', output }
    },
    async applyAgain() {
      const io = fakeIo({ cwd: folder, env })
      return { end: await main(ARGV, io), output: io.stderr.text() }
    },
    killAtRequest(index, side) {
      kill = { index, side }
    },
    requests: () => count,
  }
}

async function expectEnd(run: ReturnType<Rig['apply']>, end: number | string): Promise<void> {
  const ended = await run
  expect(ended.end, ended.output).toBe(end)
}

/** Every machine has exactly one isolation. */
function expectNoDuplicates(rig: Rig, context: string): void {
  const isolated = rig.emulator.actions().map(({ machineId }) => machineId)
  expect(isolated.length, context).toBe(CHANGES)
  expect(new Set(isolated).size, context).toBe(CHANGES)
}

/** The record of the run that was killed is as it was written and unfinished; that of the second run follows it. */
async function expectVerifiable(rig: Rig): Promise<void> {
  const [read] = await readRecords(join(rig.folder, '.state'), fakeIo())
  const { findings, records, heads } = verifyChain(read?.records ?? [])
  const isRecorded = records === 2
  expect(findings.map(({ kind }) => kind)).toStrictEqual(isRecorded ? ['unfinished'] : [])
  expect(heads).toHaveLength(1)
}

/** A plain run takes every seventh moment; `FAULT_SOCKETS=all` takes all of them. */
const STRIDE = process.env['FAULT_SOCKETS'] === 'all' ? 1 : 7

function taken<T>(moments: readonly T[]): readonly T[] {
  return moments.filter((_moment, index) => index % STRIDE === 0)
}

/** Runs the checks a few at a time: there are two cores. */
async function inTurns<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await check(item)
  }
  await Promise.all([worker(), worker(), worker()])
}

test('killed at any request, before or after the service has it, the same command submits nothing twice', {}, async () => {
  const whole = await startRig()
  await expectEnd(whole.apply(), 6)
  expectNoDuplicates(whole, 'not killed')
  const moments = Array.from({ length: whole.requests() }, (_, index) => index)
  expect(moments.length).toBeGreaterThanOrEqual(CHANGES + 4)
  await inTurns(taken(moments), async index => {
    const side: Side = index % 2 === 0 ? 'before the service has it' : 'after the service has it'
    const rig = await startRig()
    rig.killAtRequest(index, side)
    const killed = await rig.apply()
    // A run that was faster makes fewer looks on its way, and may end before its last request had its turn.
    expect(killed.end, killed.output).toBe(rig.requests() > index ? 'SIGKILL' : 6)
    await expectEnd(rig.applyAgain(), 6)
    expectNoDuplicates(rig, `request ${index}, ${side}`)
    await expectVerifiable(rig)
  })
})

/** How many lines the journals of a rig have. */
async function countJournalLines(rig: Rig): Promise<number> {
  const folder = join(rig.folder, '.state', 'holdfast')
  const names = (await readdir(folder, { recursive: true })).filter(name =>
    /^[^/]+\/[^/]+\.jsonl$/.test(name),
  )
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  return texts.join('').split('\n').length - 1
}

test('killed at any line of the journal, before or after it is on disk, the same command submits nothing twice', {}, async () => {
  const whole = await startRig()
  await expectEnd(whole.apply({ preload: KILLER }), 6)
  const lines = await countJournalLines(whole)
  expect(lines).toBeGreaterThanOrEqual(2 * CHANGES)
  const moments = Array.from({ length: lines }, (_, index) => 2 * index + (index % 2))
  await inTurns(taken(moments), async killAt => {
    const rig = await startRig()
    await expectEnd(rig.apply({ preload: KILLER, killAt }), 'SIGKILL')
    await expectEnd(rig.applyAgain(), 6)
    expectNoDuplicates(rig, `moment ${killAt}`)
    await expectVerifiable(rig)
  })
})
