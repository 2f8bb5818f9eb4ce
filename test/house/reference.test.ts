import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS_BEGIN, renderCommands } from '../../scripts/commands-page.ts'
import { KEYS_BEGIN, renderKeys } from '../../scripts/keys-page.ts'
import { ROOT, readFilesBelow } from './source-files.ts'

function page(name: string): string {
  return readFileSync(join(ROOT, 'docs', name), 'utf8')
}

function belowMark(text: string, mark: string): string {
  return text.slice(text.indexOf(mark))
}

describe('the reference (`npm run codes` writes it)', () => {
  test('tells of every command what its help tells', async () => {
    expect(belowMark(page('commands.md'), COMMANDS_BEGIN)).toBe(await renderCommands())
  })

  test('tells of every key of a policy and of the configuration what its schema tells', () => {
    expect(belowMark(page('keys.md'), KEYS_BEGIN)).toBe(renderKeys())
  })

  test('names every variable of the environment that is read', () => {
    const read = readFilesBelow('src', '.ts').flatMap(({ text }) =>
      [...text.matchAll(/env\['([A-Z_]+)'\]/g)].map(([, name = '']) => name),
    )
    expect(read.length).toBeGreaterThan(10)
    const text = page('commands.md')
    expect([...new Set(read)].filter(name => !new RegExp(`[\`$]${name}\\b`).test(text))).toStrictEqual([])
  })

  test('has no key without a description', () => {
    expect(renderKeys().match(/\| {2}\|$/gm)).toBeNull()
  })
})
