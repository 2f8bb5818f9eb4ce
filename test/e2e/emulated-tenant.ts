import { onTestFinished } from 'vitest'
import type { Clock } from '../../src/apply/ports.ts'
import { main } from '../../src/cli/main.ts'
import { emulatorClock } from '../../src/cli/service/emulator-clock.ts'
import { realClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'
import { serveEmulator } from '../../src/emulator/serve.ts'
import { type FakeIo, type FakeIoOptions, fakeIo } from '../cli/fake-io.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'

/** The emulated service runs so many times as fast as real time, and the commands with it. */
export const SPEED = 20

/** How one command ended. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An emulated service on a socket, and a repository for it. */
export interface Tenant {
  readonly emulator: Emulator
  readonly url: string
  /** The repository. */
  readonly folder: string
  readonly clock: Clock
  /** Environment that leads a command here. */
  readonly env: Readonly<Record<string, string>>
  io(options?: FakeIoOptions): FakeIo
  run(argv: readonly string[], options?: FakeIoOptions): Promise<Ran>
  /** How many requests other than GET were made. */
  writes(): number
}

/** Machines of the usual names, online, without a history. */
export function machines(count: number): NonNullable<Scenario['machines']> {
  return Array.from({ length: count }, (_, index) => ({ computerDnsName: `ws-${index + 1}.contoso.com` }))
}

/** A policy on named machines. */
export function policy(name: string, state: string, dnsNames: readonly string[], more = ''): string {
  const list = dnsNames.map(dnsName => `  - dnsName: ${dnsName}\n`).join('')
  return `version: 1\npolicy: ${name}\nreason: INC-1\nmachines:\n${list}state:\n  ${state}\n${more}`
}

export const CONFIGURATION =
  'version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 5s, lookup: 5s }\n'

/** Files of a repository that isolates two machines. */
export const ISOLATE_TWO: Readonly<Record<string, string>> = {
  'holdfast.yaml': CONFIGURATION,
  'policies/contain.yaml': policy('contain', 'isolated: full', ['ws-1.contoso.com', 'ws-2.contoso.com']),
}

export async function startTenant(
  scenario: Scenario = { machines: machines(4) },
  files: Readonly<Record<string, string>> = ISOLATE_TWO,
): Promise<Tenant> {
  const folder = await temporaryFolder(files)
  const behaviour = { ...scenario.behaviour, settle: { Isolate: '10s', ...scenario.behaviour?.settle } }
  const emulator = createEmulator({ scenario: { ...scenario, behaviour }, clock: realClock(SPEED) })
  const server = await serveEmulator(emulator, { port: 0 })
  onTestFinished(() => server.close())
  const clock = emulatorClock(emulator, SPEED)
  const env = {
    NO_COLOR: '1',
    HOLDFAST_ENDPOINT: server.url,
    HOLDFAST_TOKEN: 'any',
    HOLDFAST_GRAPH_TOKEN: 'any',
    XDG_STATE_HOME: `${folder}/.state`,
  }
  const io = (options: FakeIoOptions = {}): FakeIo =>
    fakeIo({ cwd: folder, clock, ...options, env: { ...env, ...options.env } })
  return {
    emulator,
    url: server.url,
    folder,
    clock,
    env,
    io,
    async run(argv, options) {
      const used = io(options)
      const code = await main(argv, used)
      return { code, stdout: used.stdout.text(), stderr: used.stderr.text() }
    },
    writes: () => emulator.requests().filter(({ method }) => method !== 'GET').length,
  }
}
