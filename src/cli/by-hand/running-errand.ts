import { countOutcomes, type ErrandOutcome, type ErrandResult, exitsOf } from '../../apply/errand.ts'
import type { ExitName } from '../../apply/result.ts'
import type { Machine } from '../../posture/machine.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import { renderErrand } from '../../report/terminal/render-errand.ts'
import { compareText } from '../../report/words/words.ts'
import { formatInstant, type Instant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import { emitDocument } from '../emit-document.ts'
import { nameOfExit, signalExit, worstExit } from '../exit-codes.ts'
import type { Session } from '../service/inventory.ts'
import type { Service } from '../service/service.ts'

/** What an errand ended with. */
export interface ErrandEnd {
  /** First word of the last line. */
  readonly title: string
  readonly startedAt: Instant
  readonly outcomes: readonly ErrandOutcome[]
  /** Exits beside those of the outcomes. */
  readonly exits?: readonly ExitName[]
}

function exitOf({ outcomes, exits = [] }: ErrandEnd, { signal }: CommandContext): ErrandResult['exit'] {
  const code = worstExit([...exits, ...exitsOf(outcomes)])
  return signalExit(signal) ?? { code, name: nameOfExit(code) }
}

/** Writes the result of an errand and gives its exit code. */
export async function concludeErrand(
  end: ErrandEnd,
  context: CommandContext,
  session: Session,
): Promise<number> {
  const { service } = session
  const result: ErrandResult = {
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
  await emitDocument(result, (each, style) => renderErrand(end.title, each, style), context)
  return result.exit.code
}

/** Where a command worked, as documents say it. */
export async function targetOf({ client, endpointName }: Service): Promise<ErrandResult['target']> {
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
