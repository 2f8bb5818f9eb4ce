import { type AdHocOutcome, type AdHocResult, countOutcomes } from '../../apply/ad-hoc.ts'
import { exitsOf } from '../../apply/outcomes.ts'
import type { ExitName } from '../../apply/result.ts'
import type { Machine } from '../../posture/machine.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { renderAdHoc } from '../../report/terminal/render-ad-hoc.ts'
import { compareText } from '../../report/words/words.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import { emitDocument } from '../emit-document.ts'
import { nameOfExit, signalExit, worstExit } from '../exit-codes.ts'
import type { Session } from '../service/inventory.ts'
import type { Service } from '../service/service.ts'

/** How actions without a plan ended. */
export interface AdHocEnd {
  /** First word of the last line. */
  readonly title: string
  readonly startedAt: Instant
  readonly outcomes: readonly AdHocOutcome[]
  /** Exits beside those of the outcomes. */
  readonly exits?: readonly ExitName[]
}

function exitOf({ outcomes, exits = [] }: AdHocEnd, { signal }: CommandContext): AdHocResult['exit'] {
  const code = worstExit([...exits, ...exitsOf(outcomes.map(({ outcome }) => outcome))])
  return signalExit(signal) ?? { code, name: nameOfExit(code) }
}

/** Writes the result of actions without a plan and gives its exit code. */
export async function concludeAdHoc(
  end: AdHocEnd,
  context: CommandContext,
  session: Session,
): Promise<number> {
  const { service } = session
  const result: AdHocResult = {
    formatVersion: '1.0',
    target: await targetOf(service),
    startedAt: formatInstant(end.startedAt),
    finishedAt: formatInstant(service.clock.now()),
    exit: exitOf(end, context),
    outcomes: [...end.outcomes].sort(
      (a, b) => compareText(a.machineId, b.machineId) || compareText(a.actionId ?? '', b.actionId ?? ''),
    ),
    summary: countOutcomes(end.outcomes),
  }
  for (const { detail: _told, ...outcome } of result.outcomes) service.audit.addOutcome(outcome)
  await emitDocument(result, (each, style) => renderAdHoc(end.title, each, style), context)
  return result.exit.code
}

/** Where a command worked, as documents say it. */
export async function targetOf({ client, endpointName }: Service): Promise<AdHocResult['target']> {
  return { endpoint: endpointName, tenantId: (await client.identify()).tenantId }
}

/** The last lines of a question: what is done, and where. Escaped. */
export async function questionAt(what: string, service: Service): Promise<string> {
  const { endpoint, tenantId } = await targetOf(service)
  return `\n${what} in tenant ${escapeTerminal(tenantId ?? '(unknown)')} at ${escapeTerminal(endpoint)}?`
}

/** The names of machines by id; ids that have no record, or a record without a name, are absent. */
export async function namesOfMachines(
  { client }: Service,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(ids)].sort()
  if (unique.length === 0) return new Map()
  const machines = await client.listMachines({ kind: 'named', ids: unique, dnsNames: [] }, signal)
  return new Map(
    machines
      .filter((machine): machine is Machine & { computerDnsName: string } => machine.computerDnsName !== null)
      .map(({ id, computerDnsName }) => [id, computerDnsName]),
  )
}
