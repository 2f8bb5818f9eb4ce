import { normalName } from '../../schema/machine-name.ts'
import { parseListFile } from '../../schema/parse-list.ts'
import type { ListedMachine, MachineEntry, SelectorField } from '../../schema/policy.ts'
import { TEXT_RULES, type TextFormat } from '../../schema/text-formats.ts'
import type { CommandContext } from '../command.ts'
import { readText } from '../declaration/read-text.ts'
import { fail } from '../fail.ts'
import type { Flags, OptionSpec } from '../flags.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** One selector field and the option that gives it. */
interface SelectorOption {
  readonly field: SelectorField
  readonly option: string
  readonly value: string
  readonly what: string
  /** What a text must look like. */
  readonly format?: TextFormat
}

const SELECTORS: readonly SelectorOption[] = [
  { field: 'id', option: 'id', value: 'ID', what: 'machine id', format: 'machineId' },
  { field: 'dnsName', option: 'dns-name', value: 'NAME', what: 'whole DNS name', format: 'machineName' },
  { field: 'tag', option: 'tag', value: 'TAG', what: 'whole tag' },
  { field: 'osPlatform', option: 'os-platform', value: 'OS', what: 'platform, such as Windows11' },
  { field: 'healthStatus', option: 'health-status', value: 'HEALTH', what: 'health, such as Active' },
  { field: 'riskScore', option: 'risk-score', value: 'RISK', what: 'risk, such as High' },
  { field: 'exposureLevel', option: 'exposure-level', value: 'LEVEL', what: 'exposure, such as Medium' },
  { field: 'deviceValue', option: 'device-value', value: 'VALUE', what: 'value, such as High' },
  { field: 'rbacGroupName', option: 'rbac-group-name', value: 'GROUP', what: 'device group' },
  {
    field: 'onboardingStatus',
    option: 'onboarding-status',
    value: 'STATUS',
    what: 'onboarding, such as CanBeOnboarded; without it Onboarded ones',
  },
  { field: 'aadDeviceId', option: 'aad-device-id', value: 'GUID', what: 'Entra device id', format: 'guid' },
]

/** The fields of a policy's selectors as options: of one any value, of several all must match. */
export const SELECTOR_OPTIONS: readonly OptionSpec[] = [
  ...SELECTORS.map(
    ({ option, value, what }): OptionSpec => ({
      name: option,
      kind: 'list',
      value,
      description: `by ${what} (repeatable)`,
    }),
  ),
  {
    name: 'list',
    kind: 'list',
    value: 'FILE',
    description: 'by a file of ids or names, one a line (repeatable)',
  },
  {
    name: 'last-seen-within',
    kind: 'duration',
    value: 'DUR',
    description: 'that reported within a time, such as 7d',
  },
]

const PLACE = { file: 'arguments', line: 1, column: 1 }

/** Throws Failure `usage` for a text that its field cannot have. */
function checkText(option: string, format: TextFormat | undefined, text: string): void {
  const problem = format === undefined ? undefined : TEXT_RULES[format](text)
  if (problem !== undefined) {
    throw fail('usage', `${option} ${text}: expected ${problem.expected}.`)
  }
}

function readFields(flags: Flags): MachineEntry['fields'] {
  const fields: { [field in SelectorField]?: readonly string[] } = {}
  for (const { field, option, format } of SELECTORS) {
    const texts = flags.list(option)
    for (const text of texts) checkText(`--${option}`, format, text)
    if (texts.length > 0) fields[field] = field === 'tag' ? texts : texts.map(normalName)
  }
  return fields
}

async function readLists(context: CommandContext): Promise<readonly ListedMachine[]> {
  const machines: ListedMachine[] = []
  for (const path of context.flags.list('list')) {
    const { machines: listed, diagnostics } = parseListFile(await readText(path, context.io.cwd))
    if (diagnostics.some(({ severity }) => severity === 'error')) {
      throw fail('declaration-invalid', `The list ${path} has errors.`, { diagnostics })
    }
    tellDiagnostics(diagnostics, diagnostics, context)
    machines.push(...listed)
  }
  return machines
}

/** The entry that names machines by ids or whole names. Throws Failure `usage` for what is none. */
export function namedMachines(names: readonly string[]): MachineEntry {
  for (const name of names) checkText('Machine', 'machineName', name)
  const unique = [...new Set(names.map(normalName))]
  const machines = unique.map((name): ListedMachine => ({ name, place: PLACE }))
  return { fields: {}, list: { path: 'arguments', machines }, all: false, missing: 'error', place: PLACE }
}

/**
 * Reads the machines that options and arguments choose, as the entry of a policy would.
 *
 * @param names - Positional arguments: ids or names.
 * @returns Undefined where nothing chooses.
 * @throws Failure `usage` for what is no id or name, `file-not-read`, `declaration-invalid` for a list with errors.
 */
export async function readSelectors(
  context: CommandContext,
  names: readonly string[] = [],
): Promise<MachineEntry | undefined> {
  const { flags } = context
  const fields = readFields(flags)
  const listed = [...(namedMachines(names).list?.machines ?? []), ...(await readLists(context))]
  const lastSeenWithin = flags.duration('last-seen-within')
  // An empty list chooses nothing: it must never be taken for no list, which would be everything.
  const hasList = names.length > 0 || flags.has('list')
  if (Object.keys(fields).length === 0 && !hasList && lastSeenWithin === undefined) return undefined
  return {
    fields,
    ...(lastSeenWithin === undefined ? {} : { lastSeenWithin }),
    ...(hasList ? { list: { path: 'arguments', machines: listed } } : {}),
    all: false,
    missing: 'error',
    place: PLACE,
  }
}
