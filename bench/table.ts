import type { Usage } from './measured-process.ts'

/** One figure that has a goal. */
export interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: '×' | 'MB' | 's' | 'ms' | 'calls'
  /** The most that it may be; the least where the name says "at least". */
  readonly goal: number
  /** What it was on 2026-11-29, before pages were read as a stream. */
  readonly before?: number
}

/** Prints what each contender took, beside the first of them. */
export function printUsage(title: string, usages: Readonly<Record<string, Usage>>): void {
  const [floor] = Object.values(usages)
  console.log(`\n${title}`)
  console.log('| | wall | CPU | peak memory | wall, × the first | CPU, × the first |')
  console.log('|---|---|---|---|---|---|')
  for (const [name, { wallMs, cpuMs, rssMb }] of Object.entries(usages)) {
    const times = `${(wallMs / (floor?.wallMs ?? 1)).toFixed(2)} | ${(cpuMs / (floor?.cpuMs ?? 1)).toFixed(2)}`
    console.log(
      `| ${name} | ${wallMs.toFixed(0)} ms | ${cpuMs.toFixed(0)} ms | ${rssMb.toFixed(0)} MB | ${times} |`,
    )
  }
}

function written(value: number, unit: Figure['unit']): string {
  return `${value.toFixed(unit === '×' ? 2 : 0)} ${unit}`
}

/** Prints figures with their goals; says whether every goal is reached. */
export function printFigures(figures: readonly Figure[]): boolean {
  console.log('\n| figure | now | goal | before | |')
  console.log('|---|---|---|---|---|')
  let reached = true
  for (const { what, value, unit, goal, before } of figures) {
    const atLeast = what.includes('at least')
    const isReached = atLeast ? value >= goal : value <= goal
    reached &&= isReached
    const was = before === undefined ? '–' : written(before, unit)
    const bound = `${atLeast ? '≥' : '≤'} ${written(goal, unit)}`
    console.log(
      `| ${what} | ${written(value, unit)} | ${bound} | ${was} | ${isReached ? 'reached' : 'MISSED'} |`,
    )
  }
  return reached
}
