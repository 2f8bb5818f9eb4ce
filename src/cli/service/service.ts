import type { ActionApi, Clock } from '../../apply/ports.ts'
import type { ServiceTarget } from '../../defender/clouds.ts'
import { DefenderError } from '../../defender/defender-error.ts'
import type { HuntingClient } from '../../defender/hunting-client.ts'
import type { LibraryApi } from '../../defender/library-api.ts'
import type { PermissionProbe } from '../../defender/permission-probe.ts'
import type { ReadClient } from '../../defender/read-client.ts'
import type { TagApi } from '../../defender/tag-api.ts'
import type { SignIn, TokenSource } from '../../defender/token.ts'
import type { ClosableSend } from '../../defender/undici-transport.ts'
import type { ReportSource } from '../../defender/with-reports.ts'
import { AuditTrail } from '../../local/record/audit-trail.ts'
import type { StoreProof } from '../../local/store/azure/prove-store.ts'
import type { Shelf } from '../../local/store/shelf.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { Target } from '../../plan/document/document.ts'
import type { Need, Observation } from '../../plan/select/observation.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { CommandContext } from '../command.ts'
import { fail } from '../fail.ts'
import { readVersion } from '../version.ts'
import type { Emulation } from './emulation.ts'
import { openStates, STORE_SCOPE } from './open-state.ts'

/** The service that a command talks to. */
export interface Service {
  /** Ours, or the emulator's where one runs in this process. */
  readonly clock: Clock
  /** Whether it is an emulator in this process, which is gone when the command ends. */
  readonly isEmulated: boolean
  /** Where requests go, and which hosts may see the token. */
  readonly target: ServiceTarget
  /** What documents and people are told of where that is: the endpoint, or the emulator's scenario. */
  readonly endpointName: string
  /** Where tokens come from, for `doctor`, which tells what they say of themselves. */
  readonly token: TokenSource
  /** The same identity, for audiences beside the service. */
  readonly signIn: SignIn
  /** For those who only look: it has no method that writes. */
  readonly reader: Pick<ReadClient, 'observe'>
  /** The same, with every read there is. */
  readonly client: ReadClient
  /** For evidence: it can ask hunting and nothing else. */
  openHunting(): Promise<HuntingClient>
  /** What a command that writes leaves of itself; see docs/audit.md. */
  readonly audit: AuditTrail
  /** What is kept of a target: its lease, journals and records. */
  openState(target: Target): Promise<TargetState>
  /** The records in the store, of every target; none where no store is configured. */
  storedRecords(): Promise<readonly Shelf[]>
  /** For `doctor`: tries out the store; undefined where none is configured. */
  proveStore(): Promise<StoreProof | undefined>
  /** For apply. */
  openActionApi(): Promise<ActionApi>
  /** For `machines tag`. */
  openTagApi(): Promise<TagApi>
  /** For `live-response library`. */
  openLibraryApi(): Promise<LibraryApi>
  /** For `doctor`. */
  openPermissionProbe(): Promise<PermissionProbe>
  close(): Promise<void>
}

function endpointOf({ flags, io }: CommandContext): string | undefined {
  const fromEnv = io.env['HOLDFAST_ENDPOINT'] ?? ''
  return flags.text('endpoint') ?? (fromEnv === '' ? undefined : fromEnv)
}

async function emulate(
  context: CommandContext,
  configuration: Configuration,
): Promise<Emulation | undefined> {
  const scenario = context.flags.text('emulate')
  if (scenario === undefined) return undefined
  if (context.flags.has('endpoint')) {
    throw fail(
      'flags-contradict',
      '--emulate has an endpoint of its own, so that --endpoint would mean nothing.',
    )
  }
  const { startEmulation } = await import('./emulation.ts')
  return startEmulation(scenario, configuration, context)
}

async function chooseSignIn(
  { io }: CommandContext,
  target: ServiceTarget,
  graph: ServiceTarget,
  clock: Clock,
  send: ClosableSend,
): Promise<SignIn> {
  const given = [
    { variable: 'HOLDFAST_TOKEN', scope: target.scope },
    { variable: 'HOLDFAST_GRAPH_TOKEN', scope: graph.scope },
    { variable: 'HOLDFAST_STORE_TOKEN', scope: STORE_SCOPE },
  ].map(place => ({ ...place, text: io.env[place.variable] ?? '' }))
  const [first, ...others] = given
  if (first?.text !== '')
    return (await import('../../defender/token.ts')).staticSignIn(given.filter(({ text }) => text !== ''))
  const alone = others.find(({ text }) => text !== '')
  if (alone !== undefined)
    throw new DefenderError('credential-incomplete', `${alone.variable} is set, and HOLDFAST_TOKEN is not.`)
  const { authority, tenantId } = target
  const [{ openSignIn }, { azureCli }] = await Promise.all([
    import('../../defender/sign-in/sign-in.ts'),
    import('./azure-cli.ts'),
  ])
  const { env } = io
  return openSignIn({ authority, tenantId, env, clock, send, runAzureCli: azureCli(env) })
}

/** A client that looks at the service. */
interface Observer {
  observe(need: Need, signal?: AbortSignal): Promise<Observation>
}

/**
 * Adds to each look what devices report, where that is wanted; and gives what an emulator of this process showed the
 * name of its scenario: its port is another one in every run, and a plan made with a scenario should be the same plan
 * the next time.
 */
function observing(
  emulation: Emulation | undefined,
  reports: ReportSource,
): <T extends Observer>(client: T) => T {
  return client => ({
    ...client,
    observe: async (need, signal) => {
      const { withReports } = await import('../../defender/with-reports.ts')
      const observation = await withReports(await client.observe(need, signal), reports, signal)
      if (emulation === undefined) return observation
      return { ...observation, target: { ...observation.target, endpoint: emulation.name } }
    },
  })
}

/** `--verify` requires for one run what the configuration may leave out. */
function evidenceOf({ flags }: CommandContext, { evidence }: Configuration): Configuration['evidence'] {
  return flags.has('verify') ? { ...evidence, read: 'required' } : evidence
}

/**
 * Opens the service that flags, environment and configuration name, or an emulated one in this process. Nothing is
 * asked of it yet; the libraries that ask load with the first request.
 *
 * @throws Failure for an unusable endpoint or scenario, DefenderError for an unusable token.
 */
export async function openService(context: CommandContext, configuration: Configuration): Promise<Service> {
  const emulation = await emulate(context, configuration)
  const clock = emulation?.clock ?? context.io.clock
  const { graphTarget, resolveTarget } = await import('../../defender/clouds.ts')
  const endpoint = emulation?.endpoint ?? endpointOf(context)
  const target = resolveTarget({ configuration, ...(endpoint === undefined ? {} : { endpoint }) })
  if (target instanceof Error) throw target
  const { undiciTransport } = await import('../../defender/undici-transport.ts')
  const { createReadClient } = await import('../../defender/read-client.ts')
  const send = undiciTransport({ env: context.io.env, userAgent: `holdfast/${readVersion()}` })
  const graph = graphTarget(target, configuration.cloud)
  const signIn = emulation?.signIn ?? (await chooseSignIn(context, target, graph, clock, send))
  const token = signIn.tokenFor(target.scope)
  const { pagesInFlight } = configuration.history
  const limits = pagesInFlight === undefined ? {} : { concurrency: pagesInFlight }
  const dependencies = { send, token, target, clock, limits }
  const openHunting = async (): Promise<HuntingClient> =>
    (await import('../../defender/hunting-client.ts')).createHuntingClient({
      send,
      clock,
      api: configuration.evidence.api,
      defender: { token, target },
      graph: { token: signIn.tokenFor(graph.scope), target: graph },
    })
  const settings = { ...configuration, evidence: evidenceOf(context, configuration) }
  const named = observing(emulation, { settings, openHunting })
  const client = createReadClient(dependencies)
  const endpointName = emulation?.name ?? target.endpoint
  const states = openStates(context, { configuration, signIn, clock, isEmulated: emulation !== undefined })
  const audit = new AuditTrail({
    toolVersion: readVersion(),
    env: context.io.env,
    clock,
    token,
    // Whoever has no token is recorded too, in the tenant that the configuration names.
    target: async () => ({
      endpoint: endpointName,
      tenantId: (await client.identify().catch(() => ({ tenantId: target.tenantId ?? null }))).tenantId,
    }),
    records: async where => (await states.open(where)).records,
    isSilent: emulation !== undefined,
  })
  return {
    audit,
    openState: states.open,
    storedRecords: states.records,
    proveStore: states.prove,
    clock,
    isEmulated: emulation !== undefined,
    target,
    endpointName,
    token,
    signIn,
    reader: named(client),
    client,
    openHunting,
    openActionApi: async () =>
      named((await import('../../defender/action-api.ts')).createActionApi(dependencies)),
    openTagApi: async () => (await import('../../defender/tag-api.ts')).createTagApi(dependencies),
    openLibraryApi: async () =>
      (await import('../../defender/library-api.ts')).createLibraryApi(dependencies),
    openPermissionProbe: async () =>
      (await import('../../defender/permission-probe.ts')).createPermissionProbe(dependencies),
    async close() {
      await states.close()
      await send.close()
      await emulation?.close()
    },
  }
}
