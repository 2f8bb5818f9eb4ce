import type { Parent } from './entry.ts'
import type { AuditRecord } from './read-record.ts'

/** What verifying found. `broken` ones mean that something is not as it was written; the others only name. */
export interface Finding {
  readonly severity: 'broken' | 'note'
  readonly kind:
    | 'line-altered'
    | 'record-missing'
    | 'record-cut'
    | 'record-twice'
    | 'head-missing'
    | 'fork'
    | 'unfinished'
  /** The file that it is about. */
  readonly file: string
  /** From 1; null where no line is meant. */
  readonly line: number | null
  readonly message: string
}

/** A record that no other follows: remembered elsewhere, its hash proves later that nothing before it was removed. */
export interface ChainHead {
  readonly file: string
  readonly runId: string
  readonly hash: string
}

/** What verifying the records of one tenant says. */
export interface Verification {
  readonly isIntact: boolean
  readonly records: number
  readonly lines: number
  /** Broken ones first, then by file. */
  readonly findings: readonly Finding[]
  readonly heads: readonly ChainHead[]
}

/**
 * Verifies the records of one tenant: each line, and that every record which another follows is there and whole.
 *
 * What cannot be found from the records alone is that the newest was removed as a whole; `expected` can.
 *
 * @param expected - Hashes of lines that have to be there, such as heads that an earlier verification told.
 */
export function verifyChain(records: readonly AuditRecord[], expected: readonly string[] = []): Verification {
  const sorted = [...records].sort((a, b) => (a.file < b.file ? -1 : 1))
  const byRun = Map.groupBy(sorted, ({ head }) => head?.runId)
  const found = [
    ...sorted.flatMap(faultsOf),
    ...sorted.flatMap(record => parentFaults(record, byRun)),
    ...[...byRun].flatMap(([runId, same]) => (runId === undefined ? [] : twice(same))),
    ...missingHeads(sorted, expected),
    ...forks(sorted),
    ...sorted.flatMap(unfinished),
  ]
  const findings = [
    ...found.filter(({ severity }) => severity === 'broken'),
    ...found.filter(({ severity }) => severity === 'note'),
  ]
  return {
    isIntact: findings.every(({ severity }) => severity === 'note'),
    records: sorted.length,
    lines: sorted.reduce((sum, { lines }) => sum + lines.length, 0),
    findings,
    heads: headsOf(sorted),
  }
}

function faultsOf({ file, fault, lines }: AuditRecord): readonly Finding[] {
  if (fault !== null) {
    const message = `Line ${fault.line} is not as it was written: ${fault.reason}.`
    return [{ severity: 'broken', kind: 'line-altered', file, line: fault.line, message }]
  }
  // A file is created with its first line; one without it lost it, or the run died in that very moment.
  return lines.length === 0 ? [note('unfinished', file, 'The record is empty: its run wrote nothing.')] : []
}

type ByRun = ReadonlyMap<string | undefined, readonly AuditRecord[]>

function parentFaults({ file, head }: AuditRecord, byRun: ByRun): readonly Finding[] {
  return (head?.parents ?? []).flatMap(({ runId, hash }): readonly Finding[] => {
    const found = byRun.get(runId)
    if (found === undefined) {
      const message = `The record of run ${runId}, which this one follows, is missing.`
      return [{ severity: 'broken', kind: 'record-missing', file, line: 1, message }]
    }
    return found.flatMap((parent): readonly Finding[] => {
      if (parent.fault !== null || parent.lines.some(line => line.hash === hash)) return []
      const message = `Lines are missing at its end: the record ${file} followed a line that is no longer there.`
      return [
        { severity: 'broken', kind: 'record-cut', file: parent.file, line: parent.lines.length + 1, message },
      ]
    })
  })
}

function twice(same: readonly AuditRecord[]): readonly Finding[] {
  return same.slice(1).map(({ file }) => ({
    severity: 'broken',
    kind: 'record-twice',
    file,
    line: 1,
    message: `It is the record of the same run as ${same[0]?.file}.`,
  }))
}

function missingHeads(records: readonly AuditRecord[], expected: readonly string[]): readonly Finding[] {
  const hashes = new Set(records.flatMap(({ lines }) => lines.map(({ hash }) => hash)))
  return expected
    .filter(hash => !hashes.has(hash))
    .map(hash => ({
      severity: 'broken',
      kind: 'head-missing',
      file: '',
      line: null,
      message: `No record holds the line ${hash}, which was there before.`,
    }))
}

/** Runs that went on at the same time follow the same record, or are first together. */
function forks(records: readonly AuditRecord[]): readonly Finding[] {
  const followers = new Map<string, string[]>()
  for (const { file, head } of records) {
    if (head === null) continue
    for (const runId of head.parents.length === 0 ? [''] : head.parents.map(parentRun)) {
      followers.set(runId, [...(followers.get(runId) ?? []), file])
    }
  }
  return [...followers].flatMap(([runId, files]) => {
    const [first = '', ...others] = files
    if (others.length === 0) return []
    const what = runId === '' ? 'begin a chain' : `follow run ${runId}`
    return [
      note('fork', first, `It and ${others.join(', ')} both ${what}: the runs went on at the same time.`),
    ]
  })
}

function parentRun({ runId }: Parent): string {
  return runId
}

function unfinished({ file, lines, hasEnded, isTorn, fault }: AuditRecord): readonly Finding[] {
  if (fault !== null || hasEnded || lines.length === 0) return []
  const torn = isTorn ? ' Its last line was being written.' : ''
  return [
    note('unfinished', file, `The run did not write how it ended: it runs still, or was killed.${torn}`),
  ]
}

function note(kind: 'fork' | 'unfinished', file: string, message: string): Finding {
  return { severity: 'note', kind, file, line: null, message }
}

function headsOf(records: readonly AuditRecord[]): readonly ChainHead[] {
  const followed = new Set(records.flatMap(({ head }) => (head?.parents ?? []).map(parentRun)))
  return records.flatMap(({ file, head, lines }) => {
    const hash = lines.at(-1)?.hash
    return head === null || hash === undefined || followed.has(head.runId)
      ? []
      : [{ file, runId: head.runId, hash }]
  })
}
