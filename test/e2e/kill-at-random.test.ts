import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stderr } from 'node:process'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { fakeIo } from '../cli/fake-io.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { countFromEnvironment } from '../support/seeded-runs.ts'
import { machines, policy } from './emulated-tenant.ts'

const CHANGES = 50
const NAMES = machines(CHANGES).map(({ computerDnsName }) => computerDnsName ?? '')
const [ISOLATED, RESTRICTED] = [NAMES.slice(0, 30), NAMES.slice(30)]
/** `apply.lookup`: so long a run waits that cannot see those of other hosts. */
const LOOKUP_MS = 1000
const CONFIGURATION = `version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 1s, lookup: ${LOOKUP_MS / 1000}s }\n`
const CLI = new URL('run-cli.ts', import.meta.url).pathname

/** How long a request is on its way, and its answer: a process can die on either. */
const WAY_MS = 8
/** How often a moment is drawn after the run has ended before it counts as missed for good. */
const TRIES = 5
/** The same command ends well after at most so many runs: one sends the rest, one sees that all of it has ended. */
const RUNS_TO_THE_END = 12

/** What is left to the run that follows, and what the command is given. */
interface Kept {
  /** The state folder: journal, lease, record. Where it is lost the run is one of another host. */
  readonly state: boolean
  readonly planFile: boolean
}

/** A moment of a run, told by what it does and not by the clock: a busy machine has the same ones. */
interface Moment {
  readonly request: number
  readonly afterMs: number
}

interface Rig {
  readonly emulator: Emulator
  /** Runs the apply in a process of its own, and kills it so many ms after one of its requests, counted from 0. */
  apply(kill?: Moment): Promise<{ readonly end: number | string; readonly requests: number }>
  /** Runs the same command in this process, where nothing kills it. */
  applyAgain(): Promise<{ readonly code: number; readonly told: string }>
  loseState(): Promise<void>
  close(): Promise<void>
}

async function startRig({ planFile, state: isKept }: Kept): Promise<Rig> {
  const folder = await temporaryFolder({
    'holdfast.yaml': `${CONFIGURATION}${isKept ? 'store: local\n' : ''}`,
    'policies/isolate.yaml': policy('isolate', 'isolated: full', ISOLATED),
    'policies/restrict.yaml': policy('restrict', 'restricted: true', RESTRICTED),
  })
  const emulator = createEmulator({
    scenario: {
      machines: machines(CHANGES),
      // The service takes a duplicate, so that there is one to be seen.
      behaviour: { duplicates: 'enqueue', settle: { Isolate: '300ms', RestrictCodeExecution: '300ms' } },
    },
    clock: realClock(1),
  })
  let onRequest = (): void => undefined
  const way = (): Promise<void> => new Promise(resolve => setTimeout(resolve, WAY_MS))
  const handle: Emulator['handle'] = async request => {
    onRequest()
    await way()
    const answer = await emulator.handle(request)
    await way()
    return answer
  }
  const server = await serveEmulator({ ...emulator, handle }, { port: 0 })
  const state = join(folder, '.state')
  const env = { HOLDFAST_ENDPOINT: server.url, HOLDFAST_TOKEN: 'any', XDG_STATE_HOME: state }
  const run = async (argv: readonly string[]): Promise<{ readonly code: number; readonly told: string }> => {
    const io = fakeIo({ cwd: folder, env })
    return { code: await main(argv, io), told: io.stderr.text() + io.stdout.text() }
  }
  const argv = ['apply', ...(planFile ? ['saved.plan'] : []), '--auto-approve', '--no-wait', '--json']
  if (planFile) await run(['plan', '--out', 'saved.plan'])
  return {
    emulator,
    async apply(kill) {
      let requests = 0
      let timer: NodeJS.Timeout | undefined
      onRequest = () => {
        if (requests === kill?.request) timer = setTimeout(() => child.kill('SIGKILL'), kill.afterMs)
        requests += 1
      }
      const child = spawn(process.execPath, ['--no-warnings', CLI, ...argv], {
        cwd: folder,
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: join(tmpdir(), 'holdfast-test-compile-cache'),
          ...env,
        },
      })
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
      clearTimeout(timer)
      onRequest = () => undefined
      return { end: code ?? signal ?? 'unknown', requests }
    },
    applyAgain: () => run(argv),
    loseState: () => rm(state, { recursive: true, force: true }),
    close: () => server.close(),
  }
}

/** What the emulator knows to be true, where all is as declared and everything was asked for once. */
function expectTheEnd({ emulator }: Rig, context: string): void {
  const asked = emulator.actions().map(({ type, machineId, status }) => `${type} ${machineId} ${status}`)
  expect(new Set(asked).size, `${context}: duplicates`).toBe(asked.length)
  expect(asked.length, `${context}: lost or added`).toBe(CHANGES)
  const truth = emulator.machines().map(({ computerDnsName, truth: real }) => [computerDnsName, real])
  const wanted = NAMES.map((name, index) => {
    const isIsolated = index < ISOLATED.length
    return [name, { isolation: isIsolated ? 'Full' : 'none', restricted: !isIsolated }]
  })
  expect(truth, `${context}: the end`).toStrictEqual(wanted)
}

/** Kills one apply at a moment, and gives the same command until it ends well; false where it had ended before. */
async function killOnce(share: number, requests: number, kept: Kept): Promise<number | undefined> {
  const rig = await startRig(kept)
  onTestFinished(() => rig.close())
  const moment = { request: Math.floor(share * requests), afterMs: ((share * requests) % 1) * 3 * WAY_MS }
  const { end } = await rig.apply(moment)
  if (end !== 'SIGKILL') return undefined
  const sent = rig.emulator.actions().length
  const context = `killed ${moment.afterMs.toFixed(1)} ms after request ${moment.request} with ${sent} sent, ${JSON.stringify(kept)}`
  if (!kept.state) await rig.loseState()
  let told = ''
  for (let runs = 0; runs < RUNS_TO_THE_END; runs += 1) {
    const again = await rig.applyAgain()
    told = again.told
    if (again.code === 0) {
      expectTheEnd(rig, context)
      await rig.close()
      return sent
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${context}: no end\n${told}`)
}

test('killed at any moment, the same command comes to the same end, with everything asked for exactly once', {
  timeout: 1_500_000,
}, async () => {
  const kills = countFromEnvironment('KILLS', 3)
  const seed = countFromEnvironment('KILL_SEED', Date.now() % 1_000_000)
  const whole = await startRig({ planFile: false, state: true })
  onTestFinished(() => whole.close())
  const { end, requests } = await whole.apply()
  expect(end).toBe(6)
  // Every moment is as likely as any other: without this the ends of the range come up far more often.
  const share = fc.noBias(fc.integer({ min: 0, max: 999_999 })).map(millionths => millionths / 1_000_000)
  const draw = fc.array(share, { minLength: TRIES, maxLength: TRIES })
  const moments = fc.sample(draw, { seed, numRuns: kills }).entries()
  const sent: number[] = []
  const worker = async (): Promise<void> => {
    for (const [index, drawn] of moments) {
      const kept = { state: index % 2 === 0, planFile: index % 4 < 2 }
      let killed: number | undefined
      for (const moment of drawn) killed ??= await killOnce(moment, requests, kept)
      expect(killed, `kill ${index} came after the run's end ${TRIES} times`).toBeDefined()
      sent.push(killed ?? 0)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  const midway = sent.filter(count => count > 0 && count < CHANGES).length
  stderr.write(
    `kill -9: ${sent.length} moments of ${requests} requests, ${midway} of them with some of ${CHANGES} sent, KILL_SEED=${seed}\n`,
  )
  expect(sent).toHaveLength(kills)
})
