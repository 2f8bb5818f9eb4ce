import { OUTCOMES } from '../../apply/outcomes.ts'
import type {
  LeaseDocument,
  RunDocument,
  RunItemDocument,
  StatusDocument,
} from '../documents/status-document.ts'
import { facetPath, safeName } from '../words/machine-label.ts'
import { counted, joined } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Tone } from './paint.ts'
import type { Style } from './style.ts'

/** How many changes of one run are named; the document has all of them. */
const NAMED = 20

/** `2026-11-20T10:00:00.5Z` as `2026-11-20 10:00:00Z`: who waits for a renewal counts seconds. */
function shownSecond(text: string): string {
  return text.replace('T', ' ').replace(/\.\d+(?=Z$)/, '')
}

function field(label: string, value: string, style: Style): string {
  return layOut({ lead: [span(`${label.padEnd(12)}`, 'quiet')], body: [span(escapeTerminal(value))] }, style)
}

function leaseLines(
  lease: LeaseDocument | null,
  running: readonly RunDocument[],
  style: Style,
): readonly string[] {
  if (lease === null) {
    const awaits = running.some(({ state }) => state === 'awaiting')
    const why = awaits ? '; a run that only awaits has given it back' : ''
    return [layOut({ body: [span(`Nobody holds the lease${why}.`, 'strong')] }, style)]
  }
  const gone = lease.removed
    ? 'removed, free once it expires'
    : 'its owner is gone; the next apply takes it over'
  return [
    layOut({ body: [span(`Lease ${escapeTerminal(lease.id)}`, 'strong')] }, style),
    field('  holder', joined([lease.owner, (lease.state === 'dead' || lease.removed) && gone]), style),
    field('  run', lease.runId ?? 'not told', style),
    field('  plan', lease.planId ?? 'not told', style),
    field('  created', shownSecond(lease.created), style),
    field('  renewed', shownSecond(lease.renewed), style),
    field('  expires', `${shownSecond(lease.expires)} unless renewed`, style),
  ]
}

const STATES: Readonly<Record<RunDocument['state'], readonly [mark: string, tone: Tone, words: string]>> = {
  submitting: ['=', 'waiting', 'submitting, holds the lease'],
  awaiting: ['=', 'waiting', 'running without the lease: it only awaits'],
  gone: ['!', 'blocked', 'its process is gone and did not write an end'],
  unknown: ['!', 'blocked', 'not ended; its process cannot be seen from here'],
  ended: ['!', 'blocked', 'ended and left something open'],
}

/** `plan 4f1c09ab`, as the marker in a comment has it. */
function planName(planId: string): string {
  return `plan ${escapeTerminal(planId.replace(/^sha256:/, '').slice(0, 8))}`
}

function countsOf({ planned, submitted, queued, sending, inFlight, ended }: RunDocument['counts']): string {
  const open = joined([
    queued > 0 && `${queued} not sent`,
    sending > 0 && `${sending} without an answer`,
    inFlight > 0 && `${inFlight} in flight`,
  ])
  const over = OUTCOMES.flatMap(outcome => {
    const count = ended[outcome] ?? 0
    return count === 0 ? [] : [`${count} ${outcome}`]
  }).join(', ')
  return `${joined([`${planned} planned, ${submitted} submitted`, open, over], '; ')}.`
}

/** What went wrong first, then what is on its way, then what was not sent. */
function rankOf({ state }: RunItemDocument): number {
  if (state === 'queued') return 3
  return state === 'in-flight' ? 2 : state === 'sending' ? 1 : 0
}

const ITEM_WORDS: ReadonlyMap<string, string> = new Map([
  ['queued', 'not sent'],
  ['sending', 'sent, no answer written down'],
  ['in-flight', 'in flight'],
])

function itemLines(items: readonly RunItemDocument[], style: Style): readonly string[] {
  const shown = [...items].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, NAMED)
  const lines = shown.map(item => {
    const { address, dnsName, state } = item
    const isOpen = rankOf(item) > 0
    const body = [
      span(safeName(dnsName ?? (address.split('/', 1)[0] as string)), 'strong'),
      span(` ${escapeTerminal(`${facetPath(address)}: ${ITEM_WORDS.get(state) ?? state}`)}`),
    ]
    const lead = [span(isOpen ? '    = ' : '    ! ', isOpen ? 'waiting' : 'blocked')]
    return layOut({ lead, hang: span('      '), body }, style)
  })
  const more = items.length - shown.length
  return more === 0
    ? lines
    : [...lines, layOut({ lead: [span('    ')], body: [span(`and ${more} more; --json has all`)] }, style)]
}

function runLines(run: RunDocument, style: Style): readonly string[] {
  const [mark, tone, words] = STATES[run.state]
  const { owner, exit, startedAt, lastEventAt, heldUntil, wave, resume } = run
  const exits = exit === null ? '' : ` (${exitWords(exit)})`
  const head = [span(planName(run.planId), 'strong'), span(`: ${escapeTerminal(`${words}${exits}`)}`)]
  const lines = [
    layOut({ lead: [span(`${mark} `, tone)], hang: span('    '), body: head }, style),
    field('    run', joined([run.runId, owner], ', '), style),
    field('    began', `${shownSecond(startedAt)}, last entry ${shownSecond(lastEventAt)}`, style),
    field('    journal', run.journal, style),
    layOut({ lead: [span('    ')], body: [span(countsOf(run.counts))] }, style),
  ]
  if (wave !== null) {
    const stop = wave.stopped ? '; a stop rule ended it' : ''
    const text = `Wave ${wave.number} of ${wave.of} (${counted(wave.machines, 'machine')})${stop}.`
    lines.push(layOut({ lead: [span('    ')], body: [span(text)] }, style))
  }
  if (heldUntil !== null) {
    lines.push(
      layOut(
        {
          lead: [span('    ')],
          body: [span(`Quota holds submitting back until ${escapeTerminal(shownSecond(heldUntil))}.`)],
        },
        style,
      ),
    )
  }
  lines.push(...itemLines(run.items, style))
  if (resume !== null)
    lines.push(
      layOut({ lead: [span('    ')], body: [span(`Go on with it: ${escapeTerminal(resume)}`)] }, style),
    )
  return lines
}

/** The journal does not know which signal it was, and so not the code that the process ended with. */
function exitWords({ code, name }: { readonly code: number; readonly name: string }): string {
  return name === 'signal' ? 'by a signal' : `exit ${code} ${name}`
}

/** `  2026-11-22 17:00:05Z  plan 4f1c09ab  exit 0 ok  12 succeeded` */
function finishedLine({ planId, lastEventAt, exit, counts }: RunDocument, style: Style): string {
  const over = OUTCOMES.filter(outcome => (counts.ended[outcome] ?? 0) > 0).map(
    outcome => `${counts.ended[outcome]} ${outcome}`,
  )
  const end = exit === null ? 'went on in a later run' : exitWords(exit)
  const text = joined([shownSecond(lastEventAt), planName(planId), end, over.join(', ')], '  ')
  return layOut({ lead: [span('  ')], hang: span('    '), body: [span(escapeTerminal(text))] }, style)
}

/** Writes who applies and how far every run came. Ends with a newline. */
export function renderStatus(document: StatusDocument, style: Style): string {
  const { lease, unfinished, finished, unreadable, folder, readAt } = document
  const where = `Read ${readAt} from ${folder}, this host's own; what another host does shows in its own folder alone.`
  const parts = [
    leaseLines(lease, unfinished, style).join('\n'),
    ...unfinished.map(run => runLines(run, style).join('\n')),
    unfinished.length === 0 ? 'No run is unfinished.' : '',
    finished.length === 0
      ? ''
      : [
          `The last ${counted(finished.length, 'run')} that ended:`,
          ...finished.map(run => finishedLine(run, style)),
        ].join('\n'),
    unreadable
      .map(({ journal, message }) =>
        layOut(
          { lead: [span('! ', 'blocked')], body: [span(escapeTerminal(`${journal}: ${message}`))] },
          style,
        ),
      )
      .join('\n'),
    layOut({ body: [span(escapeTerminal(where), 'quiet')] }, style),
  ]
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}
