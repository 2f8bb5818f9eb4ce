import type { ReadClient } from '../../defender/read-client.ts'
import { Failure } from '../../local/failure.ts'
import { PLAN_CODES } from '../../plan/document/codes.ts'
import { readMachineName } from '../../plan/select/need.ts'
import { indexMachines, resolveName } from '../../plan/select/resolve.ts'
import type { Machine } from '../../posture/machine.ts'
import { explainMachineName } from '../../schema/text-formats.ts'
import { fail } from '../fail.ts'
import { findByShortName, offerMachines } from './offer-machines.ts'

/**
 * Finds the one machine that an argument names, by id or by its exact, whole name; as policies find it.
 *
 * @param takesShort - Whether the first part of a name is enough where one machine alone has it: for what only reads.
 * @throws Failure where there is none, or where it could be one of several.
 */
export async function resolveMachine(
  text: string,
  client: Pick<ReadClient, 'listMachines'>,
  signal: AbortSignal,
  takesShort = false,
): Promise<Machine> {
  const problem = explainMachineName(text)
  if (problem !== undefined)
    throw fail('usage', `"${text}" cannot be a machine; expected ${problem.expected}.`)
  const name = readMachineName(text)
  const isId = name.kind === 'id'
  const machines = await client.listMachines(
    { kind: 'named', ids: isId ? [name.text] : [], dnsNames: isId ? [] : [name.text] },
    signal,
  )
  const answer = resolveName(name, indexMachines(machines))
  if ('id' in answer) return answer
  if (answer.code === 'unresolved-machine') {
    const all = await client.listMachines({ kind: 'all' }, signal)
    const short = takesShort && !isId ? findByShortName(name.text, all) : undefined
    if (short !== undefined) return short
    throw new Failure(
      answer.code,
      `No machine record has the ${isId ? 'id' : 'name'} "${text}"; the whole ${isId ? 'id' : 'name'} is compared.`,
      { wayOut: offerMachines(name.text, all) },
    )
  }
  const { wayOut } = PLAN_CODES[answer.code]
  throw new Failure(answer.code, `${answer.message[0]?.toUpperCase()}${answer.message.slice(1)}`, { wayOut })
}
