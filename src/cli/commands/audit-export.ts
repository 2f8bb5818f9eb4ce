import { resolve } from 'node:path'
import { type AuditRow, exportRows } from '../../audit/export-rows.ts'
import { verifyChain } from '../../audit/verify-chain.ts'
import { writeCsv, writeJsonLines } from '../../audit/write-rows.ts'
import { writeFileAtomically } from '../../local/atomic-write.ts'
import type { RecordFolder } from '../../local/record/read-records.ts'
import { counted } from '../../report/words/words.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS } from '../options.ts'
import { readTimeOrAge } from '../read-time.ts'
import { readKnownRecords } from '../service/known-records.ts'
import { tellDiagnostics } from '../tell-diagnostics.ts'

/** Tells on stderr what is not as it was written; whoever takes the export for evidence has to know. */
function tellBroken(folders: readonly RecordFolder[], context: CommandContext): boolean {
  const broken = folders
    .filter(({ isAlone }) => !isAlone)
    .flatMap(({ records }) => verifyChain(records).findings)
    .filter(({ severity }) => severity === 'broken')
  const alone = folders
    .filter(({ isAlone }) => isAlone)
    .flatMap(({ records }) => records.filter(({ fault }) => fault !== null))
  const count = broken.length + alone.length
  if (count === 0) return false
  const message = `${counted(count, 'finding')}: records are not as they were written; only lines that are were exported. See \`holdfast audit verify\`.`
  tellDiagnostics([{ severity: 'error', code: 'audit-broken', message }], [], context)
  return true
}

async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const since = readTimeOrAge(flags, 'since', io.clock.now())
  const folders = await readKnownRecords(context)
  const rows: readonly AuditRow[] = folders.flatMap(({ records }) =>
    records.flatMap(record => exportRows(record, since)),
  )
  const text = flags.text('format') === 'csv' ? writeCsv(rows) : writeJsonLines(rows)
  const isBroken = tellBroken(folders, context)
  const out = flags.text('out')
  if (out === undefined) io.stdout.write(text)
  else await writeFileAtomically(resolve(io.cwd, out), text)
  return isBroken ? EXIT_CODES.stale : EXIT_CODES.ok
}

/** `holdfast audit export`. */
export const auditExport: Command = {
  description:
    'Writes the lines of the records, oldest record first, each with its run, tenant, plan and who ran, so that it says everything by itself. In CSV no value can be taken for a formula. Lines that are not as they were written are left out, and then it ends with 3.',
  arguments: '[path]',
  options: [
    {
      name: 'since',
      kind: 'text',
      value: 'TIME',
      description: 'from this time on: how long ago, such as 7d, or a time with an offset',
    },
    {
      name: 'format',
      kind: 'choice',
      value: 'FORMAT',
      choices: ['jsonl', 'csv'],
      description: 'jsonl (JSON lines, the default) or csv',
    },
    { name: 'out', kind: 'text', value: 'FILE', description: 'write into this file instead of stdout' },
    ...CONFIGURATION_OPTIONS,
  ],
  examples: [
    { command: 'holdfast audit export --since 24h', does: 'JSON lines, for a SIEM' },
    { command: 'holdfast audit export --format csv --out audit.csv', does: 'for an auditor' },
  ],
  exits: {
    ok: 'the records were exported',
    error: 'there is no record to export, or it cannot be read or written',
    stale: 'records were altered, cut or removed; the rest was exported',
  },
  run,
}
