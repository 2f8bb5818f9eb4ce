import type { LeaseDocument } from '../documents/status-document.ts'
import type {
  FlightGroup,
  GroupedMachine,
  HeldGroup,
  TenantStatusDocument,
} from '../documents/tenant-status-document.ts'
import { type Addressed, nameMachines } from '../words/machine-label.ts'
import { actorWords, flyingWords, levelWords } from '../words/posture-words.ts'
import { counted, joined, shownTime } from '../words/words.ts'
import { escapeTerminal } from './escape-terminal.ts'
import { layOut, span } from './lay-out.ts'
import type { Tone } from './paint.ts'
import { type Style, usableWidth } from './style.ts'

/** As many groups as fit 24 lines, at three each, beside what is told of the tenant. */
const SHOWN_GROUPS = 5

const INDENT = '    '

type Named = Pick<GroupedMachine, 'id' | 'dnsName'>

/** One group, ready to be laid out; not escaped. */
interface Block {
  readonly kind: HeldGroup['facet'] | 'in-flight'
  readonly what: string
  readonly terms: string
  readonly machines: readonly GroupedMachine[]
}

/** `since 2026-11-29 10:00Z`; of several times the first one, and that it is the first. */
function firstOf(word: string, times: readonly (string | null)[]): string {
  const sorted = times.filter(time => time !== null).sort()
  const [first] = sorted
  if (first === undefined) return ''
  return `${first === sorted.at(-1) && sorted.length === times.length ? '' : 'the first '}${word} ${shownTime(first)}`
}

function heldBlock({ facet, level, by, expires, machines }: HeldGroup): Block {
  const who = by.map(holder => `by ${actorWords(holder)}`).join(' and ')
  const since = firstOf(
    'since',
    machines.map(machine => machine.since),
  )
  const end =
    expires === null
      ? firstOf(
          'until',
          machines.map(({ until }) => until),
        )
      : `until its policy expires, ${shownTime(expires)}`
  return { kind: facet, what: levelWords(facet, level), terms: joined([who, since, end]), machines }
}

function flightBlock(group: FlightGroup): Block {
  const who = group.own ? 'Holdfast' : (group.requestor ?? 'an unknown requestor')
  const since = firstOf(
    'since',
    group.machines.map(machine => machine.since),
  )
  return {
    kind: 'in-flight',
    what: flyingWords(group),
    terms: joined([`by ${who}`, since]),
    machines: group.machines,
  }
}

/** As many names as one line takes, and how many more there are; all of them where `all` says so. */
function namesLine(names: readonly string[], all: boolean, style: Style): string {
  const lead = { lead: [span(INDENT)] }
  const room = usableWidth(style) - INDENT.length
  let count = names.length
  const text = (): string =>
    joined(
      [names.slice(0, count).join(', '), count < names.length && `${names.length - count} more`],
      ' and ',
    )
  while (!all && count > 1 && text().length > room) count -= 1
  return layOut({ ...lead, body: [span(text())] }, style)
}

function leaseLine(lease: LeaseDocument | null): string {
  if (lease === null) return 'No apply that is known here holds the lease.'
  const plan = lease.planId === null ? '' : ` plan ${lease.planId.replace(/^sha256:/, '').slice(0, 8)}`
  const gone = lease.state === 'dead' ? ', and is gone' : ''
  return `${lease.owner} applies${plan} since ${shownTime(lease.created)}${gone}: \`holdfast apply --status\` says how far it is.`
}

function freezeLine({ freeze }: TenantStatusDocument): string {
  if (freeze === null) return 'Nothing is frozen.'
  const { owner, reason, until, renewals } = freeze
  return `Frozen by ${owner} until ${shownTime(until)}: ${reason}.${renewals ? ' Renewals go on.' : ''}`
}

function summaryLine({ summary, readAt, part }: TenantStatusDocument): string {
  const { isolated, restricted, inFlight } = summary
  const of = part === null ? '' : `"${part}": `
  return `${of}${isolated} isolated, ${restricted} restricted, ${inFlight} with actions in flight (read ${readAt}).`
}

/** Chooses what one screen shows: the largest group of each kind, then the largest of the rest. */
function chooseBlocks(blocks: readonly Block[]): readonly Block[] {
  const firsts = new Set(
    blocks.filter(({ kind }, index) => blocks.findIndex(each => each.kind === kind) === index),
  )
  const bySize = blocks.toSorted((a, b) => b.machines.length - a.machines.length)
  const ranked = [...firsts, ...bySize.filter(block => !firsts.has(block))]
  const chosen = new Set(ranked.slice(0, SHOWN_GROUPS))
  return blocks.filter(block => chosen.has(block))
}

/** Says how the machines of a document are called: twins by their ids too. Escaped. */
function namer({
  held,
  inFlight,
  free,
}: TenantStatusDocument): (machines: readonly Named[]) => readonly string[] {
  const addressed = (machine: Named): Addressed => ({
    address: machine.id,
    machine: { ...machine, osPlatform: null, healthStatus: null, lastSeen: null, rbacGroupName: null },
  })
  const all = [...[...held, ...inFlight].flatMap(({ machines }) => machines), ...free]
  const nameOf = nameMachines(all.map(addressed))
  return machines => machines.map(machine => escapeTerminal(nameOf(addressed(machine))))
}

function blockLines(
  { what, terms, machines }: Block,
  names: readonly string[],
  all: boolean,
  style: Style,
): string {
  const head = {
    lead: [span(`${escapeTerminal(what)}: `, 'strong')],
    hang: span(INDENT),
    body: [span(escapeTerminal(`${counted(machines.length, 'machine')} ${terms}`))],
  }
  return `${layOut(head, style)}\n${namesLine(names, all, style)}`
}

function uncertainLine({ summary: { uncertain } }: TenantStatusDocument): string {
  return uncertain === 0
    ? ''
    : `On ${counted(uncertain, 'machine')} a later action ended without success; what it left behind is uncertain.`
}

function hiddenLine(hidden: number): string {
  const how = '`holdfast status NAME` finds by a part of a name, `holdfast status --json` has all'
  return hidden === 0 ? '' : `And ${counted(hidden, 'more group')}: ${how}.`
}

/** Writes who is held, what runs and what keeps applies from it: one screen, unless a part of a name asks for all. */
export function renderTenantStatus(document: TenantStatusDocument, style: Style): string {
  const { held, inFlight, free, part, freeze, lease, historyFrom } = document
  const all = part !== null
  const blocks = [...held.map(heldBlock), ...inFlight.map(flightBlock)]
  const shown = all || style.width === Number.POSITIVE_INFINITY ? blocks : chooseBlocks(blocks)
  const names = namer(document)
  const line = (text: string, tone?: Tone): string =>
    text === '' ? '' : layOut({ body: [span(escapeTerminal(text), tone)] }, style)
  const lines = [
    line(summaryLine(document), 'strong'),
    ...shown.map(block => blockLines(block, names(block.machines), all, style)),
    line(hiddenLine(blocks.length - shown.length)),
    free.length === 0 ? '' : line(`Nothing on ${counted(free.length, 'machine')}:`),
    free.length === 0 ? '' : namesLine(names(free), true, style),
    line(uncertainLine(document), 'warning'),
    line(freezeLine(document), freeze === null ? undefined : 'blocked'),
    line(leaseLine(lease)),
    line(`Told from the action history since ${shownTime(historyFrom)}.`, 'quiet'),
  ]
  return `${lines.filter(text => text !== '').join('\n')}\n`
}
