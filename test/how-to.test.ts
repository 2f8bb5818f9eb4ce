import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { fakeIo } from './cli/fake-io.ts'
import { ROOT, readFilesBelow } from './house/source-files.ts'
import { missingPieces, type Shown, shownIn } from './support/shown-output.ts'

const PAGES = readFilesBelow('docs/how-to', '.md')
const EXAMPLES = readFilesBelow('examples/policies', '.yaml').filter(
  ({ path }) => !path.endsWith('.test.yaml'),
)

/** A block inside a list is indented with it. */
const SHOWN: readonly (readonly [string, Shown])[] = PAGES.flatMap(({ path, text }) =>
  shownIn(text.replace(/^ {2,3}(?=[`$…\w!+>~=.])/gm, '')).map(shown => [path, shown] as const),
)

test.each(SHOWN)('%s shows what its command prints', async (_path, { command, pieces }) => {
  const io = fakeIo({ cwd: join(ROOT, 'examples'), env: { NO_COLOR: '1' } })
  await main(command.replace(/^holdfast /, '').split(' '), io)
  expect(missingPieces(io.stdout.text(), pieces), io.stdout.text()).toStrictEqual([])
})

test('every how-to with a command shows something of what it prints', () => {
  expect(SHOWN.length).toBeGreaterThan(5)
  expect(SHOWN.filter(([, { pieces }]) => pieces.length === 0)).toStrictEqual([])
})

test('every example policy has a how-to', () => {
  const all = PAGES.map(({ text }) => text).join('\n')
  expect(EXAMPLES.map(({ path }) => path).filter(path => !all.includes(path))).toStrictEqual([])
})
