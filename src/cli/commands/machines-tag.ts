import { needOfEntry, resolveEntry } from '../../analysis/by-hand/choose-records.ts'
import { planTags, type TagAction, type TagPlan } from '../../analysis/by-hand/plan-tags.ts'
import { findTagUses, type TagUse } from '../../analysis/by-hand/tag-uses.ts'
import type { Machine } from '../../posture/machine.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { safeName } from '../../report/words/machine-label.ts'
import { counted } from '../../report/words/words.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { MachineEntry } from '../../schema/policy.ts'
import { AUTO_APPROVE_OPTION, askForAdHoc, requireAgreementOrTerminal } from '../by-hand/agreement.ts'
import { concludeAdHoc, questionAt } from '../by-hand/conclude-ad-hoc.ts'
import { changeTags } from '../by-hand/tagging.ts'
import type { Command, CommandContext, CommandGroup } from '../command.ts'
import { loadDeclaration } from '../declaration/declaration.ts'
import { DOCUMENT_OPTIONS } from '../emit-document.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { readInventory, type Session, withService } from '../service/inventory.ts'
import { readSelectors, SELECTOR_OPTIONS } from '../service/selectors.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Machines named in the question before the rest is counted. */
const NAMED = 20

/** Finds the machines as a policy would, or stops: one that does not resolve may be the one that was meant. */
async function resolveMachines(
  entry: MachineEntry,
  context: CommandContext,
  session: Session,
): Promise<readonly Machine[]> {
  const need = { ...needOfEntry(entry, session.historyFrom), historyFrom: session.service.clock.now() }
  const observation = await readInventory(context, session, need)
  const { machines, problems } = resolveEntry(entry, observation.machines, observation.readAt)
  const diagnostics = problems.map(({ severity, code, message }): Diagnostic => ({ severity, code, message }))
  if (problems.some(({ severity }) => severity === 'error')) {
    throw fail('machines-unresolved', 'Not every machine resolves to one record; nothing was sent.', {
      diagnostics,
    })
  }
  tellDiagnostics(diagnostics, diagnostics, context)
  return machines
}

/** Where the declaration looks at the tag; a policy that has errors is no reason not to tag, and is left out. */
async function readTagUses(tag: string, { io, flags }: CommandContext, { configuration }: Session) {
  if (configuration.file === undefined) return []
  const { policies } = await loadDeclaration({ cwd: io.cwd, config: flags.text('config'), paths: [] })
  return findTagUses(tag, policies, configuration)
}

const USES: Readonly<Record<TagUse['kind'], string>> = {
  policy: 'selects the machines of policy',
  except: 'keeps machines out of policy',
  protected: 'protects machines in',
}

/** Shows on stderr what is going to be sent, and what the tag means to the declaration. */
function preview(tag: string, plan: TagPlan, uses: readonly TagUse[], context: CommandContext): void {
  const machines = [...new Set(plan.changes.flatMap(change => change.machines))]
  const lines = machines
    .slice(0, NAMED)
    .map(({ id, computerDnsName }) => `  ${safeName(computerDnsName ?? id)}`)
  if (machines.length > NAMED) lines.push(`  and ${counted(machines.length - NAMED, 'more machine')}`)
  context.io.stderr.write(lines.map(line => `${line}\n`).join(''))
  const diagnostics = uses.map(
    ({ kind, name }): Diagnostic => ({
      severity: 'warning',
      code: 'tag-in-use',
      message: `The tag ${tag} ${USES[kind]} ${name}: changing it changes what the next plan does to these machines.`,
    }),
  )
  tellDiagnostics(diagnostics, diagnostics, context)
}

async function run(action: TagAction, context: CommandContext): Promise<number> {
  const [tag = '', ...names] = context.args
  if (tag.trim() === '') throw fail('usage', 'The tag is empty.')
  const entry = await readSelectors(context, names)
  if (entry === undefined) throw fail('nothing-chosen', 'No machine was named, and no option chooses any.')
  requireAgreementOrTerminal(context)
  return withService(context, async session => {
    const startedAt = session.service.clock.now()
    const machines = await resolveMachines(entry, context, session)
    const plan = planTags(action, tag, machines)
    const sent = new Set(plan.changes.flatMap(change => change.machines)).size
    if (sent > 0) {
      preview(tag, plan, await readTagUses(tag, context, session), context)
      const what = action === 'Add' ? 'Put the tag' : 'Take the tag'
      const where = action === 'Add' ? 'on' : 'off'
      const question = `${what} ${escapeTerminal(tag)} ${where} ${counted(sent, 'machine')}`
      const command = `machines tag ${action.toLowerCase()}`
      await askForAdHoc(command, await questionAt(question, session.service), context, session.service)
    }
    const outcomes = await changeTags(plan, action, context, session)
    const exits = outcomes.some(({ code }) => code === 'unauthorized') ? (['error'] as const) : []
    const title = action === 'Add' ? 'Tag put on' : 'Tag taken off'
    return concludeAdHoc({ title, startedAt, outcomes, exits }, context, session)
  })
}

function tagCommand(action: TagAction, description: string, examples: Command['examples']): Command {
  return {
    description: `${description} Machines are given by id or whole name, or by the selectors of a policy; a name must resolve to one record. Asks first. 500 machines a request; machines that are so already are left alone.`,
    arguments: '<tag> [machines...]',
    options: [
      AUTO_APPROVE_OPTION,
      ...SELECTOR_OPTIONS.map(option =>
        option.name === 'tag'
          ? { ...option, description: 'by whole tag that they have (repeatable)' }
          : option,
      ),
      ...DOCUMENT_OPTIONS,
      ...CONFIGURATION_OPTIONS,
      ...SERVICE_OPTIONS,
    ],
    examples,
    exits: {
      ok: 'every machine is as asked',
      error:
        'usage, a machine that does not resolve, authentication; nothing was sent unless the result says so',
      refused: 'consent is missing; nothing was sent',
      partial: 'the service refused the change for some machines',
      pending: 'for some machines nobody can say; run the same command again',
    },
    run: context => run(action, context),
  }
}

const tagAdd: Command = tagCommand('Add', 'Puts a tag on machines.', [
  { command: 'holdfast machines tag add INC-4211 fin-ws-014.contoso.com', does: 'one machine' },
  {
    command: 'holdfast machines tag add INC-4211 --list finance.txt --auto-approve',
    does: 'a list, unasked',
  },
])

const tagRemove: Command = tagCommand(
  'Remove',
  'Takes a tag off machines, in whatever spelling they have it.',
  [{ command: 'holdfast machines tag remove INC-4211 --tag INC-4211', does: 'all that have it' }],
)

/** `holdfast machines tag`. */
export const machinesTag: CommandGroup = {
  description:
    'Puts a tag on machines, or takes it off. Needs the application permission Machine.ReadWrite.All.',
  subcommands: [
    { name: 'add', summary: 'put a tag on machines', load: () => Promise.resolve(tagAdd) },
    { name: 'remove', summary: 'take a tag off machines', load: () => Promise.resolve(tagRemove) },
  ],
  examples: [...tagAdd.examples, ...tagRemove.examples],
  exits: tagAdd.exits,
}
