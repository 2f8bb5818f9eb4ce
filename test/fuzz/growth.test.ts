import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { QUADRATIC, READS } from './growth-reads.ts'

const FLAGS = ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512']

/** How much more is done for four times as much: 4 where reading is linear, 16 where it is quadratic. */
const GROWTH: Readonly<Record<string, { readonly blocks: number; readonly bytes: number }>> = JSON.parse(
  execFileSync(process.execPath, [...FLAGS, new URL('count-work.ts', import.meta.url).pathname], {
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  }),
)
const MOST = 6

test.each(Object.keys(READS))('%s: four times as much takes no more than six times the work', what => {
  expect(GROWTH[what]?.blocks).toBeLessThan(MOST)
  expect(GROWTH[what]?.bytes).toBeLessThan(MOST)
})

test.each(Object.keys(QUADRATIC))('%s would be seen', what => {
  const { blocks = 0, bytes = 0 } = GROWTH[what] ?? {}
  expect(Math.max(blocks, bytes)).toBeGreaterThan(2 * MOST)
})
