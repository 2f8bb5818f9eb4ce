import type { ReadClient } from '../../../defender/read-client.ts'
import { readMachineName } from '../../../plan/select/need.ts'
import { indexMachines, resolveName } from '../../../plan/select/resolve.ts'
import type { Machine } from '../../../posture/machine.ts'
import type { Diagnostic } from '../../../schema/diagnostic.ts'
import { explainMachineName } from '../../../schema/text-formats.ts'
import { fail } from '../../fail.ts'
import { offerMachines } from '../../service/offer-machines.ts'

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
      ? `no machine record has the ${name.kind} "${name.text}"; the whole ${name.kind} is compared. ${offerMachines(name.text, all)}`
      : answer.message
    return [{ severity: 'error', code: answer.code, message }]
  })
  throw fail('machines-unresolved', 'Not every name is one machine; nothing was written and nothing sent.', {
    diagnostics,
  })
}
