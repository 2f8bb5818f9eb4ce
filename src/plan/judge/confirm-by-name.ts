import type { Machine } from '../../posture/machine.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import type { Note } from '../document/document.ts'
import { compileEntry, type Matcher, onlyItself, type RecordsOf } from '../select/match.ts'
import type { DecidedChange } from './decision.ts'

/** Compiles `confirmByName`: says of a machine whether a hold must name it; any record of its device counts. */
export function compileConfirmation(
  { confirmByName = [] }: Configuration,
  now: Instant,
  recordsOf: RecordsOf = onlyItself,
): Matcher {
  const matchers = confirmByName.map(entry => compileEntry(entry, now))
  return machine => recordsOf(machine).some(record => matchers.some(matches => matches(record)))
}

/**
 * Says why a hold is not imposed on a machine that no policy names; undefined where nothing has to be named, or where
 * it is.
 *
 * @param named - Whether a policy that asks for the hold names the machine, and not only a selector reaches it.
 */
export function unconfirmedNote(
  { operations }: DecidedChange,
  machine: Machine,
  named: boolean,
  mustBeNamed: Matcher,
): Note | undefined {
  if (named || !operations.includes('impose') || !mustBeNamed(machine)) return undefined
  return {
    code: 'confirm-by-name',
    message:
      'the configuration asks for the name of this machine before it is held (`confirmByName`), and only a selector reaches it; name it in the policy by `id`, `dnsName` or in a `list`, or take it out with `except`.',
  }
}
