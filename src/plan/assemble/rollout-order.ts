import { compareText } from '../../posture/history.ts'
import type { Change, Risk } from '../document/document.ts'
import { isWeighty } from './guards.ts'

interface Candidate {
  readonly id: string
  readonly isWeighty: boolean
  readonly isReporting: boolean
  readonly isRisky: boolean
  /** To the second; empty where it is not known. */
  readonly lastSeen: string
}

/** Characters of a time up to its seconds: what is written after them does not sort. */
const SECONDS = 19

/**
 * Orders the machines of a plan as they are to change, wave by wave.
 *
 * 1. Machines that report come first: a first wave that nobody answers proves nothing.
 * 2. Of these, machines that the plan names as a risk (servers, machines of high value, those of the configuration)
 *    come last: what goes wrong is to go wrong elsewhere.
 * 3. Then the machine that was seen last comes first, and then the order is that of the ids. Ids are digests, so that
 *    neighbours there are no neighbours in the network.
 * 4. Machines that are only scanned and the like are mixed in evenly, so that a share of the machines is about that
 *    share of the holds too; the very first machine is one whose hold changes, where there is one.
 *
 * It rests on the plan alone: what a machine says of itself later would give a resumed run other waves.
 *
 * @returns Machine ids, each once.
 */
export function inRolloutOrder(changes: readonly Change[], risks: readonly Risk[] = []): readonly string[] {
  const candidates = candidatesOf(changes, risks)
  const weighty = candidates.filter(candidate => candidate.isWeighty)
  const light = candidates.filter(candidate => !candidate.isWeighty)
  const spread = [
    ...weighty.map(({ id }, place) => ({ id, at: place / weighty.length })),
    ...light.map(({ id }, place) => ({ id, at: (place + 1) / light.length })),
  ]
  return spread.sort((a, b) => a.at - b.at).map(({ id }) => id)
}

function candidatesOf(changes: readonly Change[], risks: readonly Risk[]): readonly Candidate[] {
  const risky = new Set(risks.flatMap(({ machines }) => machines.map(({ id }) => id)))
  const byId = new Map<string, Candidate>()
  for (const change of changes) {
    const { id, lastSeen } = change.machine
    const known = byId.get(id)
    byId.set(id, {
      id,
      isWeighty: known?.isWeighty === true || isWeighty(change),
      isReporting: known?.isReporting !== false && isReporting(change),
      isRisky: risky.has(id),
      lastSeen: (lastSeen ?? '').slice(0, SECONDS),
    })
  }
  return [...byId.values()].sort(
    (a, b) =>
      Number(b.isReporting) - Number(a.isReporting) ||
      Number(a.isRisky) - Number(b.isRisky) ||
      compareText(b.lastSeen, a.lastSeen) ||
      compareText(a.id, b.id),
  )
}

function isReporting({ machine, warnings }: Change): boolean {
  const isActive = machine.healthStatus?.toLowerCase() === 'active'
  return isActive && !warnings.some(({ code }) => code === 'will-stay-pending')
}
