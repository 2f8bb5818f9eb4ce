import { formatAddress } from '../../plan/select/address.ts'
import type { PolicyMatch } from '../../plan/select/resolve.ts'
import { foldHold } from '../../posture/fold-hold.ts'
import type { History } from '../../posture/history.ts'
import type { HoldLens } from '../../posture/hold-lens.ts'
import { type LevelStretch, levelStretches } from '../../posture/hold-stretches.ts'
import { HOLD_PAIRS, type HoldName } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import { formatInstant, type Instant, msBetween } from '../../schema/instant.ts'
import type { Span } from './change-points.ts'

/** A stretch of time in which a policy of today would have had a machine held, and it was not. */
export interface Exposure {
  readonly address: string
  readonly dnsName: string | null
  readonly from: string
  /** When it was contained, the policy expired, or the stretch that is looked at ended. */
  readonly to: string
  readonly end: 'contained' | 'expired' | 'open'
  readonly ms: number
  /** When the action that contained it was created; null where none did. */
  readonly requestedAt: string | null
}

/** How long it took, over all exposures that ended in containment. */
export interface ExposureSummary {
  readonly contained: number
  /** Not contained at the end of the stretch. */
  readonly open: number
  readonly minMs: number | null
  readonly medianMs: number | null
  readonly maxMs: number | null
}

const HOLDS: readonly HoldName[] = ['isolated', 'restricted']

/** Until when a hold of a machine is asked for: the latest expiry of the policies that ask, `to` where one has none. */
function askedUntil(
  matches: readonly PolicyMatch[],
  id: string,
  facet: HoldName,
  { to }: Span,
): Instant | undefined {
  const ends = matches
    .filter(({ policy, machines }) => machines.has(id) && (policy.state[facet]?.value ?? 'none') !== 'none')
    .map(({ policy }) => policy.expires ?? to)
  return ends.sort().at(-1)
}

function exposure(
  machine: Machine,
  facet: HoldName,
  from: Instant,
  to: Instant,
  end: Exposure['end'],
  by: LevelStretch | undefined,
): Exposure {
  return {
    address: formatAddress(machine.id, facet),
    dnsName: machine.computerDnsName,
    from: formatInstant(from),
    to: formatInstant(to),
    end,
    ms: msBetween(from, to),
    requestedAt: by === undefined ? null : formatInstant(by.imposes[0].creationDateTimeUtc),
  }
}

function gaps(
  machine: Machine,
  facet: HoldName,
  stretches: readonly LevelStretch[],
  { from, to }: Span,
  isExpiry: boolean,
): readonly Exposure[] {
  const found: Exposure[] = []
  let at = from
  for (const stretch of stretches) {
    const begin = stretch.imposes[0].lastUpdateDateTimeUtc
    if (begin >= to) break
    if (begin > at) found.push(exposure(machine, facet, at, begin, 'contained', stretch))
    const end = stretch.to ?? to
    if (end > at) at = end
  }
  if (at < to) found.push(exposure(machine, facet, at, to, isExpiry ? 'expired' : 'open', undefined))
  return found
}

/**
 * Lists how long machines were not held although the policies of today would have had them held, as if those had been
 * there from the beginning. Exact to what the history tells, whatever the moments that plans are made for.
 */
export function exposuresOf(
  machines: readonly Machine[],
  matches: readonly PolicyMatch[],
  history: History,
  lens: HoldLens,
  span: Span,
): readonly Exposure[] {
  return machines.flatMap(machine =>
    HOLDS.flatMap(facet => {
      const until = askedUntil(matches, machine.id, facet, span)
      if (until === undefined) return []
      const isExpiry = until < span.to
      const { firstSeen } = machine
      const asked: Span = {
        from: firstSeen !== null && firstSeen > span.from ? firstSeen : span.from,
        to: isExpiry ? until : span.to,
      }
      const stretches = levelStretches(foldHold(history.of(machine.id), HOLD_PAIRS[facet], lens).stretches)
      return asked.from < asked.to ? gaps(machine, facet, stretches, asked, isExpiry) : []
    }),
  )
}

/** Sums up exposures; the median of an even number is the lower of the two in the middle. */
export function summarizeExposures(exposures: readonly Exposure[]): ExposureSummary {
  const times = exposures
    .filter(({ end }) => end === 'contained')
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
  return {
    contained: times.length,
    open: exposures.filter(({ end }) => end === 'open').length,
    minMs: times[0] ?? null,
    medianMs: times[Math.ceil(times.length / 2) - 1] ?? null,
    maxMs: times.at(-1) ?? null,
  }
}
