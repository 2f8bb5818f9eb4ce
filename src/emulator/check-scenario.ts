import type { Finding } from '../schema/indexed-text.ts'
import type { Member } from '../schema/text-tree.ts'
import { parseScenarioTime, parseSpan } from './span.ts'

/** Keys whose text is a length of time, wherever they stand. */
const SPANS: ReadonlySet<string> = new Set([
  'after',
  'enqueuedFor',
  'offlineTimeout',
  'retention',
  'lifetime',
  'linkLifetime',
  'clockSkew',
  'lag',
  'late',
  'for',
  'repeat',
])
/** Keys whose text is a length of time, or `never`. */
const LASTS: ReadonlySet<string> = new Set(['lasts'])
/** Keys of a fault whose text is a length of time after the start, or a time. */
const MOMENTS: ReadonlySet<string> = new Set(['from', 'until'])
/** Keys whose text is a time, absolute or relative to the start. */
const TIMES: ReadonlySet<string> = new Set([
  'now',
  'at',
  'firstSeen',
  'lastSeen',
  'onlineAt',
  'offlineAt',
  'creationDateTimeUtc',
  'lastUpdateDateTimeUtc',
  'cancellationDateTimeUtc',
  'creationTime',
  'oldPathEnds',
])
/** Maps all of whose texts are lengths of time, but for `end`. */
const SPAN_MAPS: ReadonlySet<string> = new Set(['settle', 'visibility', 'cancel'])

function isSpanKey(key: string, parent: string, grandparent: string): boolean {
  // `cancel` of the behaviour holds a span; `cancel` of an event names a machine.
  if (parent === 'cancel') return grandparent === 'behaviour' && key === 'settle'
  return SPANS.has(key) || (SPAN_MAPS.has(parent) && key !== 'end')
}

/** Whether a key may say `never`. */
function mayBeNever(key: string, parent: string): boolean {
  return key === 'inProgressAfter' || LASTS.has(key) || (parent === 'lapse' && key === 'after')
}

/** A moment of a fault; `from` of a lapse is a word, which the schema checks. */
function isMoment(key: string, parent: string): boolean {
  return MOMENTS.has(key) && parent !== 'lapse'
}

function checkText(key: string, parent: string, grandparent: string, { node }: Member): Finding | undefined {
  const found = `found \`${node.text.slice(0, 60)}\``
  const isNever = mayBeNever(key, parent) && node.text === 'never'
  if (isNever) return undefined
  if (isMoment(key, parent)) {
    if (parseSpan(node.text) !== undefined || parseScenarioTime(node.text, 0) !== undefined) return undefined
    const message = `expected a length of time after the start such as \`90s\`, or a time such as \`2027-02-01T00:00:00Z\`, ${found}`
    return { code: 'invalid-duration', message, span: node.span }
  }
  if (isSpanKey(key, parent, grandparent) || mayBeNever(key, parent)) {
    if (parseSpan(node.text) !== undefined) return undefined
    const message = `expected a length of time such as \`66s\`, \`1.7s\`, \`250ms\` or \`3d14m\`, ${found}`
    return { code: 'invalid-duration', message, span: node.span }
  }
  if (!TIMES.has(key) || parseScenarioTime(node.text, 0) !== undefined) return undefined
  const message = `expected a time such as \`2026-11-20T10:00:00Z\`, or one relative to the start such as \`-3d\` or \`+2h\`, ${found}`
  return { code: 'invalid-time', message, span: node.span }
}

/** Checks every time and length of time of a scenario, which its JSON Schema leaves as text. */
export function checkTimes(root: Member): readonly Finding[] {
  const findings: Finding[] = []
  const visit = (member: Member, path: readonly string[]): void => {
    const [key = '', parent = '', grandparent = ''] = path
    if (member.node.kind === 'text') {
      const finding = checkText(key, parent, grandparent, member)
      if (finding !== undefined) findings.push(finding)
    }
    for (const [name, child] of member.node.members) visit(child, [name, key, parent])
  }
  visit(root, [])
  return findings
}

/** Says which of some keys a map has. */
function present(member: Member, keys: readonly string[]): readonly string[] {
  return keys.filter(key => member.node.members.has(key))
}

/** Finds entries of a list that need exactly one of some keys and have none, or several. */
function checkOneOf(list: Member | undefined, keys: readonly string[]): readonly Finding[] {
  const entries = [...(list?.node.members.values() ?? [])]
  return entries.flatMap((entry): readonly Finding[] => {
    const found = present(entry, keys)
    if (found.length === 1) return []
    const wanted = keys.map(key => `\`${key}\``).join(', ')
    const message =
      found.length === 0
        ? `expected one of the keys ${wanted} here: add it`
        : `expected only one of the keys ${wanted} here: remove the others`
    return [{ code: 'missing-key', message, span: entry.name }]
  })
}

/** Finds machines without a name and an id, which nothing could refer to. */
function checkNamed(list: Member | undefined): readonly Finding[] {
  const entries = [...(list?.node.members.values() ?? [])]
  return entries
    .filter(entry => present(entry, ['id', 'computerDnsName']).length === 0)
    .map(entry => ({
      code: 'missing-key',
      message: 'expected `id` or `computerDnsName` of the machine: add one of them',
      span: entry.name,
    }))
}

/** Names and ids of the machines that a scenario states, now or by an event. */
function statedNames(root: Member): ReadonlySet<string> {
  const lists = [...(root.node.members.get('machines')?.node.members.values() ?? [])]
  const events = [...(root.node.members.get('events')?.node.members.values() ?? [])]
  const machines = [...lists, ...events.flatMap(event => event.node.members.get('machine') ?? [])]
  const names = machines.flatMap(machine => [
    machine.node.members.get('id')?.node.text,
    machine.node.members.get('computerDnsName')?.node.text,
  ])
  return new Set(names.flatMap(name => (name === undefined ? [] : [name.toLowerCase()])))
}

/** Finds names that no machine of the scenario has; an id can be of a machine that is gone. */
function checkReferences(root: Member): readonly Finding[] {
  const names = statedNames(root)
  const findings: Finding[] = []
  const visit = (member: Member, key: string): void => {
    const { text, span, kind } = member.node
    const isReference = kind === 'text' && (key === 'machineId' || key === 'machine')
    if (isReference && !names.has(text.toLowerCase()) && !/^[0-9a-f]{20,64}$/i.test(text)) {
      const message = `expected the id or the name of a machine of this scenario, found \`${text.slice(0, 60)}\`: add it to \`machines\``
      findings.push({ code: 'invalid-machine-id', message, span })
    }
    for (const [name, child] of member.node.members) visit(child, name)
  }
  visit(root, '')
  return findings
}

/** Checks what a JSON Schema cannot say in words that help. */
export function checkRules(root: Member): readonly Finding[] {
  const { members } = root.node
  const behaviour = members.get('behaviour')?.node.members
  return [
    ...checkNamed(members.get('machines')),
    ...checkOneOf(behaviour?.get('faults'), ['fault', 'status']),
    ...checkOneOf(members.get('events'), ['after', 'at', 'afterRequests']),
    ...checkReferences(root),
  ]
}
