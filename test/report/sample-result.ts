import type { ApplyResult, ChangeOutcome } from '../../src/apply/result.ts'
import { machine } from './sample-plan.ts'

/** How the isolation of machine `number` ended. */
export function outcome(number: number, change: Partial<ChangeOutcome> = {}): ChangeOutcome {
  return {
    address: `${machine(number).id}/isolated`,
    dnsName: `fin-ws-${number}.contoso.com`,
    type: 'Isolate',
    outcome: 'succeeded',
    actionId: 'f00',
    status: 'Succeeded',
    code: null,
    detail: null,
    submittedAt: '2026-11-22T18:04:00Z',
    endedAt: '2026-11-22T18:05:00Z',
    ...change,
  }
}

/** A result of the outcomes, counted. */
export function result(outcomes: readonly ChangeOutcome[], change: Partial<ApplyResult> = {}): ApplyResult {
  const summary: Record<string, number> = {}
  for (const { outcome: word } of outcomes) summary[word] = (summary[word] ?? 0) + 1
  return {
    formatVersion: '1.0',
    planId: `sha256:${'ab'.repeat(32)}`,
    startedAt: '2026-11-22T18:04:00Z',
    finishedAt: '2026-11-22T18:06:00Z',
    exit: { code: 0, name: 'ok' },
    outcomes,
    summary,
    notContained: [],
    chainOpen: [],
    moved: [],
    diagnostics: [],
    ...change,
  }
}
