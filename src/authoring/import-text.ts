import type { Machine } from '../posture/machine.ts'
import { cutText, escapeTerminal } from '../report/terminal/escape-terminal.ts'
import { layOut, span } from '../report/terminal/lay-out.ts'
import type { Style } from '../report/terminal/style.ts'
import { safeName } from '../report/words/machine-label.ts'
import { counted } from '../report/words/words.ts'
import { formatInstant, type Instant } from '../schema/instant.ts'
import type { ImportGroup, LeftOut } from './import-holds.ts'

/** What the imported policies carry beside the machines. */
export interface ImportTerms {
  readonly reason: string
  readonly owner: string | undefined
  readonly expires: Instant
}

/** One file that was written, in documents. */
export interface ImportedFile {
  readonly path: string
  readonly policy: string
  readonly facet: string
  readonly level: string
  readonly own: boolean
  readonly machines: number
}

/** The document of `import`. */
export interface ImportDocument {
  readonly formatVersion: '1.0'
  readonly readAt: string
  readonly expires: string
  readonly files: readonly ImportedFile[]
  /** Held and undeclared, and not imported, since something would follow from declaring it. */
  readonly leftOut: readonly LeftOut[]
}

/** The longest name in a comment. */
const NAME_LIMIT = 253

/** A scalar that reads back as it is: JSON's strings are YAML's double-quoted ones. */
export function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A name on one line, without the characters that no YAML text holds. */
export function commentOf(name: string): string {
  return escapeTerminal(cutText(name, NAME_LIMIT)).replaceAll(/[\ufffd-\uffff]/g, '?')
}

/** An entry that names one machine by id, with its name in a comment. */
export function nameComment({ id, computerDnsName: name }: Machine): string {
  return `id: ${quoted(id)}${name === null ? '' : ` # ${commentOf(name)}`}`
}

function wanted({ facet, level }: ImportGroup): string {
  if (facet === 'restricted') return '  restricted: true'
  return level === 'unknown'
    ? '  isolated: full # the service reports no scope: it is taken for the declared one'
    : `  isolated: ${level}`
}

/** Writes the policy of a group: machines by id, each with its name in a comment. Ends with a newline. */
export function importedPolicyText(group: ImportGroup, { reason, owner, expires }: ImportTerms): string {
  const machines = group.holds.map(({ machine }) => `  - ${nameComment(machine)}`)
  return `${[
    group.own
      ? '# Held by an action of ours that no policy declared any more.'
      : '# Imposed by somebody else. Declaring it changes nothing, and nothing here undoes what they did.',
    'version: 1',
    `policy: ${group.name}`,
    `reason: ${quoted(reason)}`,
    ...(owner === undefined ? [] : [`owner: ${quoted(owner)}`]),
    'machines:',
    ...machines,
    'state:',
    wanted(group),
    `expires: ${formatInstant(expires)}`,
    'onExpiry: report # from then on it is only reported; nobody has decided on a release',
    'reassert: false',
  ].join('\n')}\n`
}

/** Writes what was imported for people. Ends with a newline. */
export function renderImport({ files, leftOut, expires }: ImportDocument, style: Style): string {
  if (files.length + leftOut.length === 0)
    return 'Nothing to import: every hold that was chosen is declared already, or there is none.\n'
  const wrote = files.map(({ path, machines, own, facet, level }) => {
    const what = `${counted(machines, 'machine')}, ${facet} ${level}, ${own ? 'own' : 'foreign'}`
    return `wrote  ${escapeTerminal(path)}  (${what})`
  })
  const left = leftOut.map(({ address, dnsName, why }) =>
    layOut(
      {
        lead: [span('left   ')],
        body: [span(`${dnsName === null ? '' : `${safeName(dnsName)} `}${escapeTerminal(address)}: ${why}`)],
      },
      style,
    ),
  )
  const end = files.length === 0 ? [] : ['', `They expire ${expires}. Next: holdfast validate, holdfast plan`]
  return `${[...wrote, ...left, ...end].join('\n')}\n`
}
