import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { issueCommand, summaryCommand, variableCommands } from '../../src/pipeline/azure/logging-commands.ts'
import { outputLines } from '../../src/pipeline/github/output-file.ts'
import { annotationCommand } from '../../src/pipeline/github/workflow-commands.ts'
import { hostileText } from '../support/arbitrary-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('workflow commands', 100)

const place = { file: 'x', line: 3, column: 5 }

describe('an annotation for GitHub', () => {
  test.each([
    ['error', '::error'],
    ['warning', '::warning'],
    ['info', '::notice'],
  ] as const)('of severity %s is %s', (severity, command) => {
    const said = annotationCommand({ severity, title: 'code', message: 'text', place }, 'policies/a.yaml')
    expect(said).toBe(`${command} file=policies/a.yaml,line=3,col=5,title=code::text\n`)
  })

  test.each([
    ['100 %: a, b', '100 %25: a, b', '100 %25%3A a%2C b'],
    ['a%0Ab', 'a%250Ab', 'a%250Ab'],
    ['a\r\nb', 'a\\u{d}\\u{a}b', 'a\\u{d}\\u{a}b'],
  ])('writes %j as message %j and as title %j', (text, message, title) => {
    const said = annotationCommand({ severity: 'info', title: text, message: text, place: null }, null)
    expect(said).toBe(`::notice title=${title}::${message}\n`)
  })

  test('shows line ends, and writes colons and commas of a path, so that it stays one property', () => {
    const said = annotationCommand({ severity: 'info', title: 't', message: 'm', place }, 'a,b:c%\r\n.yaml')
    expect(said).toBe('::notice file=a%2Cb%3Ac%25\\u{d}\\u{a}.yaml,line=3,col=5,title=t::m\n')
  })

  test('without a path in the repository has no place', () => {
    expect(annotationCommand({ severity: 'error', title: 't', message: 'm', place }, null)).toBe(
      '::error title=t::m\n',
    )
  })

  test('is one line that begins one command, whatever its texts hold', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (title, message, path) => {
        const said = annotationCommand({ severity: 'error', title, message, place }, path)
        expect(said.match(/[\r\n]/g)).toStrictEqual(['\n'])
        const [, properties = '', ...rest] = said.split('::')
        expect(rest.length).toBeGreaterThan(0)
        expect(said.startsWith(`::${properties}::`)).toBe(true)
        expect(properties.split(',').map(part => part.split('=', 1)[0])).toStrictEqual([
          'error file',
          'line',
          'col',
          'title',
        ])
        expect(said).not.toMatch(/##\[|##vso\[/i)
      }),
      RUNS,
    )
  })
})

describe('an issue for Azure', () => {
  test('has its place and code', () => {
    const said = issueCommand(
      { severity: 'warning', title: 'code', message: 'a; 5 % of b]', place },
      'a;b].yaml',
    )
    expect(said).toBe(
      '##vso[task.logissue type=warning;sourcepath=a%3Bb%5D.yaml;linenumber=3;columnnumber=5;code=code;]code: a; 5 %AZP25 of b]\n',
    )
  })

  test('without a place, and what is merely to be known, a plain line', () => {
    const said = { title: 't', message: 'm', place: null } as const
    expect(issueCommand({ ...said, severity: 'error' }, null)).toBe(
      '##vso[task.logissue type=error;code=t;]t: m\n',
    )
    expect(issueCommand({ ...said, severity: 'info' }, null)).toBe('t: m\n')
  })

  test('is one line with one command, whatever its texts hold', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (title, message, path) => {
        const said = issueCommand({ severity: 'error', title, message, place }, path)
        expect(said.match(/[\r\n]/g)).toStrictEqual(['\n'])
        expect(said.match(/##vso\[|##\[/gi)).toStrictEqual(['##vso['])
        expect(said.indexOf(']')).toBe(said.indexOf(';]') + 1)
      }),
      RUNS,
    )
  })
})

test('the outputs of Azure are read-only variables in camel case, one line each', () => {
  expect(variableCommands({ 'plan-id': 'sha256:a', work: true, verdict: '50 %\ntwo' })).toBe(
    [
      '##vso[task.setvariable variable=planId;isOutput=true;isReadOnly=true]sha256:a\n',
      '##vso[task.setvariable variable=work;isOutput=true;isReadOnly=true]true\n',
      '##vso[task.setvariable variable=verdict;isOutput=true;isReadOnly=true]50 %AZP25 two\n',
    ].join(''),
  )
  expect(summaryCommand('/tmp/a\nb.md')).toBe('##vso[task.uploadsummary]/tmp/a%0Ab.md\n')
})

/** Reads a file of GITHUB_OUTPUT as the runner does. */
function readOutputs(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n')
  const found: Record<string, string> = {}
  for (let at = 0; at < lines.length - 1; ) {
    const [name = '', delimiter = ''] = (lines[at] ?? '').split('<<')
    const end = lines.indexOf(delimiter, at + 1)
    expect(end).toBeGreaterThan(at)
    found[name] = lines.slice(at + 1, end).join('\n')
    at = end + 1
  }
  return found
}

describe('the outputs of GitHub', () => {
  test('are read as they were, also of several lines', () => {
    const outputs = { work: false, changes: 3, verdict: 'a\nb\nholdfast_\nx=y' }
    expect(readOutputs(outputLines(outputs))).toStrictEqual({
      work: 'false',
      changes: '3',
      verdict: outputs.verdict,
    })
  })

  test('have delimiters that differ, and that no value holds', () => {
    const draws = ['a', 'b', 'c']
    expect(outputLines({ one: '1', two: 'holdfast_b' }, () => draws.shift() ?? '')).toBe(
      'one<<holdfast_a\n1\nholdfast_a\ntwo<<holdfast_c\nholdfast_b\nholdfast_c\n',
    )
    expect(outputLines({ one: '1' })).toMatch(/^one<<holdfast_[0-9a-f-]{36}\n/)
  })
})
