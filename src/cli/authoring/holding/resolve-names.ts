import type { ReadClient } from '../../../defender/read-client.ts'
import { readMachineName } from '../../../plan/select/need.ts'
import { indexMachines, resolveName } from '../../../plan/select/resolve.ts'
import type { Machine } from '../../../posture/machine.ts'
import type { Diagnostic } from '../../../schema/diagnostic.ts'
import { nearest } from '../../../schema/nearest.ts'
import { explainMachineName } from '../../../schema/text-formats.ts'
import { fail } from '../../fail.ts'

/** How many machines are offered for a name that nobody has. */
const OFFERED = 5

function firstLabel(name: string): string {
  return name.toLowerCase().split('.', 1)[0] as string
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

function offer(text: string, machines: readonly Machine[]): string {
  const found = candidatesFor(text, machines)
  if (found.length === 0) return '`holdfast machines list` shows ids and names.'
  const shown = found
    .map(({ id, computerDnsName }) => `${computerDnsName} (${id})`)
    .sort()
    .slice(0, OFFERED)
  const more = found.length > OFFERED ? ` and ${found.length - OFFERED} more` : ''
  return `Did you mean ${shown.join(', ')}${more}?`
}

/**
 * Finds the machines that arguments name, each by its id or its exact, whole name, as policies find them; each once.
 *
 * @throws Failure `machines-unresolved` with every name that is not one machine, and the machines it could have meant.
 */
export async function resolveNames(
  texts: readonly string[],
  client: Pick<ReadClient, 'listMachines'>,
  signal: AbortSignal,
): Promise<readonly Machine[]> {
  const odd = texts.find(text => explainMachineName(text) !== undefined)
  if (odd !== undefined) {
    const { expected = '' } = explainMachineName(odd) ?? {}
    throw fail('usage', `"${odd}" cannot be a machine; expected ${expected}.`)
  }
  const names = texts.map(readMachineName)
  const of = (kind: string): string[] => names.filter(name => name.kind === kind).map(({ text }) => text)
  const query = { kind: 'named', ids: of('id'), dnsNames: of('dnsName') } as const
  const index = indexMachines(await client.listMachines(query, signal))
  const answers = names.map(name => ({ name, answer: resolveName(name, index) }))
  const found = answers.flatMap(({ answer }) => ('id' in answer ? [answer] : []))
  if (found.length === names.length) return [...new Map(found.map(machine => [machine.id, machine])).values()]
  const all = await client.listMachines({ kind: 'all' }, signal)
  const diagnostics = answers.flatMap(({ name, answer }): Diagnostic[] => {
    if ('id' in answer) return []
    const isGone = answer.code === 'unresolved-machine'
    const message = isGone
      ? `no machine record has the ${name.kind} "${name.text}"; the whole ${name.kind} is compared. ${offer(name.text, all)}`
      : answer.message
    return [{ severity: 'error', code: answer.code, message }]
  })
  throw fail('machines-unresolved', 'Not every name is one machine; nothing was written and nothing sent.', {
    diagnostics,
  })
}
