import type { Machine } from '../../posture/machine.ts'
import { normalName } from '../../schema/machine-name.ts'
import { nearest } from '../../schema/nearest.ts'

/** How many machines are offered for a name that nobody has. */
const OFFERED = 5

function firstLabel(name: string): string {
  return normalName(name).split('.', 1)[0] as string
}

/** The machines that a name could have meant: of the same first label, of one that begins so, or spelt alike. */
function candidatesFor(text: string, machines: readonly Machine[]): readonly Machine[] {
  const label = firstLabel(text)
  const named = machines.filter(({ computerDnsName }) => computerDnsName !== null)
  const labelOf = ({ computerDnsName }: Machine): string => firstLabel(computerDnsName ?? '')
  const same = named.filter(machine => labelOf(machine) === label)
  const begins = named.filter(machine => labelOf(machine).startsWith(label))
  const near = nearest(label, named.map(labelOf))
  const alike = named.filter(machine => labelOf(machine) === near)
  return [same, begins, alike].find(found => found.length > 0) ?? []
}

/** The one machine whose name begins with what was typed; undefined where there is none, or several. */
export function findByShortName(text: string, machines: readonly Machine[]): Machine | undefined {
  const label = firstLabel(text)
  const found = machines.filter(
    ({ computerDnsName, mergedIntoMachineId }) =>
      mergedIntoMachineId === null && firstLabel(computerDnsName ?? '') === label,
  )
  return found.length === 1 ? found[0] : undefined
}

/** Says which machines a name that nobody has could have meant: `Did you mean fin-ws-014.contoso.com (1e5b…)?` */
export function offerMachines(text: string, machines: readonly Machine[]): string {
  const found = candidatesFor(text, machines)
  if (found.length === 0) return '`holdfast machines list` shows ids and names.'
  const shown = found
    .map(({ id, computerDnsName }) => `${computerDnsName} (${id})`)
    .sort()
    .slice(0, OFFERED)
  const more = found.length > OFFERED ? ` and ${found.length - OFFERED} more` : ''
  return `Did you mean ${shown.join(', ')}${more}?`
}
