import { Session } from 'node:inspector/promises'
import type { SizedRead } from './growth-reads.ts'

// Run by node itself, with --expose-gc and a young generation that holds all that one read allocates. It counts what a
// read does, since a clock would measure what else the machine does: blocks of code entered, and bytes allocated.

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
// Only what is compiled from here on counts its blocks.
const { QUADRATIC, READS } = await import('./growth-reads.ts')

/** Blocks entered since this was last asked. */
async function takeBlocks(): Promise<number> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const ranges = result.flatMap(script => script.functions.flatMap(found => found.ranges))
  return ranges.reduce((sum, { count }) => sum + count, 0)
}

async function blocksOf(run: () => unknown): Promise<number> {
  await takeBlocks()
  run()
  return takeBlocks()
}

function bytesOf(run: () => unknown): number {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const kept = run()
  const allocated = process.memoryUsage().heapUsed - before
  return kept === undefined ? 0 : allocated
}

async function growthOf({
  size,
  prepare,
}: SizedRead): Promise<{ readonly blocks: number; readonly bytes: number }> {
  const [small, large] = [prepare(size), prepare(4 * size)]
  // What is loaded or built at the first read is no part of what reading costs.
  small()
  const [fewBlocks, manyBlocks] = [await blocksOf(small), await blocksOf(large)]
  const [fewBytes, manyBytes] = [bytesOf(small), bytesOf(large)]
  // Below ten kilobytes the engine's own bookkeeping is most of it.
  return { blocks: manyBlocks / fewBlocks, bytes: manyBytes / Math.max(10_000, fewBytes) }
}

const growth: Record<string, Awaited<ReturnType<typeof growthOf>>> = {}
for (const [what, read] of Object.entries({ ...READS, ...QUADRATIC })) growth[what] = await growthOf(read)
process.stdout.write(JSON.stringify(growth))
