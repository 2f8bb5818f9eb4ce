import { expect, test } from 'vitest'
import type { Finding } from '../../../src/audit/verify-chain.ts'
import { renderVerification, type VerifiedFolder } from '../../../src/report/terminal/render-verification.ts'

const STYLE = { color: false, width: 90 } as const
const EXIT = { code: 0, name: 'ok' } as const

const intact: VerifiedFolder = {
  folder: '/state/t-1/audit',
  isIntact: true,
  records: 2,
  lines: 9,
  findings: [],
  heads: [{ file: 'b.jsonl', runId: 'b', hash: 'sha256:12' }],
}

function finding(over: Partial<Finding> = {}): Finding {
  return {
    severity: 'note',
    kind: 'unfinished',
    file: 'b.jsonl',
    line: null,
    message: 'It did not end.',
    ...over,
  }
}

function render(...folders: readonly VerifiedFolder[]): string {
  return renderVerification({ formatVersion: '1.0', exit: EXIT, folders }, STYLE)
}

test('what is intact is said to be, with the head to keep', () => {
  expect(render(intact)).toBe(
    '/state/t-1/audit\n  2 records, 9 lines.\n  head sha256:12\n\nIntact: 2 records as written.\n',
  )
})

test('what is broken stands first, with its place, and is the verdict', () => {
  const broken = finding({
    severity: 'broken',
    kind: 'line-altered',
    file: 'a.jsonl',
    line: 3,
    message: 'Altered.',
  })
  const folder = { ...intact, isIntact: false, findings: [finding(), broken] }
  expect(render(intact, folder)).toContain(
    '! a.jsonl:3 Altered.\n. b.jsonl It did not end.\n  head sha256:12\n\nBROKEN: in 1 of 2 folders something is not as it was written.\n',
  )
})

test('a finding without a file is told all the same', () => {
  const folder = { ...intact, isIntact: false, findings: [finding({ severity: 'broken', file: '' })] }
  expect(render(folder)).toContain('! It did not end.\n')
})

test('of many notes the first are listed and the rest is counted', () => {
  const text = render({ ...intact, findings: Array.from({ length: 23 }, () => finding()) })
  expect(text.match(/It did not end/g)).toHaveLength(20)
  expect(text).toContain('. and 3 more notes; --json lists all\n')
})

test('names of files cannot drive the terminal', () => {
  const text = render({ ...intact, folder: '/a\u001b[2Jb', findings: [finding({ message: 'x\u202ey' })] })
  expect(text).not.toMatch(/[\u001b\u202e]/)
})
