import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CODES_BEGIN, listCodes, renderCodes } from '../../scripts/error-codes.ts'
import { codeOf, ROOT, readFilesBelow } from './source-files.ts'

const document = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')
const codes = listCodes()
const sources = readFilesBelow('src', '.ts').map(file => ({ ...file, text: codeOf(file.text) }))

/** Codes as they are written where an error is made: `code: 'x'` or `code('x'`. */
function usedCodes(): readonly { readonly code: string; readonly path: string }[] {
  return sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\bcode: '([a-z0-9-]+)'/g)].map(([, code = '']) => ({ code, path })),
  )
}

describe('codes', () => {
  test('have one heading each in docs/errors.md, and no heading is left over', () => {
    const headings = [...document.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toStrictEqual(codes.map(({ code }) => code))
  })

  test('are told in docs/errors.md with the words of their registry (`npm run codes` writes them)', () => {
    expect(document.slice(document.indexOf(CODES_BEGIN))).toBe(renderCodes())
  })

  test('are words in kebab case with a meaning and a way out in whole sentences', () => {
    const odd = codes.filter(
      ({ code, text }) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code) || !/^([A-Z`0-9]|--|git )/.test(text) || !text.endsWith('.'),
    )
    expect(odd).toStrictEqual([])
  })

  test('that the sources give are all registered', () => {
    const known = new Set(codes.map(({ code }) => code))
    expect(usedCodes().filter(({ code }) => !known.has(code))).toStrictEqual([])
  })

  test('that are registered are all given somewhere', () => {
    const text = sources
      .filter(({ path }) => !path.endsWith('codes.ts'))
      .map(file => file.text)
      .join('\n')
    expect(codes.map(({ code }) => code).filter(code => !text.includes(`'${code}'`))).toStrictEqual([])
  })
})
