import { isGood } from '../../apply/outcomes.ts'
import type { ApplyResult } from '../../apply/result.ts'
import type { Change, Plan } from '../../plan/document/document.ts'
import { quoteName } from './machine-label.ts'
import { counted } from './words.ts'

/** As many machines as are named; of more the number is told. */
const NAMED = 5

/** What holds on a machine after a change, for `… is …`; undefined where a change leaves nothing that holds. */
function stateAfter({ facet, after }: Change): string | undefined {
  if (facet === 'isolated') return after === 'none' ? 'not isolated' : `isolated (${after})`
  if (facet === 'restricted') return after === 'none' ? 'not restricted' : 'restricted to signed code'
  return undefined
}

function subjectOf(names: readonly string[]): string {
  const [only] = names
  if (names.length === 1) return `${only} is`
  return names.length > NAMED ? `${counted(names.length, 'machine')} are` : `${names.join(', ')} are`
}

/**
 * What is so now, one sentence per state: `fin-ws-012.contoso.com is isolated (full).` Holds that ended well alone: a
 * scan leaves nothing that holds.
 *
 * @returns Not escaped; names in quotes where need be.
 */
export function nowSentences({ outcomes }: ApplyResult, plan: Plan | null): readonly string[] {
  const good = new Set(outcomes.flatMap(({ address, outcome }) => (isGood(outcome) ? [address] : [])))
  const names = new Map<string, string[]>()
  for (const change of plan?.changes ?? []) {
    const state = good.has(change.address) ? stateAfter(change) : undefined
    if (state === undefined) continue
    const { dnsName, id } = change.machine
    names.set(state, [...(names.get(state) ?? []), quoteName(dnsName ?? id)])
  }
  return [...names].map(([state, machines]) => `${subjectOf(machines)} ${state}.`)
}

/** How to take back the holds that a run imposed; empty where it imposed none, since nothing else can be undone. */
export function undoHint({ outcomes, planId }: ApplyResult, plan: Plan | null): string {
  const sent = new Set(
    outcomes.flatMap(({ address, outcome, submittedAt }) =>
      outcome === 'succeeded' && submittedAt !== null ? [address] : [],
    ),
  )
  const imposed = plan?.changes.some(
    ({ address, operations }) => operations.includes('impose') && sent.has(address),
  )
  const [, digits = ''] = planId.split(':')
  return imposed === true ? `To undo it: \`holdfast undo ${digits.slice(0, 8)} --reason TEXT\`.` : ''
}
