import type { Contender } from './contenders.ts'
import { medianOf, type Usage } from './measured-process.ts'

/**
 * Runs contenders in turns, so that a busy machine slows all of them alike, and gives the median of each. The first
 * round counts for none: it fills the caches of disk and compiler.
 */
export async function alternate<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
): Promise<Record<Name, Usage>> {
  const names = Object.keys(contenders) as Name[]
  const runs = new Map<Name, Usage[]>(names.map(name => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const usage = await contenders[name]()
      if (round > 0) runs.get(name)?.push(usage)
    }
  }
  return Object.fromEntries(names.map(name => [name, medianOf(runs.get(name) ?? [])])) as Record<Name, Usage>
}
