import { describe, expect, test } from 'vitest'
import { codeOf, readFilesBelow } from './source-files.ts'

const sources = readFilesBelow('src', '.ts')
const everything = [
  ...sources,
  ...readFilesBelow('bin', '.js'),
  ...readFilesBelow('scripts', '.ts', '.mjs'),
  ...readFilesBelow('bench', '.ts'),
  ...readFilesBelow('test', '.ts'),
]

function lines(text: string): number {
  return text.split('\n').length - 1
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

/** Spelt in halves, so that this file does not hold what it looks for. */
const PROMISES = [
  'TO' + 'DO',
  'FIX' + 'ME',
  'X' + 'XX',
  'HA' + 'CK',
  'not ' + 'implemented',
  'place' + 'holder',
  'for ' + 'now',
]
const SWITCHES = [
  '@ts-' + 'ignore',
  '@ts-' + 'expect-error',
  '@ts-' + 'nocheck',
  'biome-' + 'ignore',
  'v8 ' + 'ignore',
]
const CASTS = /\bas any\b|: any\b|<any>|\bas unknown as\b/

describe('files', () => {
  test.each(sources.map(({ path, text }) => [path, lines(text)] as const))(
    '%s has at most 400 lines',
    (_path, count) => expect(count).toBeLessThanOrEqual(400),
  )

  test('have at most 90 lines at the median and 250 at the ninth decile', () => {
    const counts = sources.map(({ text }) => lines(text))
    expect(quantile(counts, 0.5)).toBeLessThanOrEqual(90)
    expect(quantile(counts, 0.9)).toBeLessThanOrEqual(250)
  })

  test('are named after the one thing they do', () => {
    const vague = sources.filter(({ path }) => /\b(utils?|helpers?|manager|common|misc)\b/i.test(path))
    expect(vague.map(({ path }) => path)).toStrictEqual([])
  })
})

describe('texts', () => {
  test.each(PROMISES)('nothing promises work: %s', word => {
    expect(everything.filter(({ text }) => text.includes(word)).map(({ path }) => path)).toStrictEqual([])
  })

  test.each(SWITCHES)('no check is switched off: %s', word => {
    expect(sources.filter(({ text }) => text.includes(word)).map(({ path }) => path)).toStrictEqual([])
  })

  test('no type is switched off', () => {
    expect(sources.filter(({ text }) => CASTS.test(codeOf(text))).map(({ path }) => path)).toStrictEqual([])
  })

  test('no test is left out, alone or owed', () => {
    const left = /\b(test|it|describe)\.(skip|only|todo|fails|skipIf|runIf)\b/
    expect(everything.filter(({ text }) => left.test(codeOf(text))).map(({ path }) => path)).toStrictEqual([])
  })

  test('every exported function of the sources says what it does', () => {
    const silent = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/(^|\n)(.*)\nexport (?:async )?function (\w+)/g)]
        .filter(([, , before = '']) => !before.trimEnd().endsWith('*/'))
        .map(([, , , name]) => `${path}: ${name}`),
    )
    expect(silent).toStrictEqual([])
  })
})
