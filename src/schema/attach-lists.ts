import type { Configuration } from './configuration.ts'
import type { Place } from './diagnostic.ts'
import type { ListedMachine, MachineEntry, Policy } from './policy.ts'

/** A list file that is named somewhere, and the entry that names it. */
export interface ListReference {
  readonly path: string
  readonly place: Place
}

type Lists = ReadonlyMap<string, readonly ListedMachine[]>

function attach(entry: MachineEntry, lists: Lists): MachineEntry {
  const machines = entry.list === undefined ? undefined : lists.get(entry.list.path)
  return entry.list === undefined || machines === undefined
    ? entry
    : { ...entry, list: { ...entry.list, machines } }
}

function references(entries: readonly MachineEntry[]): readonly ListReference[] {
  return entries.flatMap(({ list, place }) => (list === undefined ? [] : [{ path: list.path, place }]))
}

/** Every entry of a configuration that chooses machines. */
function entriesOf({
  protected: machines,
  confirmByName = [],
  risks = [],
}: Configuration): readonly MachineEntry[] {
  return [...machines.map(({ match }) => match), ...confirmByName, ...risks.map(({ match }) => match)]
}

/** Lists every use of a list file in policies and configuration, with the place of the entry, in their order. */
export function listReferences(
  policies: readonly Policy[],
  configuration?: Configuration,
): readonly ListReference[] {
  const entries = policies.flatMap(({ machines, except }) => [...machines, ...except])
  return references([...entries, ...(configuration === undefined ? [] : entriesOf(configuration))])
}

/** Lists the paths of the list files that policies and configuration name, each once, sorted. */
export function listPaths(policies: readonly Policy[], configuration?: Configuration): readonly string[] {
  return [...new Set(listReferences(policies, configuration).map(({ path }) => path))].sort()
}

/** Puts the machines of the list files into the entries that name them; a list that was not read stays empty. */
export function attachLists(policies: readonly Policy[], lists: Lists): readonly Policy[] {
  return policies.map(policy => ({
    ...policy,
    machines: policy.machines.map(entry => attach(entry, lists)),
    except: policy.except.map(entry => attach(entry, lists)),
  }))
}

/** Puts the machines of the list files into the entries of the configuration that name them. */
export function attachConfigurationLists(configuration: Configuration, lists: Lists): Configuration {
  const { confirmByName, risks } = configuration
  const machines = configuration.protected.map(entry => ({ ...entry, match: attach(entry.match, lists) }))
  return {
    ...configuration,
    protected: machines,
    ...(confirmByName === undefined
      ? {}
      : { confirmByName: confirmByName.map(entry => attach(entry, lists)) }),
    ...(risks === undefined
      ? {}
      : { risks: risks.map(risk => ({ ...risk, match: attach(risk.match, lists) })) }),
  }
}
