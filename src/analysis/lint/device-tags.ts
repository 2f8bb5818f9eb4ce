import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { MachineEntry, Policy, SelectorField } from '../../schema/policy.ts'
import { warn } from './lint-policy.ts'

/**
 * Fields that whoever controls a device cannot give it: the portal or the directory sets them, or they name it.
 * Platform, health and time of report come from the device itself, as tags can.
 */
const NOT_OF_THE_DEVICE: readonly SelectorField[] = [
  'id',
  'dnsName',
  'aadDeviceId',
  'deviceValue',
  'rbacGroupName',
]

function restsOnTag({ fields, list }: MachineEntry): boolean {
  return (
    fields.tag !== undefined &&
    list === undefined &&
    NOT_OF_THE_DEVICE.every(field => fields[field] === undefined)
  )
}

/**
 * Finds what spares machines for a tag alone.
 *
 * An administrator of a device can give it a tag: in the registry of Windows, with `mdatp edr tag set` on macOS and
 * Linux. Records do not tell such a tag from one of the portal, so that an intruder could take a machine out of reach.
 * https://learn.microsoft.com/defender-endpoint/machine-tags
 */
export function findDeviceTags(
  policies: readonly Policy[],
  { protected: machines, confirmByName = [] }: Configuration,
): readonly Diagnostic[] {
  const spared = [
    ...machines.map(({ match }) => ({ entry: match, what: '`protected`' })),
    ...confirmByName.map(entry => ({ entry, what: '`confirmByName`' })),
    ...policies.flatMap(({ except }) => except.map(entry => ({ entry, what: '`except`' }))),
  ]
  return spared
    .filter(({ entry }) => restsOnTag(entry))
    .map(({ entry, what }) => {
      const message = `this entry of ${what} rests on a tag, and who administers a device can give it one: an intruder could take the machine out of reach. Add a field that the device cannot set (\`deviceValue\`, \`rbacGroupName\`), or name the machines by \`id\`, \`dnsName\` or in a \`list\`.`
      return warn('tag-of-the-device', message, entry.place)
    })
}
