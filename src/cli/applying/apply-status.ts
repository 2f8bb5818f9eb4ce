import { type FoundRun, type RunFolder, readRuns } from '../../local/journal/run-folder.ts'
import { describeLease, type FoundLease } from '../../local/lease/remove-lease.ts'
import type { TargetState } from '../../local/store/target-state.ts'
import type { RunDocument, StatusDocument } from '../../report/documents/status-document.ts'
import { renderStatus } from '../../report/terminal/render-status.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { OptionSpec } from '../flags.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'
import { withService } from '../service/inventory.ts'
import type { Service } from '../service/service.ts'
import { describeRun } from './run-document.ts'
import { findRunState } from './run-state.ts'

/** How many runs that came to their end are listed. */
const LATELY = 5

/** The runs of the target, and of where which the holder of the lease keeps its journal. */
async function readAllRuns(state: TargetState, lease: FoundLease | null): Promise<RunFolder> {
  const other = lease?.record.purpose?.journal
  const shelves = [state.journals]
  if (other !== undefined && other !== state.place) shelves.push(state.journalsAt(other))
  const read = await Promise.all(shelves.map(readRuns))
  return {
    runs: read.flatMap(({ runs }) => runs),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  }
}

async function readStatus(context: CommandContext, service: Service): Promise<StatusDocument> {
  const { target, state, self, now, lease } = await findRunState(context, service)
  const { runs, unreadable } = await readAllRuns(state, lease)
  const isOpen = (run: FoundRun): boolean => run.isUnfinished && run.isLatest
  const newest = runs.toReversed()
  const describe = (chosen: readonly FoundRun[]): Promise<readonly RunDocument[]> =>
    Promise.all(chosen.map(run => describeRun(run, { self, now, lease })))
  return {
    formatVersion: '1.0',
    target,
    readAt: formatInstant(now),
    folder: state.place,
    lease: lease === null ? null : describeLease(lease),
    unfinished: await describe(newest.filter(isOpen)),
    finished: await describe(newest.filter(run => !isOpen(run)).slice(0, LATELY)),
    unreadable,
  }
}

/** What `--status` goes with: where the state is, and what is printed. */
const GOES_WITH: ReadonlySet<string> = new Set([
  'status',
  'journal',
  ...DOCUMENT_OPTIONS.map(({ name }) => name),
  ...CONFIGURATION_OPTIONS.map(({ name }) => name),
  'endpoint',
])

/** Throws Failure `flags-contradict` for what only planning or applying makes use of. */
function requireStatusFlags({ flags, args }: CommandContext, options: readonly OptionSpec[]): void {
  const useless = options.find(({ name }) => flags.has(name) && !GOES_WITH.has(name))
  const [named] = args
  if (named === undefined && useless === undefined) return
  const what = useless === undefined ? named : `--${useless.name}`
  throw fail('flags-contradict', `--status only shows what runs, and ${what} is for planning or applying.`, {
    wayOut: 'Leave one of the two out; --json gives the document.',
  })
}

/**
 * Shows who applies and how far every run came. Takes no lease, writes nothing, and asks the service for nothing; for
 * a token only where the tenant cannot be known without.
 */
export function showStatus(context: CommandContext, options: readonly OptionSpec[]): Promise<number> {
  requireStatusFlags(context, options)
  return withService(context, async ({ service }) => {
    await emitDocument(await readStatus(context, service), renderStatus, context)
    return EXIT_CODES.ok
  })
}
