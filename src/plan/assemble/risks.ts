import { compareText } from '../../posture/history.ts'
import { HOLD_PAIRS } from '../../posture/holds.ts'
import type { Machine } from '../../posture/machine.ts'
import { platformOf } from '../../posture/platforms.ts'
import type { Configuration } from '../../schema/configuration.ts'
import type { Instant } from '../../schema/instant.ts'
import type { FacetName } from '../../schema/policy.ts'
import type { Risk } from '../document/document.ts'
import type { Item } from '../judge/item.ts'
import { silenceWarning } from '../judge/limits.ts'
import { compileEntry, type Matcher } from '../select/match.ts'

/** Facets whose runs change something on the machine, or cannot be undone. */
const TOUCHING: readonly FacetName[] = ['quarantined', 'liveResponse', 'offboarded']

const IMPOSING: readonly string[] = Object.values(HOLD_PAIRS).map(({ impose }) => impose)

type RiskTest = Omit<Risk, 'machines'> & { readonly matches: Matcher }

/** Says whether a change takes something from the machine or changes it: releases, scans and collections do not. */
function touches({ decision, facet }: Item): boolean {
  if (decision.kind !== 'change') return false
  return decision.operations.includes('impose') || TOUCHING.includes(facet)
}

/** Says whether an item should have the machine contained by now, and a machine that is not there keeps it from that. */
function containsLater(item: Item, observedAt: Instant): boolean {
  const { decision, facet, machine } = item
  if (!(facet in HOLD_PAIRS) || silenceWarning(machine, observedAt) === undefined) return false
  return decision.kind === 'in-flight'
    ? decision.awaited.some(({ type }) => IMPOSING.includes(type))
    : decision.kind === 'change' && decision.operations.includes('impose')
}

function testsOf({ risks = [] }: Configuration, now: Instant): readonly RiskTest[] {
  return [
    ...risks.map(
      ({ name, match }): RiskTest => ({
        kind: 'named',
        name,
        evidence: '`risks` of the configuration',
        matches: compileEntry(match, now),
      }),
    ),
    {
      kind: 'server',
      name: 'servers',
      evidence: '`osPlatform` is a Windows Server; of Linux the service does not say',
      matches: ({ osPlatform }) =>
        ['windows-server', 'windows-server-older'].includes(platformOf(osPlatform)),
    },
    {
      kind: 'high-value',
      name: 'machines of high value',
      evidence: '`deviceValue` is High',
      matches: ({ deviceValue }) => deviceValue?.toLowerCase() === 'high',
    },
  ]
}

/** Each machine once, by name and id as the plan writes them. */
function written(machines: readonly Machine[]): Risk['machines'] {
  const byId = new Map(machines.map(({ id, computerDnsName }) => [id, { id, dnsName: computerDnsName }]))
  return [...byId.values()].sort((a, b) => compareText(a.id, b.id))
}

/**
 * Names the machines that whoever consents to a plan must not overlook: those of the configuration's `risks`, servers,
 * machines of high value, and machines that will not be contained now since they are not there.
 *
 * Rests on what the records say and on nothing else: which machine is a domain controller, or the host of others, no
 * record tells.
 *
 * @param items - What the plan will send, and what it awaits.
 * @param observedAt - The time up to which the read can speak of silence.
 * @returns Only risks that have machines.
 */
export function findRisks(
  items: readonly Item[],
  configuration: Configuration,
  observedAt: Instant,
): readonly Risk[] {
  const touched = items.filter(touches).map(({ machine }) => machine)
  const found = testsOf(configuration, observedAt).map(({ matches, ...risk }): Risk => {
    return { ...risk, machines: written(touched.filter(matches)) }
  })
  const later = items.filter(item => containsLater(item, observedAt)).map(({ machine }) => machine)
  const offline: Risk = {
    kind: 'offline',
    name: 'machines that will not be contained now',
    evidence: 'not Active, or not seen for 48 h',
    machines: written(later),
  }
  return [...found, offline].filter(({ machines }) => machines.length > 0)
}
