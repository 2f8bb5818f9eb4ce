import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plan } from '../src/plan/document/document.ts'
import { type Dataset, writeDataset } from './dataset.ts'
import { CONFIGURATION, POLICIES } from './declaration.ts'
import { planFrom, readBare } from './measured.ts'

/**
 * What a plan costs beyond reading the service's answers: 10,000 declared machines with 100,000 actions, against the
 * bare reading and JSON.parse of the same bytes, and against a tenth of the machines.
 *
 * The runs alternate, so that a busy machine slows all of them alike; medians are compared. Exit code 1 beyond a goal.
 */

const ROUNDS = 15
const ACTIONS_PER_MACHINE = 10
const GOAL_OVER_BARE = 3
const GOAL_TENFOLD = 11

/** Times one run on a heap that earlier runs left no garbage in: each pays for its own collections only. */
function milliseconds(work: () => unknown): number {
  globalThis.gc?.()
  const begin = performance.now()
  work()
  return performance.now() - begin
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function dataset(folder: string, machines: number): Dataset {
  const path = join(folder, String(machines))
  mkdirSync(path)
  return writeDataset(path, machines, ACTIONS_PER_MACHINE)
}

function report(name: string, ratio: number, goal: number): void {
  const verdict = ratio <= goal ? 'ok' : 'BEYOND THE GOAL'
  console.log(`${name}: ${ratio.toFixed(2)} × (goal ≤ ${goal}) ${verdict}`)
  if (ratio > goal) process.exitCode = 1
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
try {
  const large = dataset(folder, 10_000)
  const small = dataset(folder, 1000)
  let plan: Plan = planFrom(large, POLICIES, CONFIGURATION)
  planFrom(small, POLICIES, CONFIGURATION)
  const bare: number[] = []
  const full: number[] = []
  const tenth: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(milliseconds(() => readBare(large)))
    full.push(
      milliseconds(() => {
        plan = planFrom(large, POLICIES, CONFIGURATION)
      }),
    )
    tenth.push(milliseconds(() => planFrom(small, POLICIES, CONFIGURATION)))
  }
  const { summary, observed } = plan
  console.log(`${observed.machines} machines, ${observed.actions} actions; ${JSON.stringify(summary)}`)
  console.log(
    `bare reading and JSON.parse ${median(bare).toFixed(0)} ms, the plan ${median(full).toFixed(0)} ms,`,
  )
  console.log(`a tenth of the machines ${median(tenth).toFixed(0)} ms; medians of ${ROUNDS} alternating runs`)
  report('plan over bare reading', median(full) / median(bare), GOAL_OVER_BARE)
  report('ten times the machines', median(full) / median(tenth), GOAL_TENFOLD)
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
