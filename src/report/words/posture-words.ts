import type { RunType } from '../../posture/machine-posture.ts'
import type {
  ActorDocument,
  FlightDocument,
  HeldDocument,
  MachineDocument,
  RunDocument,
} from '../documents/machine-document.ts'
import { escapeTerminal } from '../terminal/escape-terminal.ts'
import { type Span, span } from '../terminal/lay-out.ts'
import { joined, shownTime } from './words.ts'

/** What each kind of run did, in one word. */
const RUN_WORDS: Readonly<Record<RunType, string>> = {
  RunAntiVirusScan: 'scanned',
  CollectInvestigationPackage: 'collected',
  StopAndQuarantineFile: 'quarantined a file',
  LiveResponse: 'live response',
  Offboard: 'offboarded',
}

/** Who asked: `Holdfast, policy contain`, `analyst maria@contoso.com`. Not escaped. */
export function actorWords({
  class: kind,
  requestor,
  policy,
}: Omit<ActorDocument, 'at' | 'actionId'>): string {
  if (kind === 'own') return joined(['Holdfast', policy !== null && `policy ${policy}`])
  const who = requestor ?? 'an unknown requestor'
  return kind === 'unknown' ? who : `${kind} ${who}`
}

/** `isolated (full)`, `restricted`. */
export function levelWords(word: 'isolated' | 'restricted', level: string): string {
  return word === 'restricted' ? word : `${word} (${level === 'unknown' ? 'scope unknown' : level})`
}

/** `Isolate (full) Pending`. Not escaped. */
export function flyingWords({
  type,
  scope,
  status,
}: Pick<FlightDocument, 'type' | 'scope' | 'status'>): string {
  return `${scope === null ? type : `${type} (${scope.toLowerCase()})`} ${status}`
}

/** `isolated (full) since 2026-11-20 10:01Z, by analyst maria@contoso.com`; not escaped, empty where nothing holds. */
export function heldWords(word: 'isolated' | 'restricted', held: HeldDocument): string {
  if (held.since === null)
    return held.lapsedAt === null ? '' : `not ${word} since ${shownTime(held.lapsedAt)}: it ended by itself`
  const who = [...new Set(held.by.map(actorWords))]
  const until = held.until === null ? '' : `, until ${shownTime(held.until)}`
  return `${levelWords(word, held.level)} since ${shownTime(held.since)}, by ${who.join(' and by ')}${until}`
}

/** `Isolate (full) Pending since 2026-11-20 10:01Z, by Holdfast`. Not escaped. */
export function flightWords(flight: FlightDocument): string {
  const { since, own, requestor } = flight
  const who = own ? 'Holdfast' : (requestor ?? 'an unknown requestor')
  return `${flyingWords(flight)} since ${shownTime(since)}, by ${who}`
}

/** `scanned (full) 2026-11-20`. Not escaped. */
export function runWords({ type, scope, at }: RunDocument): string {
  return `${RUN_WORDS[type]}${scope === null ? '' : ` (${scope.toLowerCase()})`} ${shownTime(at)}`
}

/** That a later action may have changed a hold: `Isolate Failed later: its effect is uncertain`. Not escaped. */
export function uncertainWords({ uncertain }: HeldDocument): string {
  return uncertain === null ? '' : `${uncertain.type} ${uncertain.status} later, its effect is uncertain`
}

/**
 * What a machine is in, for the posture column: holds first, then what is in flight or uncertain, then the last scan.
 * Escaped; `-` where there is nothing to say.
 */
export function postureSpans({ posture, hasRecord, mergedIntoMachineId }: MachineDocument): readonly Span[] {
  const { isolated, restricted, inFlight, runs } = posture
  const quiet = runs.filter(({ type }) => type === 'RunAntiVirusScan' || type === 'Offboard').map(runWords)
  const parts: readonly Span[] = [
    span(heldWords('isolated', isolated), 'strong'),
    span(heldWords('restricted', restricted), 'strong'),
    ...inFlight.map(flight => span(flightWords(flight), 'waiting')),
    span(uncertainWords(isolated), 'warning'),
    span(uncertainWords(restricted), 'warning'),
    ...quiet.map(text => span(text)),
    span(mergedIntoMachineId === null ? '' : `merged into ${mergedIntoMachineId}`, 'warning'),
    span(hasRecord ? '' : 'the service lists no record of it any more', 'warning'),
  ].filter(({ text }) => text !== '')
  if (parts.length === 0) return [span('-', 'quiet')]
  return parts.flatMap((part, index) => [
    ...(index === 0 ? [] : [span('; ')]),
    { ...part, text: escapeTerminal(part.text) },
  ])
}
