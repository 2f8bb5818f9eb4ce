import { describe, expect, test } from 'vitest'
import {
  type LibraryFileDocument,
  type LibraryOutcome,
  renderLibrary,
  renderLibraryResult,
} from '../../../src/report/documents/library-document.ts'
import { type PackageDocument, renderPackage } from '../../../src/report/documents/package-document.ts'

const style = { color: false, width: 100 }
const target = { endpoint: 'https://x', tenantId: null }

describe('the library for people', () => {
  const file: LibraryFileDocument = {
    fileName: 'a.ps1',
    sha256: 'a'.repeat(64),
    description: 'Triage',
    createdAt: null,
    updatedAt: '2026-11-20T10:00:00Z',
    createdBy: 'me',
    hasParameters: true,
    parametersDescription: '-Deep',
  }
  const bare: LibraryFileDocument = {
    ...file,
    fileName: 'b\u202e.ps1',
    sha256: null,
    description: null,
    updatedAt: null,
    createdBy: null,
    parametersDescription: null,
  }

  test('has a row per file, escaped, and a count', () => {
    const lines = renderLibrary({ formatVersion: '1.0', target, files: [file, bare] }, style).split('\n')
    expect(lines[1]).toMatch(/^a\.ps1 +a{12} +2026-11-20 10:00Z +me +Triage; -Deep$/)
    expect(lines[2]).toMatch(/^b\\u\{202e\}\.ps1 +- +- +- +-$/)
    expect(lines.slice(3)).toStrictEqual(['', '2 files in the library.', ''])
  })

  test('that is empty is said to be', () => {
    expect(renderLibrary({ formatVersion: '1.0', target, files: [] }, style)).toBe(
      '0 files in the library.\n',
    )
  })
})

test('what became of files is told one by one', () => {
  const outcome = (over: Partial<LibraryOutcome>): LibraryOutcome => ({
    fileName: 'a.ps1',
    sha256: null,
    outcome: 'succeeded',
    change: null,
    code: null,
    detail: null,
    ...over,
  })
  const files = [
    outcome({ change: 'added' }),
    outcome({ outcome: 'unchanged' }),
    outcome({ outcome: 'refused', code: 'library-file-exists', detail: 'There is one.' }),
  ]
  const exit = { code: 5, name: 'partial' } as const
  expect(renderLibraryResult({ formatVersion: '1.0', exit, target, files }, style)).toBe(
    '  a.ps1 added\n  a.ps1 unchanged\n! a.ps1 refused, library-file-exists: There is one.\n',
  )
})

test('a package for people says whose it is, where it went and what it is', () => {
  const document: PackageDocument = {
    formatVersion: '1.0',
    exit: { code: 0, name: 'ok' },
    target,
    machine: { id: 'abc', dnsName: 'a b' },
    actionId: '1',
    collectedAt: '2026-11-20T10:00:00Z',
    submitted: false,
    file: 'x\u001b.zip',
    size: 2_000_000,
    sha256: 'ab',
    breaks: 0,
  }
  expect(renderPackage(document, style)).toBe(
    'Package of "a b", collected 2026-11-20 10:00Z:\n  file    x\\u{1b}.zip\n  size    2.0 MB (2000000 bytes)\n  sha256  ab\n',
  )
  const nameless = renderPackage({ ...document, machine: { id: 'abc', dnsName: null } }, style)
  expect(nameless).toContain('Package of abc,')
})
