import { createOccurrence } from './occurrence.ts'
import type { Fate, OutcomeRule } from './scenario-types.ts'
import type { StoredAction } from './stored-action.ts'

/** Finds the fate that a scenario's rules give to a new action; undefined where none applies. */
export type Outcomes = (record: StoredAction) => Fate | undefined

/** Makes the rules of a scenario ready; each counts the actions it matches. */
export function createOutcomes(rules: readonly OutcomeRule[], seed: number): Outcomes {
  const ready = rules.map((rule, index) => ({
    rule,
    machine: rule.machine?.toLowerCase(),
    applies: createOccurrence(rule, seed + index),
  }))
  return record => {
    const matching = ready.filter(
      ({ rule, machine }) =>
        (rule.type === undefined || rule.type === record.type) &&
        (machine === undefined ||
          machine === record.machineId ||
          machine === record.computerDnsName?.toLowerCase()),
    )
    // Every matching rule counts this action, even where an earlier one decides.
    const applying = matching.filter(({ applies }) => applies())
    return applying[0]?.rule
  }
}
