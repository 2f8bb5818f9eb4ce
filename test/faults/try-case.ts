import type { ApplyResult } from '../../src/apply/result.ts'
import type { Behaviour } from '../../src/emulator/scenario-types.ts'
import type { FaultRow } from './fault-rows.ts'
import { judgeHistory, judgeResult, type Violation } from './invariants.ts'
import { inProcess, type OpenOutside } from './outside.ts'
import type { Point } from './points.ts'
import { type Rig, type RunEnd, type Strike, startRig } from './rig.ts'

/** One try of one cell. */
export interface Case {
  readonly row: FaultRow
  readonly point: Point
  /** The first request of the point, or line of the journal, that is struck. */
  readonly ordinal: number
  /** Once, or every one from there on. */
  readonly often: 'once' | 'for good'
  readonly side: 'before' | 'after'
  readonly duplicates: NonNullable<Behaviour['duplicates']>
}

/** How a try went. */
export interface Tried {
  /** Whether the fault happened at all. */
  readonly struck: boolean
  /** Exit name of the struck run, `killed`, or `no plan`. */
  readonly end: string
  /** Exit name of the same command given again, where the first did not end well. */
  readonly then: string | null
  /** Exit name of a new plan and its apply, where the second did not end well either. */
  readonly last: string | null
  /** What the struck run said, where it lived to say it. */
  readonly result: ApplyResult | null
  readonly violations: readonly Violation[]
  readonly rig: Rig
}

const RESET = { fault: 'reset-after' } as const

/** Runs one case: plan, apply under the fault, and the same apply again without it. */
export async function tryCase(tested: Case, open: OpenOutside = inProcess): Promise<Tried> {
  const { row, duplicates } = tested
  const scene = row.kind === 'service' ? row.scene : {}
  const rig = await startRig({
    scene: { ...scene, behaviour: { ...scene.behaviour, duplicates } },
    fault: row.kind === 'request' ? row.fault : RESET,
    open,
    ...(row.kind === 'service' && row.tokenOf !== undefined ? { tokenOf: row.tokenOf } : {}),
  })
  const { strike, hasStruck } = strikeOf(tested)
  const first = await rig.plan(strike)
  const isPlanned = first.kind === 'plan' && first.plan.applyable
  const planned = isPlanned ? first : await rig.plan()
  if (planned.kind !== 'plan') throw new Error(`no plan without a fault: ${JSON.stringify(planned)}`)
  const { plan } = planned
  const violations: Violation[] = []
  const judge = (end: RunEnd): string => {
    violations.push(...judgeHistory(rig, plan))
    if (end.kind === 'killed') return 'killed'
    if (end.kind === 'thrown') {
      violations.push({ kind: 'lost', what: `no result: ${String(end.error)}` })
      return 'thrown'
    }
    violations.push(...judgeResult(rig, plan, end.result))
    return end.result.exit.name
  }
  const run = isPlanned ? await rig.apply(plan, 'run-1', strike) : null
  const ended = run === null ? 'no plan' : judge(run)
  if (row.kind === 'kill' && row.after === 'journal torn') await rig.outside.tear()
  if (row.kind === 'kill' && row.after === 'journal lost') await rig.outside.lose()
  const then = ended === 'ok' ? null : judge(await rig.apply(plan, 'run-2'))
  const isDone = ended === 'ok' || then === 'ok'
  const last = isDone ? null : await planAgain(rig, violations)
  const result = run?.kind === 'result' ? run.result : null
  await rig.outside.close()
  return { struck: hasStruck(), end: ended, then, last, result, violations, rig }
}

/** What a plan made after all that comes to. */
async function planAgain(rig: Rig, violations: Violation[]): Promise<string> {
  const planned = await rig.plan()
  if (planned.kind !== 'plan') return 'no plan'
  const end = await rig.apply(planned.plan, 'run-3')
  if (end.kind !== 'result') return end.kind
  violations.push(...judgeResult(rig, planned.plan, end.result))
  return end.result.exit.name
}

/** What a case does to its run. */
export function strikeOf(tested: Case): { readonly strike: Strike; readonly hasStruck: () => boolean } {
  const { row, point, ordinal, often, side } = tested
  let struck = false
  let armed = false
  const isHit = (count: number): boolean => count === ordinal || (often === 'for good' && count > ordinal)
  const hit = <T>(fate: T): T => {
    struck = true
    return fate
  }
  if (row.kind === 'disk') {
    return {
      hasStruck: () => struck,
      strike: {
        onRequest(at, count) {
          if (at === point && count >= ordinal) armed = true
          return 'passes'
        },
        onLine(_entry, line) {
          if (point === 'journal' && line >= ordinal) armed = true
          return armed ? hit(row.fate) : 'written'
        },
        isDiskBroken: () => armed && hit(true),
      },
    }
  }
  if (row.kind === 'kill') {
    const fate = side === 'before' ? 'killed-before' : 'killed-after'
    return {
      hasStruck: () => struck,
      strike: {
        onRequest: (at, count) => (at === point && count === ordinal ? hit(fate) : 'passes'),
        onLine: (_entry, line) => (point === 'journal' && line === ordinal ? hit(fate) : 'written'),
      },
    }
  }
  const at = point === 'journal' ? 'submit' : point
  return {
    hasStruck: () => struck,
    strike: {
      onRequest(where, count) {
        if (where !== at || !isHit(count)) return 'passes'
        armed = point === 'journal'
        return hit('struck')
      },
      onLine: ({ event }) => (armed && event === 'answer' ? 'disk-full' : 'written'),
    },
  }
}
