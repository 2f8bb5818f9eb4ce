import { judgeContested } from './judge-contested.ts'
import { judgeDeclared } from './judge-declared.ts'
import { judgeAllowed, judgeProtected, judgeStops, judgeWaves } from './judge-limits.ts'
import { judgeChains, judgeExit, judgeOutcomes, judgeResult } from './judge-result.ts'
import { judgeOnce, judgeOpposites, judgePlanned, judgeRepeats } from './judge-sending.ts'
import { judgeUndo } from './judge-undo.ts'
import type { Chronicle } from './record.ts'
import type { Run } from './world.ts'

/** What must be true of every run, by the words that a violation is told with. */
export const RULES: Readonly<{
  [rule: string]: (run: Run, record: Chronicle) => readonly string[]
}> = {
  'no two opposite actions of ours in flight': (_run, record) => judgeOpposites(record),
  'nothing is asked for twice': (_run, record) => [...judgeOnce(record), ...judgeRepeats(record)],
  'a submission is one that the plan held, on a look at most 60 s old': judgePlanned,
  'nothing outside the selectors': judgeDeclared,
  'nothing contested without reassert': judgeContested,
  'protected machines are untouched': judgeProtected,
  'one-way actions only where allowed': judgeAllowed,
  'nothing is sent past a freeze, a guard or an expiry': judgeStops,
  'no machine is reached before its wave': judgeWaves,
  'an undo touches only what carries its marker and nobody touched since': judgeUndo,
  'every change has exactly one outcome': judgeOutcomes,
  'what the result says is what the history says': judgeResult,
  'a machine that a chain leaves open is told': judgeChains,
  'the exit says what the outcomes say': judgeExit,
}

/** Judges one run by all rules; each sentence is a violation, after the rule that it breaks. */
export function judge(run: Run, record: Chronicle): readonly string[] {
  return Object.entries(RULES).flatMap(([rule, judges]) =>
    judges(run, record).map(what => `${rule}: ${run.id}: ${what}`),
  )
}
