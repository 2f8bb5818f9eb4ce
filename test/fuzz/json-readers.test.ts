import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { submissionsOf, tracesOf } from '../../src/apply/read-journal.ts'
import { summarizeRuns } from '../../src/apply/run-summary.ts'
import { exportRows } from '../../src/audit/export-rows.ts'
import { readRecord as readAuditRecord } from '../../src/audit/read-record.ts'
import { verifyChain } from '../../src/audit/verify-chain.ts'
import { writeCsv, writeJsonLines } from '../../src/audit/write-rows.ts'
import { DefenderError } from '../../src/defender/defender-error.ts'
import { readServiceError } from '../../src/defender/service-error.ts'
import { readAction } from '../../src/defender/wire-action.ts'
import { readLibraryFile } from '../../src/defender/wire-library.ts'
import { readEntity, readList } from '../../src/defender/wire-list.ts'
import { readMachine } from '../../src/defender/wire-machine.ts'
import { readReports } from '../../src/defender/wire-report.ts'
import { readScriptResult } from '../../src/defender/wire-script-result.ts'
import { Failure } from '../../src/local/failure.ts'
import { parseJournal } from '../../src/local/journal/open-journal.ts'
import { readRecord } from '../../src/local/lease/lease-record.ts'
import { sha256 } from '../../src/plan/document/digest.ts'
import { readPlan, sealPlan } from '../../src/plan/document/plan-file.ts'
import { headEntry } from '../audit/sample-records.ts'
import { wireAction, wireMachine } from '../defender/rows.ts'
import { at } from '../support/build-core.ts'
import { change, plan } from '../support/build-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { anyBytes, hostileJson, isPolluted, mutatedJson } from './nasty.ts'

const RUNS = seededRuns('readers of JSON', 120)

const SINCE = at('2026-11-22T17:00:00Z')
const ENTRIES = [
  {
    event: 'intent',
    at: '2026-11-22T18:00:00Z',
    runId: 'r',
    planId: 'p',
    intent: 0,
    address: 'a/isolated',
    request: 0,
    path: 'isolate',
  },
  {
    event: 'answer',
    at: '2026-11-22T18:00:01Z',
    runId: 'r',
    planId: 'p',
    intent: 0,
    address: 'a/isolated',
    request: 0,
    kind: 'accepted',
    actionId: 'x',
  },
]
const REPORTS = {
  results: [
    {
      DeviceId: 'a',
      Timestamp: '2026-11-22T18:00:00Z',
      MitigationStatus: '{"Isolated":"true"}',
      RestrictedDeviceSecurityOperations: 'LiveResponse',
    },
  ],
}
const SCRIPT = { script_name: 'a.ps1', exit_code: 0, script_output: 'ok', script_errors: '' }

/** Every reader of JSON: a document that it takes, and what it may throw; nothing where none is named. */
const READERS: Readonly<{
  [what: string]: {
    readonly right: unknown
    readonly read: (text: string) => unknown
    readonly throws?: new (...given: never[]) => Error
  }
}> = {
  'a plan file': { right: sealPlan(plan([change()])), read: readPlan },
  'a journal': {
    right: ENTRIES[1],
    throws: Failure,
    read: line => {
      const entries = parseJournal('j', `${JSON.stringify(ENTRIES[0])}\n${line.replaceAll('\n', ' ')}\n`)
      return [tracesOf(entries, { planId: 'p' }), submissionsOf(entries, SINCE), summarizeRuns(entries)]
    },
  },
  'a record, sealed as whoever can write to it would': {
    right: headEntry('r', []),
    read: text => {
      const body = text.replace(/\}$/, ',"seq":0,"prev":null}')
      const hash = `sha256:${sha256(body)}`
      const record = readAuditRecord('r.jsonl', `${body.replace(/\}$/, '')},"hash":"${hash}"}\n`)
      return [verifyChain([record]), writeCsv(exportRows(record)), writeJsonLines(exportRows(record))]
    },
  },
  'a list of machines': {
    right: { value: [wireMachine(1)] },
    throws: DefenderError,
    read: text => readList(parsed(text), readMachine),
  },
  'a list of actions': {
    right: { value: [wireAction(1)] },
    throws: DefenderError,
    read: text => readList(parsed(text), readAction),
  },
  'one action': {
    right: wireAction(1),
    throws: DefenderError,
    read: text => readEntity(parsed(text), readAction),
  },
  'the library': {
    right: { value: [{ fileName: 'a.ps1', sha256: 'AB', hasParameters: true }] },
    throws: DefenderError,
    read: text => readList(parsed(text), readLibraryFile),
  },
  'the answer of a hunting query': {
    right: REPORTS,
    throws: DefenderError,
    read: text => readReports(parsed(text)),
  },
  'an error of the service': {
    right: { error: { code: 'BadRequest', message: 'no' } },
    read: body => readServiceError({ status: 400, headers: {}, body }),
  },
  'the result of a script': { right: SCRIPT, read: readScriptResult },
}

/** The client hands over what JSON.parse took. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

describe.each(Object.entries(READERS))('%s', (_what, { right, read, throws }) => {
  test('is read where it is right', () => {
    expect(() => read(JSON.stringify(right))).not.toThrow()
  })

  test('is read or refused whatever it holds, and in no other way than is documented', () => {
    const texts = fc.oneof(
      anyBytes,
      hostileJson.map(value => JSON.stringify(value) ?? ''),
      mutatedJson(right).map(value => JSON.stringify(value) ?? ''),
    )
    fc.assert(
      fc.property(texts, text => {
        try {
          read(text)
        } catch (error) {
          if (throws === undefined || !(error instanceof throws)) throw error
        }
        expect(isPolluted()).toBe(false)
      }),
      RUNS,
    )
  })

  test('is refused where it nests without end', () => {
    for (const text of [
      '['.repeat(200_000),
      `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
      `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    ]) {
      try {
        read(text)
      } catch (error) {
        expect(error).toBeInstanceOf(throws ?? Function)
      }
    }
  })
})

describe('a lease file', () => {
  const right = {
    owner: { host: 'h', bootId: 'b', namespace: null, pid: 1, startTime: null },
    token: 't',
    acquiredAt: '2026-11-22T18:00:00.0000000Z',
    renewedAt: '2026-11-22T18:00:00.0000000Z',
    released: false,
  }

  test('is read, or counts as none, whatever it holds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'lease-0000000001.json')
    const texts = fc.oneof(
      anyBytes,
      fc.constantFrom('null', '[]', '0', '"x"', '{"owner":null}'),
      mutatedJson(right).map(value => JSON.stringify(value) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(texts, async text => {
        await writeFile(path, text)
        const record = await readRecord(path)
        if (record === undefined) return
        expect(typeof record.owner.host).toBe('string')
        expect([typeof record.owner.pid, typeof record.token, typeof record.released]).toStrictEqual([
          'number',
          'string',
          'boolean',
        ])
      }),
      { ...RUNS, numRuns: Math.min(RUNS.numRuns, 2000) },
    )
  })
})
