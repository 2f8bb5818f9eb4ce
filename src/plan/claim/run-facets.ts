import type { MachineAction } from '../../posture/machine-action.ts'
import type { ActionType } from '../../posture/methods.ts'
import type { Place } from '../../schema/diagnostic.ts'
import type {
  DesiredState,
  FacetName,
  Freshness,
  LiveResponseCommand,
  ScanType,
} from '../../schema/policy.ts'
import { joinFreshness } from '../judge/freshness.ts'

export type RunName = Exclude<FacetName, 'isolated' | 'restricted'>

/** What a run facet asks for: how fresh, and of what. */
export interface RunWish extends Freshness {
  readonly scan?: ScanType
  readonly sha1?: string
  readonly commands?: readonly LiveResponseCommand[]
}

export interface KeyedWish {
  /** The part of the address after the facet; null where a machine has one of the facet. */
  readonly key: string | null
  readonly wish: RunWish
  readonly place: Place
}

/** One event facet: everything about it that differs from the others. */
export interface RunFacet {
  readonly name: RunName
  readonly type: ActionType
  /** True where nothing can undo it. */
  readonly oneWay: boolean
  wishesOf(state: DesiredState): readonly KeyedWish[]
  /** Joins the wishes of two policies at one address; null where they contradict each other. */
  join(a: RunWish, b: RunWish): RunWish | null
  /** Says whether an action is about what the wish asks for, whatever its time and strength. */
  isAbout(action: MachineAction, wish: RunWish): boolean
  /** Says whether an action about it is strong enough. */
  isStrongEnough(action: MachineAction, wish: RunWish): boolean
  /** Body keys beside `Comment`. */
  bodyOf(wish: RunWish): Readonly<Record<string, unknown>>
  /** Reads a wish back from the body and freshness of a planned change. */
  wishOf(body: Readonly<Record<string, unknown>>, freshness: Freshness): RunWish
  /** The word for what was done or is wanted, before its time. */
  wordOf(wish: RunWish): string
  /** The word for an action that was done. */
  doneWord(action: MachineAction): string
}

const scanned: RunFacet = {
  name: 'scanned',
  type: 'RunAntiVirusScan',
  oneWay: false,
  wishesOf: ({ scanned: wish }) =>
    wish === undefined ? [] : [{ key: null, wish: wish.value, place: wish.place }],
  join: (a, b) => ({
    ...joinFreshness(a, b),
    scan: a.scan === 'full' || b.scan === 'full' ? 'full' : 'quick',
  }),
  isAbout: () => true,
  isStrongEnough: (action, { scan }) => scan !== 'full' || action.scope?.toLowerCase() === 'full',
  bodyOf: ({ scan }) => ({ ScanType: scan === 'full' ? 'Full' : 'Quick' }),
  wishOf: (body, freshness) => ({ ...freshness, scan: body['ScanType'] === 'Full' ? 'full' : 'quick' }),
  wordOf: ({ scan }) => (scan === 'full' ? 'full' : 'quick'),
  doneWord: action => action.scope?.toLowerCase() ?? 'scanned',
}

const collected: RunFacet = {
  name: 'collected',
  type: 'CollectInvestigationPackage',
  oneWay: false,
  wishesOf: ({ collected: wish }) =>
    wish === undefined ? [] : [{ key: null, wish: wish.value, place: wish.place }],
  join: joinFreshness,
  isAbout: () => true,
  isStrongEnough: () => true,
  bodyOf: () => ({}),
  wishOf: (_body, freshness) => freshness,
  wordOf: () => 'collected',
  doneWord: () => 'collected',
}

const quarantined: RunFacet = {
  name: 'quarantined',
  type: 'StopAndQuarantineFile',
  oneWay: true,
  wishesOf: ({ quarantined: files = [] }) =>
    files.map(({ sha1, place }) => ({ key: sha1, wish: { sha1 }, place })),
  join: a => a,
  isAbout: (action, { sha1 }) => action.relatedFileInfo?.fileIdentifier.toLowerCase() === sha1,
  isStrongEnough: () => true,
  bodyOf: ({ sha1 }) => ({ Sha1: sha1 }),
  wishOf: body => ({ sha1: String(body['Sha1']) }),
  wordOf: () => 'quarantined',
  doneWord: () => 'quarantined',
}

/** One command in the service's form: `FileName`, `ScriptName` with `Args`, or `Path` (docs/service.md#live-response-keys). */
function wireCommand(command: LiveResponseCommand): {
  type: string
  params: readonly { key: string; value: string }[]
} {
  if (command.type === 'PutFile')
    return { type: command.type, params: [{ key: 'FileName', value: command.file }] }
  if (command.type === 'GetFile')
    return { type: command.type, params: [{ key: 'Path', value: command.path }] }
  const args = command.args === undefined ? [] : [{ key: 'Args', value: command.args }]
  return { type: command.type, params: [{ key: 'ScriptName', value: command.script }, ...args] }
}

/** The commands of a live response as one text, the same for the same commands however they were read. */
function commandsText(
  commands: readonly {
    readonly type: string
    readonly params: readonly { readonly key: string; readonly value: string }[]
  }[],
): string {
  return JSON.stringify(
    commands.map(({ type, params }) => [
      type,
      params.map(({ key, value }) => [key, value]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    ]),
  )
}

function fromWire(command: {
  readonly type: string
  readonly params: readonly { readonly key: string; readonly value: string }[]
}): LiveResponseCommand {
  const value = (key: string): string => command.params.find(param => param.key === key)?.value ?? ''
  if (command.type === 'PutFile') return { type: 'PutFile', file: value('FileName') }
  if (command.type === 'GetFile') return { type: 'GetFile', path: value('Path') }
  const args = command.params.find(param => param.key === 'Args')?.value
  return { type: 'RunScript', script: value('ScriptName'), ...(args === undefined ? {} : { args }) }
}

const liveResponse: RunFacet = {
  name: 'liveResponse',
  type: 'LiveResponse',
  oneWay: false,
  wishesOf: ({ liveResponse: runs = [] }) =>
    runs.map(({ name, place, commands, since, within }) => ({
      key: name,
      wish: {
        commands,
        ...(since === undefined ? {} : { since }),
        ...(within === undefined ? {} : { within }),
      },
      place,
    })),
  join: (a, b) =>
    JSON.stringify(a.commands) === JSON.stringify(b.commands) ? { ...a, ...joinFreshness(a, b) } : null,
  isAbout: (action, { commands = [] }) =>
    commandsText([...action.commands].sort((a, b) => a.index - b.index)) ===
    commandsText(commands.map(wireCommand)),
  isStrongEnough: () => true,
  bodyOf: ({ commands = [] }) => ({ Commands: commands.map(wireCommand) }),
  wishOf: (body, freshness) => ({
    ...freshness,
    commands: (body['Commands'] as readonly ReturnType<typeof wireCommand>[]).map(fromWire),
  }),
  wordOf: () => 'run',
  doneWord: () => 'run',
}

const offboarded: RunFacet = {
  name: 'offboarded',
  type: 'Offboard',
  oneWay: true,
  wishesOf: ({ offboarded: wish }) =>
    wish === undefined ? [] : [{ key: null, wish: {}, place: wish.place }],
  join: a => a,
  isAbout: () => true,
  isStrongEnough: () => true,
  bodyOf: () => ({}),
  wishOf: () => ({}),
  wordOf: () => 'offboarded',
  doneWord: () => 'offboarded',
}

/** The event facets, one row each. */
export const RUN_FACETS: readonly RunFacet[] = [scanned, collected, quarantined, liveResponse, offboarded]

/** Finds the row of an event facet; undefined for a hold. */
export function runFacet(name: FacetName): RunFacet | undefined {
  return RUN_FACETS.find(facet => facet.name === name)
}
