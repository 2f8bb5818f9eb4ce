import { verifyChain } from '../../audit/verify-chain.ts'
import type { RecordFolder } from '../../local/record/read-records.ts'
import {
  renderVerification,
  type VerificationDocument,
  type VerifiedFolder,
} from '../../report/terminal/render-verification.ts'
import type { Command, CommandContext } from '../command.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'
import { readKnownRecords } from '../service/known-records.ts'

const HASH = /^sha256:[0-9a-f]{64}$/

function readHeads({ flags }: CommandContext): readonly string[] {
  return flags.list('head').map(given => {
    if (HASH.test(given)) return given
    throw fail('usage', `--head ${given}: expected sha256: and 64 hex digits, as an earlier verify told it.`)
  })
}

/** A record that is named alone is held against itself: what it follows is not known. */
function verifyFolder({ folder, records, isAlone }: RecordFolder): VerifiedFolder {
  const known = isAlone
    ? records.map(record => ({
        ...record,
        head: record.head === null ? null : { ...record.head, parents: [] },
      }))
    : records
  return { folder, ...verifyChain(known) }
}

/** A head that an earlier run told may be in any of the folders. */
function missingHeads(
  folders: readonly RecordFolder[],
  heads: readonly string[],
): VerifiedFolder['findings'] {
  return verifyChain(
    folders.flatMap(({ records }) => records),
    heads,
  ).findings.filter(({ kind }) => kind === 'head-missing')
}

async function run(context: CommandContext): Promise<number> {
  const heads = readHeads(context)
  const read = await readKnownRecords(context)
  const missing = missingHeads(read, heads)
  const folders = read
    .map(verifyFolder)
    .map((folder, index) =>
      index > 0 || missing.length === 0
        ? folder
        : { ...folder, isIntact: false, findings: [...missing, ...folder.findings] },
    )
  const name = folders.every(({ isIntact }) => isIntact) ? 'ok' : 'stale'
  const exit = { code: EXIT_CODES[name], name } as const
  const document: VerificationDocument = { formatVersion: '1.0', exit, folders }
  await emitDocument(document, renderVerification, context)
  return exit.code
}

/** `holdfast audit verify`. */
export const auditVerify: Command = {
  description:
    'Reads the records and says whether they are as they were written: names the first line of a record that was altered, records that were cut or removed although a later one follows them, and, which is no fault, runs that went on at the same time and runs that did not end. Without an argument it verifies every target of the state directory, and of the store that the configuration names. It tells the head of each chain: kept elsewhere and given with --head, it proves later that the newest record was not removed either.',
  arguments: '[path]',
  options: [
    {
      name: 'head',
      kind: 'list',
      value: 'HASH',
      description: 'this line has to be there: a head that an earlier verify told (repeatable)',
    },
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
  ],
  examples: [
    { command: 'holdfast audit verify', does: 'every target of this user' },
    { command: 'holdfast audit verify evidence/ --json', does: 'what a pipeline kept' },
  ],
  exits: {
    ok: 'every record is as it was written',
    error: 'there is no record to verify, or it cannot be read',
    stale: 'a record was altered, cut or removed',
  },
  run,
}
