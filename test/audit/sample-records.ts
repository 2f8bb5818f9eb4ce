import { type AuditEntry, type Parent, RECORD_FORMAT } from '../../src/audit/entry.ts'
import { type AuditRecord, readRecord } from '../../src/audit/read-record.ts'
import { sealLine } from '../../src/audit/seal-line.ts'

/** A record as text. */
export interface SampleRecord {
  readonly file: string
  readonly runId: string
  readonly text: string
  /** Hash of each line. */
  readonly hashes: readonly string[]
}

export function headEntry(runId: string, parents: readonly Parent[], over: object = {}): AuditEntry {
  return {
    event: 'run',
    at: '2026-11-20T10:00:00Z',
    formatVersion: RECORD_FORMAT,
    runId,
    toolVersion: '1.2.3',
    command: 'apply',
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: 't-1' },
    plan: { planId: 'sha256:1', digest: 'sha256:2', source: { commit: 'abc' } },
    who: {
      user: 'eve',
      host: 'runner-1',
      ci: { provider: 'github-actions', actor: 'eve-gh', run: '42' },
      token: { appId: 'app-1', objectId: 'obj-1' },
    },
    approval: {
      by: ['plan-file', 'auto-approve'],
      expected: null,
      signature: { keyId: 'key-1' },
      overrides: ['maxMachines'],
      reason: 'INC-1',
    },
    parents,
    ...over,
  }
}

export const REQUEST: AuditEntry = {
  event: 'request',
  at: '2026-11-20T10:00:01Z',
  address: 'm-1/isolated',
  machineId: 'm-1',
  type: 'Isolate',
  marker: '[holdfast policy=a plan=00000001 change=00000002]',
}
export const ANSWER: AuditEntry = {
  event: 'answer',
  at: '2026-11-20T10:00:02Z',
  address: 'm-1/isolated',
  kind: 'rejected',
  actionId: null,
  status: null,
  code: 'MachineNotFound',
  http: 404,
  correlation: 'corr-1',
}
export const END: AuditEntry = {
  event: 'end',
  at: '2026-11-20T10:00:03Z',
  exit: { code: 3, name: 'stale' },
  failure: 'plan-tampered',
}

/** Seals entries as one record. */
export function sealRecord(runId: string, entries: readonly AuditEntry[]): SampleRecord {
  const hashes: string[] = []
  let text = ''
  for (const entry of entries) {
    const sealed = sealLine(entry, hashes.length, hashes.at(-1) ?? null)
    hashes.push(sealed.hash)
    text += `${sealed.text}\n`
  }
  return { file: `${runId}.jsonl`, runId, text, hashes }
}

/** A whole record of a run that follows others. */
export function sampleRecord(runId: string, parents: readonly SampleRecord[] = []): SampleRecord {
  const named = parents.map(parent => ({ runId: parent.runId, hash: parent.hashes.at(-1) ?? '' }))
  return sealRecord(runId, [headEntry(runId, named), REQUEST, ANSWER, END])
}

export function read({ file, text }: SampleRecord): AuditRecord {
  return readRecord(file, text)
}
