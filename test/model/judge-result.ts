import type { ApplyResult, ChangeOutcome } from '../../src/apply/result.ts'
import type { Change, Plan } from '../../src/plan/document/document.ts'
import { addMs, type Instant } from '../../src/schema/instant.ts'
import { changeOf, shortOf } from './judge-sending.ts'
import { type Chronicle, type Hold, hasEnded, knownAt, type Look, levelAt, markerIn } from './record.ts'
import type { Run } from './world.ts'

const WELL: ReadonlySet<string> = new Set(['succeeded', 'adopted', 'unchanged'])
const ENDS: Readonly<{ [outcome: string]: string }> = {
  cancelled: 'Cancelled',
  'timed-out': 'TimeOut',
}

/** Every change, every action that is awaited and every blocked item has exactly one outcome, and nothing else has. */
export function judgeOutcomes({ planned: { plan }, result }: Run): readonly string[] {
  if (result === null) return []
  const wanted = addressesOf(plan)
  const told = result.outcomes.map(({ address }) => address)
  const counts = new Map<string, number>()
  for (const { outcome } of result.outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  const sorted = (entries: Iterable<readonly [string, unknown]>): string =>
    JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
  return [
    ...[...wanted]
      .filter(address => told.filter(other => other === address).length !== 1)
      .map(address => `${address} has not one outcome`),
    ...told.filter(address => !wanted.has(address)).map(address => `${address} was not planned`),
    ...(sorted(counts) === sorted(Object.entries(result.summary))
      ? []
      : ['the summary does not count the outcomes']),
  ]
}

function addressesOf(plan: Plan): ReadonlySet<string> {
  return new Set([
    ...plan.changes.map(({ address }) => address),
    ...plan.inFlight.filter(({ awaited }) => awaited).map(({ address }) => address),
    ...plan.blocked.map(({ address }) => address),
  ])
}

/** What the result says of each outcome is what the service's own record says. */
export function judgeResult(run: Run, record: Chronicle): readonly string[] {
  const { result, planned } = run
  if (result === null) return []
  return result.outcomes.flatMap(outcome => {
    const change = planned.plan.changes.find(({ address }) => address === outcome.address)
    return doubtsAbout(run, record, outcome, change).map(
      what => `${outcome.address.replace(/^0+/, '#')} is ${outcome.outcome} (${outcome.code}): ${what}`,
    )
  })
}

function doubtsAbout(
  run: Run,
  record: Chronicle,
  outcome: ChangeOutcome,
  change: Change | undefined,
): readonly string[] {
  const entry = record.entries.find(({ action }) => action.id === outcome.actionId)
  const status = entry?.action.status
  const doubts: string[] = []
  if (outcome.actionId !== null && entry === undefined) doubts.push('the service has no such action')
  if (outcome.endedAt !== null && !sameInstant(outcome.endedAt, entry?.action.lastUpdateDateTimeUtc))
    doubts.push(`the service says it ended ${entry?.action.lastUpdateDateTimeUtc}`)
  const want = ENDS[outcome.outcome]
  if (want !== undefined && status !== want) doubts.push(`the service says ${status}`)
  if (outcome.outcome === 'failed' && outcome.code === 'failed' && status !== 'Failed')
    doubts.push(`the service says ${status}`)
  if (outcome.outcome === 'pending' && entry === undefined) doubts.push('nothing is pending')
  const isDone = outcome.outcome === 'succeeded' || outcome.outcome === 'adopted'
  if (isDone && outcome.type !== 'Cancel' && outcome.actionId !== null && status !== 'Succeeded')
    doubts.push(`the service says ${status}`)
  if (
    isDone &&
    outcome.type === 'Cancel' &&
    (entry === undefined || !hasEnded(entry.action) || status === 'Succeeded')
  )
    doubts.push(`the service says ${status} of what was cancelled`)
  if (WELL.has(outcome.outcome) && change !== undefined)
    doubts.push(...levelDoubts(run, record, outcome, change))
  if ((outcome.outcome === 'refused' || outcome.outcome === 'not-attempted') && change !== undefined) {
    const last = change.requests.at(-1)?.type
    const sent = record.submissions.find(
      one => one.by === run.id && one.type === last && one.actionId !== null && changeOf(run, one) === change,
    )
    if (sent !== undefined) doubts.push(`the service accepted its ${last} at ${sent.at}`)
  }
  return doubts
}

/** A hold that is told to be as declared was so on the device when the run last looked. */
function levelDoubts(
  run: Run,
  record: Chronicle,
  { outcome, actionId }: ChangeOutcome,
  change: Change,
): readonly string[] {
  if (change.facet !== 'isolated' && change.facet !== 'restricted') return []
  const hold: Hold = change.facet
  const looks = looksOf(run, record, change.machine.id)
  const isTrueAt = (at: Instant): boolean =>
    [levelAt, knownAt].some(level => satisfies(level(record, change.machine.id, hold, at), change))
  const ended = record.entries.find(({ action }) => action.id === actionId)?.action.lastUpdateDateTimeUtc
  // Somebody may act after the last look, and an interrupted run does not look again.
  const times = looks.map(({ readAt }) => readAt)
  const isTrue =
    outcome === 'unchanged' || wasInterrupted(run)
      ? [...times, ended ?? run.finishedAt].some(isTrueAt)
      : times.slice(-1).some(isTrueAt)
  return isTrue
    ? []
    : [`the device was ${looks.map(({ readAt }) => levelAt(record, change.machine.id, hold, readAt)).join()}`]
}

/** Whether the user had interrupted the run before it ended. */
function wasInterrupted({ manner: { interruptAfterMs }, startedAt, finishedAt }: Run): boolean {
  return interruptAfterMs !== null && addMs(startedAt, interruptAfterMs) <= finishedAt
}

function looksOf(run: Run, record: Chronicle, machineId: string): readonly Look[] {
  return record.looks.filter(
    ({ by, machineIds }) => by === run.id && (machineIds === null || machineIds.includes(machineId)),
  )
}

function satisfies(level: string, { after, reason }: Change): boolean {
  if (level === after) return true
  if (after === 'none' || level === 'none') return false
  return level === 'unknown' || (level === 'full' && after === 'selective' && reason !== 'other-scope')
}

function sameInstant(told: string, known: string | undefined): boolean {
  const bare = (text: string): string => text.replace(/(\.\d*?)0*Z$/, '$1Z').replace('.Z', 'Z')
  return known !== undefined && bare(told) === bare(known)
}

/** A machine that a chain left open, or may open once we are gone, is told. */
export function judgeChains(run: Run, record: Chronicle): readonly string[] {
  const { result, planned } = run
  if (result === null) return []
  const told = new Set(result.chainOpen)
  return planned.plan.changes.flatMap(({ operations, machine, fingerprint, facet }) => {
    if (operations[0] !== 'lift' || operations.length < 2) return []
    const half = record.entries.find(({ action, own }) => {
      const marker = markerIn(action.requestorComment)
      const isPlan = marker?.plan === shortOf(planned.plan.planId)
      return own && isPlan && marker?.change === fingerprint.slice(0, 8) && action.type.startsWith('Un')
    })
    const look = looksOf(run, record, machine.id).at(-1)
    if (half === undefined || look === undefined) return []
    const isLifted = half.action.status === 'Succeeded' && half.action.lastUpdateDateTimeUtc <= look.readAt
    const isOpen =
      isLifted && facet === 'isolated' && levelAt(record, machine.id, 'isolated', look.readAt) === 'none'
    const mayOpen = !hasEnded(half.action) && half.cancelledBy === null
    if ((!isOpen && !mayOpen) || told.has(machine.dnsName ?? machine.id)) return []
    return [
      `${machine.dnsName} ${isOpen ? 'was left open' : 'may open'} by a chain, and the result does not say so`,
    ]
  })
}

/** The exit says what the outcomes say: 0 only where all is well, 5 and 6 by the worst of them. */
export function judgeExit({ result, planned }: Run): readonly string[] {
  if (result === null) return []
  const { exit, outcomes, chainOpen } = result
  if (![0, 5, 6].includes(exit.code)) return []
  const waits = new Set(
    planned.plan.blocked.filter(({ code }) => code === 'waiting-for-machine').map(({ address }) => address),
  )
  const counted = outcomes.filter(({ address }) => !waits.has(address)).map(({ outcome }) => outcome)
  const want = expectedExit(counted, chainOpen)
  return exit.code === want ? [] : [`exit ${exit.code} for ${counted.join(', ')}: expected ${want}`]
}

function expectedExit(
  outcomes: readonly ChangeOutcome['outcome'][],
  chainOpen: ApplyResult['chainOpen'],
): number {
  const partial = new Set<string>(['failed', 'timed-out', 'cancelled', 'refused'])
  const open = new Set<string>(['pending', 'uncertain', 'not-attempted'])
  if (chainOpen.length > 0 || outcomes.some(outcome => partial.has(outcome))) return 5
  return outcomes.some(outcome => open.has(outcome)) ? 6 : 0
}
