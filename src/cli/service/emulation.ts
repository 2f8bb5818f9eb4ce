import type { Clock } from '../../apply/ports.ts'
import type { SignIn, TokenSource } from '../../defender/token.ts'
import { realClock } from '../../emulator/clock.ts'
import { createEmulator, type Emulator } from '../../emulator/emulator.ts'
import type { Scenario } from '../../emulator/scenario-types.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import { readScenario } from '../declaration/read-scenario.ts'
import { displayPath } from '../declaration/read-text.ts'
import { emulatorClock } from './emulator-clock.ts'

/** An emulated service on a loopback socket of this process. */
export interface Emulation {
  readonly endpoint: string
  /** What plans call it, the same in every run: `emulated:` and the scenario's path. */
  readonly name: string
  readonly signIn: SignIn
  /** Tells the emulator's time, which a scenario may have set; sleeps in ours. */
  readonly clock: Clock
  close(): Promise<void>
}

/** The tenant of an emulated service that nobody named. */
const TENANT = '00000000-0000-0000-0000-00000000000e'

/** Signs in to the emulator like every client, so that scenarios about tokens hold here too. */
function emulatedToken(emulator: Emulator, scenario: Scenario, tenantId: string, scope: string): TokenSource {
  const [client = ['holdfast', '']] = Object.entries(scenario.behaviour?.tokens?.secrets ?? {})
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client[0],
    client_secret: client[1],
    scope,
  })
  return {
    async get() {
      const answer = await emulator.handle({
        method: 'POST',
        url: `/${tenantId}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      })
      const body = answer.kind === 'response' ? answer.body.toString() : '{}'
      const { access_token: text = 'none' } = JSON.parse(body) as { readonly access_token?: string }
      return { text }
    },
  }
}

/** Starts an emulated service from a scenario file. Throws Failure where the scenario cannot be read. */
export async function startEmulation(
  file: string,
  configuration: Configuration,
  context: CommandContext,
): Promise<Emulation> {
  const scenario = await readScenario(file, context.io.cwd)
  const emulator = createEmulator({ scenario, clock: realClock(1) })
  const server = await serveEmulator(emulator, { port: 0 })
  const tenantId = configuration.tenantId ?? scenario.tenantId ?? TENANT
  return {
    endpoint: server.url,
    name: `emulated:${displayPath(file, context.io.cwd)}`,
    signIn: { tokenFor: scope => emulatedToken(emulator, scenario, tenantId, scope) },
    clock: emulatorClock(emulator, 1),
    close: () => server.close(),
  }
}
