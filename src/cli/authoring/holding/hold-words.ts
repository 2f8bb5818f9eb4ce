import type { Findings } from '../../../plan/assemble/assemble-plan.ts'
import type { Plan } from '../../../plan/document/document.ts'
import { HOLD_PAIRS } from '../../../posture/holds.ts'
import { foldMachine } from '../../../posture/machine-posture.ts'
import { cutText, escapeTerminal } from '../../../report/terminal/escape-terminal.ts'
import { shownWho } from '../../../report/words/words.ts'
import type { Configuration } from '../../../schema/configuration.ts'
import { addMs, displayInstant } from '../../../schema/instant.ts'
import { isIdle } from '../../applying/apply-shown.ts'
import type { HoldDraft, HoldRequest } from './draft-hold.ts'
import { commitCommand } from './git-commit.ts'

/** What is spoken of: what was asked, the files it became, and the plan that carries it out. */
export interface HoldWords {
  readonly draft: HoldDraft
  readonly request: HoldRequest
  readonly plan: Plan
  /** What the plan was written down from. */
  readonly findings: Findings
  readonly configuration: Configuration
  /** Changed files that held what was not committed before. */
  readonly uncommitted: readonly string[]
}

/** `Contain fin-ws-014.contoso.com and 2 more: INC-4211`, on one line. Escaped. */
export function commitMessage({ command, machines, reason }: HoldRequest): string {
  const [first] = machines
  const name = first?.computerDnsName ?? first?.id ?? ''
  const more = machines.length > 1 ? ` and ${machines.length - 1} more` : ''
  const verb = command === 'contain' ? 'Contain' : 'Release'
  return escapeTerminal(cutText(`${verb} ${name}${more}: ${reason}`, 200))
}

function escapeLines(lines: readonly string[]): string {
  return lines.map(line => escapeTerminal(line)).join('\n')
}

/** What somebody else holds of what a request asks for: `isolated by analyst anna@contoso.com`. */
function saidOfOthers({ findings, request }: HoldWords): readonly string[] {
  const facets =
    request.restricted === undefined ? (['isolated'] as const) : (['isolated', 'restricted'] as const)
  return request.machines.flatMap(({ id, computerDnsName }) => {
    const posture = foldMachine(findings.history.of(id), findings.lens)
    return facets.flatMap(facet => {
      const others = posture[facet].by.filter(actor => actor.class !== 'own').map(shownWho)
      return others.length === 0
        ? []
        : [`Held     ${computerDnsName ?? id}: ${facet} by ${[...new Set(others)].join(', ')}.`]
    })
  })
}

/** Why nothing is sent although files are written: the machines are as asked, perhaps through somebody else. */
function saidOfState(words: HoldWords): readonly string[] {
  if (!isIdle(words.plan)) return []
  const state = words.request.command === 'contain' ? 'held' : 'free'
  return [
    `Nothing was sent: the machines are ${state} already, and now it is declared.`,
    ...saidOfOthers(words),
  ]
}

/** The question before files are written although nothing is sent. Escaped. */
export function declaringQuestion(
  { command, machines }: HoldRequest,
  { expires, path, edited }: HoldDraft,
): string {
  const state = command === 'contain' ? 'held' : 'free'
  const them = machines.length === 1 ? 'The machine is' : `The ${machines.length} machines are`
  const files = [path, ...edited.map(each => each.path)].join(', ')
  return escapeLines([
    '',
    `${them} ${state} already, but not declared to be so until ${displayInstant(expires)}.`,
    `Nothing has to be sent; this would be written: ${files}.`,
    'Only `yes` writes it: ',
  ])
}

/** That what was written was taken back, but for files that somebody changed meanwhile. Escaped; with its line end. */
export function saidOfTakenBack(kept: readonly string[]): string {
  const but = kept.length === 0 ? '' : `, but for ${kept.join(', ')}: changed meanwhile, and left as it is`
  return `${escapeTerminal(`Nothing was submitted, so what was written was taken back${but}.`)}\n`
}

/** What ends a hold, and what has to run for that: `--for` is no timer, and the service has one of its own. */
function saidOfEnd({ request, draft, configuration }: HoldWords): readonly string[] {
  if (request.command !== 'contain') return []
  const lifted = `Ends     when \`holdfast apply\` runs after ${displayInstant(draft.expires)}: nothing else lifts it then.`
  const { lasts } = configuration.effects.isolated
  const kept = lasts === undefined ? undefined : addMs(request.now, lasts.ms)
  if (kept === undefined || !HOLD_PAIRS.isolated.endsByItself(request.isolated)) return [lifted]
  const service =
    draft.expires > kept
      ? `         The service ends an isolation by itself after ${lasts?.text}: until then \`holdfast apply --renewals\` has to run, on a schedule.`
      : `         Where nothing runs, the service ends the isolation by itself about ${displayInstant(kept)}.`
  return [lifted, service]
}

/** What was written, why although nothing was sent, and how it is committed. Escaped. */
export function saidOfFiles(words: HoldWords, written: readonly string[], message: string): string {
  const { draft, uncommitted } = words
  const own = written.filter(path => !uncommitted.includes(path))
  const foreign = uncommitted.map(
    path =>
      `Not in it: ${path}, which held changes before that are not committed; look, and commit it yourself.`,
  )
  const others = draft.edited.map(
    ({ policy, path }) => `Changed  ${path}: ${policy} leaves these machines out now.`,
  )
  const first = written
    .filter(path => !draft.texts.has(path))
    .map(path => `Wrote    ${path}: a first configuration.`)
  return escapeLines([
    '',
    ...saidOfState(words),
    `Wrote    ${draft.path}: declared until ${displayInstant(draft.expires)}.`,
    ...saidOfEnd(words),
    ...others,
    ...first,
    `Commit it: ${commitCommand(own, message)}`,
    ...foreign,
    '',
  ])
}
