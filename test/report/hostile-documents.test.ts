import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveResponseDocument } from '../../src/report/documents/live-response-document.ts'
import type { RunDocument, StatusDocument } from '../../src/report/documents/status-document.ts'
import type { TestDocument } from '../../src/report/documents/test-document.ts'
import { renderLiveResponse } from '../../src/report/terminal/render-live-response.ts'
import { renderStatus } from '../../src/report/terminal/render-status.ts'
import { renderTests } from '../../src/report/terminal/render-tests.ts'
import { renderVerification } from '../../src/report/terminal/render-verification.ts'
import type { Style } from '../../src/report/terminal/style.ts'
import { hostileText } from '../support/arbitrary-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('hostile documents', 60)

const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const COMMAND = /^\s*::|##\[|##vso\[|##teamcity\[/im
const EXIT = { code: 5, name: 'partial' } as const

function evilRun(text: string): RunDocument {
  return {
    runId: text,
    planId: text,
    owner: text,
    state: 'gone',
    startedAt: text,
    lastEventAt: text,
    exit: { code: 5, name: text },
    counts: { planned: 3, submitted: 2, queued: 1, sending: 0, inFlight: 1, ended: { [text]: 1, failed: 1 } },
    heldUntil: text,
    wave: { number: 1, of: 2, machines: 3, stopped: true },
    items: [{ address: text, dnsName: text, state: text }],
    journal: text,
    resume: text,
  }
}

function evilStatus(text: string): StatusDocument {
  const lease = {
    id: text,
    owner: text,
    planId: text,
    runId: text,
    journal: text,
    created: text,
    renewed: text,
    expires: text,
    state: 'live',
    removed: false,
  } as const
  return {
    formatVersion: '1.0',
    target: { endpoint: text, tenantId: text },
    readAt: text,
    folder: text,
    lease,
    unfinished: [evilRun(text)],
    finished: [evilRun(text)],
    unreadable: [{ journal: text, message: text }],
  }
}

function evilTests(text: string): TestDocument {
  const place = { file: text, line: 1, column: 1 }
  const fields = { address: text, reason: text }
  const differences = [
    { kind: 'different', list: 'changes', fields: ['reason'], place, expected: fields, actual: fields },
    { kind: 'missing', list: 'changes', fields: [], place, expected: fields, actual: null },
  ] as const
  const diagnostics = [{ severity: 'error', code: text, message: text, ...place }] as const
  return {
    formatVersion: '1.0',
    exit: EXIT,
    tests: [{ name: text, ...place, outcome: 'failed', policies: [text], differences, diagnostics }],
    summary: { passed: 0, failed: 1, errors: 0 },
  }
}

function evilLiveResponse(text: string): LiveResponseDocument {
  return {
    formatVersion: '1.0',
    exit: EXIT,
    target: { endpoint: text, tenantId: text },
    machine: { id: text, dnsName: text },
    actionId: text,
    status: text,
    createdAt: text,
    endedAt: text,
    submitted: true,
    commands: [
      {
        index: 0,
        type: text,
        subject: text,
        args: text,
        status: text,
        errors: [text],
        result: { file: text, size: 1, sha256: text },
        script: { exitCode: 1, output: text, errors: text, truncated: true },
        code: text,
        detail: text,
      },
    ],
  }
}

/** Every renderer of these documents, with one text in each place that a tenant, a user or a file fills. */
const RENDERERS: Readonly<{ [name: string]: (text: string, style: Style) => string }> = {
  renderStatus: (text, style) => renderStatus(evilStatus(text), style),
  renderTests: (text, style) => renderTests(evilTests(text), style),
  renderLiveResponse: (text, style) => renderLiveResponse(evilLiveResponse(text), style),
  renderVerification: (text, style) => {
    const finding = { severity: 'broken', kind: 'fork', file: text, line: 1, message: text } as const
    const heads = [{ file: text, runId: text, hash: text }]
    const folder = { folder: text, isIntact: false, records: 1, lines: 1, findings: [finding], heads }
    return renderVerification({ formatVersion: '1.0', exit: EXIT, folders: [folder] }, style)
  },
}

test.each(Object.entries(RENDERERS))(
  '%s writes nothing that a terminal or a CI log acts on',
  (_name, render) => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, width) => {
        const written = render(text, { color: false, width })
        expect(written).not.toMatch(UNSAFE)
        expect(written).not.toMatch(COMMAND)
        expect(written.endsWith('\n')).toBe(true)
      }),
      RUNS,
    )
  },
)
