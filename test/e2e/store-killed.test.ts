import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stderr } from 'node:process'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { type Azurite, startAzurite, storeToken } from '../support/azurite.ts'
import { countFromEnvironment } from '../support/seeded-runs.ts'
import { machines, policy } from './emulated-tenant.ts'

const CHANGES = 20
const NAMES = machines(CHANGES).map(({ computerDnsName }) => computerDnsName ?? '')
const CLI = new URL('run-on-host.ts', import.meta.url).pathname
const APPLY = ['apply', '--auto-approve', '--no-wait', '--json', '--lease-timeout', '10m']
/** How long a new action is in no list, and how long an apply looks for what it sent. */
const [LATE_MS, LOOKUP_MS] = [1500, 3000]
/** How long the last connection of a run that was replaced is waited for (docs/contract.md#lease-in-store). */
const CONNECTION_MS = 30_000
/** What a take-over may take beyond what it waits for: 15 s where the machine does nothing else, as at night. */
const SLACK_MS = countFromEnvironment('STORE_SLACK_MS', 120_000)
/** How long a request is on its way, and its answer. */
const WAY_MS = 8
/** The same command ends well after at most so many runs. */
const RUNS_TO_THE_END = 12

const DUPLICATES = ['reject', 'existing', 'enqueue'] as const

let azurite: Azurite
beforeAll(async () => {
  azurite = await startAzurite()
})
afterAll(() => azurite.close())

let prefixes = 0

/** Where two runs meet: in a store, on a disk of one host, or nowhere, so that each looks at the service alone. */
type Place = 'one store' | 'one host' | 'nowhere'

interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<{ readonly code: number | string; readonly told: string }>
}

/** Two machines with disks of their own, one store, and a service that shows late what it took. */
async function startRig(place: Place, leaseMs: number, duplicates: (typeof DUPLICATES)[number]) {
  const store = place === 'one store' ? `store: ${azurite.store}/k${prefixes++}\n` : ''
  const folder = await temporaryFolder({
    'holdfast.yaml': `version: 1\npolicies: [policies]\n${store}apply: { timeout: 2m, pollInterval: 1s, lookup: 3s }\n`,
    'policies/isolate.yaml': policy('isolate', 'isolated: full', NAMES),
  })
  const scenario: Scenario = {
    machines: machines(CHANGES),
    behaviour: { duplicates, settle: { Isolate: '4s' }, visibility: { list: `${LATE_MS}ms` } },
  }
  const emulator = createEmulator({ scenario, clock: realClock(1) })
  const posts: { readonly at: number }[] = []
  let onPost = (): void => undefined
  const way = (): Promise<void> => new Promise(resolve => setTimeout(resolve, WAY_MS))
  const handle: Emulator['handle'] = async request => {
    if (request.method === 'POST') {
      onPost()
      posts.push({ at: performance.now() })
    }
    await way()
    const answer = await emulator.handle(request)
    await way()
    return answer
  }
  const server = await serveEmulator({ ...emulator, handle }, { port: 0 })
  const children = new Set<ChildProcess>()
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL')
    await server.close()
  })
  return {
    emulator,
    posts,
    whenPosted(listener: () => void): void {
      onPost = listener
    },
    start(name: string, argv: readonly string[] = APPLY): Child {
      const host = place === 'one host' ? 'one' : name
      const child = spawn(process.execPath, ['--no-warnings', CLI, ...argv], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-test-compile-cache'),
          NODE_EXTRA_CA_CERTS: azurite.certificate,
          HOLDFAST_ENDPOINT: server.url,
          HOLDFAST_TOKEN: 'any',
          HOLDFAST_STORE_TOKEN: storeToken(),
          XDG_STATE_HOME: join(folder, `state of ${host}`),
          TEST_HOST: host,
          TEST_LEASE_MS: String(leaseMs),
        },
      })
      children.add(child)
      let told = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (told += String(chunk)))
      const ended = once(child, 'close').then(([code, signal]) => ({
        code: code ?? signal ?? 'unknown',
        told,
      }))
      return { process: child, ended }
    },
  }
}

type Rig = Awaited<ReturnType<typeof startRig>>

/** Gives the same command on a host until it ends well, all of it awaited. */
async function comeToTheEnd(rig: Rig, host: string, context: string): Promise<void> {
  let told = ''
  for (let runs = 0; runs < RUNS_TO_THE_END; runs += 1) {
    const again = await rig.start(
      host,
      APPLY.filter(flag => flag !== '--no-wait'),
    ).ended
    told = again.told
    if (again.code === 0) return
  }
  throw new Error(`${context}: no end\n${told}`)
}

/** What the emulator knows: everything was asked for once, and all of it holds. */
function expectTheEnd({ emulator }: Rig, context: string): void {
  const asked = emulator.actions().map(({ type, machineId, status }) => `${type} ${machineId} ${status}`)
  expect(new Set(asked).size, `${context}: duplicates`).toBe(asked.length)
  expect(asked.length, `${context}: lost or added`).toBe(CHANGES)
  for (const { truth } of emulator.machines()) expect(truth.isolation, context).toBe('Full')
}

type Way = 'killed' | 'stopped'

interface Case {
  readonly way: Way
  readonly place: Place
  readonly leaseMs: number
  /** How often: the variable that says so, and else. */
  readonly count: readonly [variable: string, otherwise: number]
}

const CASES: readonly Case[] = [
  { way: 'killed', place: 'one store', leaseMs: 15_000, count: ['STORE_KILLS_SHORT', 1] },
  { way: 'stopped', place: 'one store', leaseMs: 15_000, count: ['STORE_STOPS_SHORT', 1] },
  { way: 'killed', place: 'one store', leaseMs: 60_000, count: ['STORE_KILLS', 0] },
  { way: 'stopped', place: 'one store', leaseMs: 60_000, count: ['STORE_STOPS', 0] },
  { way: 'stopped', place: 'one host', leaseMs: 60_000, count: ['STORE_STOPS_ALONE', 0] },
  // What is promised without a store: whoever begins after the other has died sends nothing twice.
  { way: 'killed', place: 'nowhere', leaseMs: 60_000, count: ['STORE_KILLS_ELSEWHERE', 2] },
]

/** Strikes one apply at a moment after its first request; the other host goes on. Undefined where it had ended before. */
async function strike(one: Case, atMs: number, backMs: number, index: number) {
  const { way, place, leaseMs } = one
  const duplicates = DUPLICATES[index % DUPLICATES.length] ?? 'enqueue'
  const rig = await startRig(place, leaseMs, duplicates)
  const first = rig.start('one')
  let struckAt = 0
  rig.whenPosted(() => {
    rig.whenPosted(() => undefined)
    setTimeout(() => {
      struckAt = performance.now()
      first.process.kill(way === 'killed' ? 'SIGKILL' : 'SIGSTOP')
    }, atMs)
  })
  const context = `${place}, ${way} after ${atMs.toFixed(0)} ms, lease ${leaseMs / 1000} s, ${duplicates}`
  while (struckAt === 0) {
    const isOver = await Promise.race([
      first.ended.then(() => true),
      new Promise(r => setTimeout(r, 5, false)),
    ])
    if (isOver && struckAt === 0) return undefined
  }
  if (way === 'killed' && (await first.ended).code !== 'SIGKILL') return undefined
  const sent = rig.posts.length
  const second = rig.start('two')
  if (way === 'stopped') setTimeout(() => first.process.kill('SIGCONT'), backMs)
  await second.ended
  const endedAt = performance.now()
  // It may have found that its plan had moved: then it has looked, and sends nothing.
  const actedAt = rig.posts[sent]?.at ?? endedAt
  if (way === 'stopped') await first.ended
  await comeToTheEnd(rig, 'two', context)
  expectTheEnd(rig, context)
  const tookMs = actedAt - struckAt
  if (way === 'killed' && place === 'one store') {
    expect(tookMs, context).toBeLessThan(leaseMs + CONNECTION_MS + LOOKUP_MS + SLACK_MS)
  }
  return { sent, tookMs, context }
}

/** How long an apply sends when nothing strikes it. */
async function measure(place: Place): Promise<number> {
  const rig = await startRig(place, 15_000, 'reject')
  const { code, told } = await rig.start('one').ended
  expect(code, told).toBe(6)
  return (rig.posts.at(-1)?.at ?? 0) - (rig.posts[0]?.at ?? 0)
}

test('of two runs one is killed or stopped at any moment: nothing is sent twice, nothing is lost', {
  timeout: 7_200_000,
}, async () => {
  const seed = countFromEnvironment('KILL_SEED', Date.now() % 1_000_000)
  const shared = await measure('one store')
  const alone = await measure('nowhere')
  const share = fc.noBias(fc.integer({ min: 0, max: 999_999 })).map(millionths => millionths / 1_000_000)
  const all = CASES.flatMap(one => Array.from({ length: countFromEnvironment(...one.count) }, () => one))
  const draws = fc.sample(fc.array(share, { minLength: 6, maxLength: 6 }), { seed, numRuns: all.length })
  const jobs = all.map((one, index) => ({ one, index, draw: draws[index] ?? [] })).values()
  const struck: { readonly sent: number; readonly tookMs: number; readonly context: string }[] = []
  const worker = async (): Promise<void> => {
    for (const { one, index, draw } of jobs) {
      const [back = 0, ...moments] = draw
      let done: Awaited<ReturnType<typeof strike>>
      for (const [tries, moment] of moments.entries()) {
        // A run that was measured on a busy machine may take much longer than the next one: each try strikes earlier.
        const atMs = (moment * (one.place === 'one store' ? shared : alone)) / 2 ** tries
        done ??= await strike(one, atMs, back * (one.leaseMs + 60_000), index)
      }
      expect(done, `strike ${index} came after the run's end ${moments.length} times`).toBeDefined()
      if (done !== undefined) struck.push(done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(8, all.length) }, worker))
  const midway = struck.filter(({ sent }) => sent < CHANGES).length
  const slowest = Math.max(0, ...struck.map(({ tookMs }) => tookMs))
  stderr.write(
    `two runs: ${struck.length} strikes within ${shared.toFixed(0)} ms, ${midway} of them with some of ${CHANGES} sent, the slowest take-over after ${(slowest / 1000).toFixed(1)} s, KILL_SEED=${seed}\n`,
  )
  expect(struck).toHaveLength(all.length)
})
