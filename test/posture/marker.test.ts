import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appendMarker,
  COMMENT_LIMIT,
  configurationOf,
  formatMarker,
  isOwn,
  isOwnMarker,
  ownNames,
  parseMarker,
  policyNamed,
  policyOf,
} from '../../src/posture/marker.ts'
import { action, MARKER, ownComment } from '../support/build-core.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('properties of a marker', 100)

const TEXT = '[holdfast policy=contain plan=0a1b2c3d change=4e5f6a7b]'

test('a marker stands after the reason, at the very end', () => {
  expect(appendMarker('INC-1', MARKER)).toBe(`INC-1 ${TEXT}`)
  expect(formatMarker(MARKER)).toBe(TEXT)
})

describe('only a marker at the very end is one', () => {
  test.each(
    Object.entries({
      'at the end': { comment: `why ${TEXT}`, isMarker: true },
      'after another marker': {
        comment: `[holdfast policy=x plan=00000000 change=00000000] ${TEXT}`,
        isMarker: true,
      },
      'before other text': { comment: `${TEXT} and more`, isMarker: false },
      'before a space': { comment: `why ${TEXT} `, isMarker: false },
      'before a line break': { comment: `why ${TEXT}\n`, isMarker: false },
      'inside brackets that end later': { comment: `(${TEXT}]`, isMarker: false },
      'with digits in upper case': { comment: TEXT.replace('0a1b', '0A1B'), isMarker: false },
      'with a short plan': { comment: TEXT.replace('0a1b2c3d', '0a1b2c3'), isMarker: false },
      'with a name that no policy has': { comment: TEXT.replace('contain', 'Contain!'), isMarker: false },
      'with another bracket alone': { comment: 'see [1]', isMarker: false },
      nowhere: { comment: 'because', isMarker: false },
      'in no comment': { comment: null, isMarker: false },
    }),
  )('%s', (_where, { comment, isMarker }) => {
    expect(parseMarker(comment)).toStrictEqual(isMarker ? MARKER : undefined)
  })
})

test('a comment is one line', () => {
  expect(appendMarker('  two\r\nlines\tand\u2028more ', MARKER)).toBe(`two lines and more ${TEXT}`)
})

test('a comment of exactly the limit is not cut, one more is', () => {
  const room = COMMENT_LIMIT - TEXT.length - 1
  expect(appendMarker('r'.repeat(room), MARKER)).toBe(`${'r'.repeat(room)} ${TEXT}`)
  expect(appendMarker('r'.repeat(room + 1), MARKER)).toBe(`${'r'.repeat(room - 3)}... ${TEXT}`)
})

test('a cut never leaves half of a character', () => {
  const room = COMMENT_LIMIT - TEXT.length - 1
  const comment = appendMarker(`${'r'.repeat(room - 4)}😀😀😀`, MARKER)
  expect(comment).toBe(`${'r'.repeat(room - 4)}... ${TEXT}`)
})

test('a cut leaves whole characters before it alone', () => {
  expect(appendMarker(`😀${'r'.repeat(COMMENT_LIMIT)}`, MARKER)).toMatch(/^😀r+\.\.\. \[/)
})

test('whatever the reason, the comment fits, is one line and gives the marker back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 700 }), reason => {
      const comment = appendMarker(reason, MARKER)
      expect(comment.length).toBeLessThanOrEqual(COMMENT_LIMIT)
      expect(comment).not.toMatch(/[\r\n]/)
      expect(parseMarker(comment)).toStrictEqual(MARKER)
    }),
    RUNS,
  )
})

test('the longest names still fit the marker', () => {
  const policy = `${'n'.repeat(63)}/${'p'.repeat(63)}`
  expect(parseMarker(appendMarker('r'.repeat(600), { ...MARKER, policy }))?.policy).toBe(policy)
})

test.each(
  Object.entries({
    'our marker through the API is ours': { over: { requestorComment: ownComment() }, own: true },
    'our marker through an unknown channel is ours': {
      over: { requestorComment: ownComment(), requestSource: null },
      own: true,
    },
    'our marker through the portal was pasted': {
      over: { requestorComment: ownComment(), requestSource: 'Portal' },
      own: false,
    },
    'no marker is not ours': { over: {}, own: false },
    'no comment is not ours': { over: { requestorComment: null }, own: false },
  }),
)('%s', (_rule, { over, own }) => {
  expect(isOwn(action(over), undefined)).toBe(own)
})

test.each(
  Object.entries({
    'without a name a plain marker is ours': { policy: 'contain', name: undefined, own: true },
    'without a name a named marker is another’s': { policy: 'soc-us/contain', name: undefined, own: false },
    'with a name our own name is ours': { policy: 'soc-us/contain', name: 'soc-us', own: true },
    'with a name another name is not': { policy: 'soc-us-2/contain', name: 'soc-us', own: false },
    'with a name a plain marker is not': { policy: 'soc-us', name: 'soc-us', own: false },
  }),
)('%s', (_rule, { policy, name, own }) => {
  expect(isOwnMarker({ ...MARKER, policy }, name)).toBe(own)
})

describe('the names of a configuration', () => {
  const named = (policy: string) => ({ policy, plan: '0a1b2c3d', change: '4e5f6a7b' })

  test.each<[string, Parameters<typeof ownNames>[0], string, boolean]>([
    ['a marker of the name is ours', { name: 'soc', formerNames: ['west'] }, 'soc/contain', true],
    ['a marker of a former name is ours', { name: 'soc', formerNames: ['west'] }, 'west/contain', true],
    ['a marker without a name is not', { name: 'soc', formerNames: ['west'] }, 'contain', false],
    ['but where the configuration had none', { name: 'soc', formerNames: [''] }, 'contain', true],
    ['a marker of another name is not', { name: 'soc', formerNames: ['', 'west'] }, 'soc-2/contain', false],
    ['a configuration that lost its name claims the old one', { formerNames: ['soc'] }, 'soc/contain', true],
    ['and its own', { formerNames: ['soc'] }, 'contain', true],
    ['with no former names the name alone counts', { name: 'soc' }, 'soc/contain', true],
  ])('%s', (_rule, configuration, policy, own) => {
    expect(isOwnMarker(named(policy), ownNames(configuration))).toBe(own)
  })

  test('stand before the policy', () => {
    expect([configurationOf(named('soc/contain')), policyOf(named('soc/contain'))]).toStrictEqual([
      'soc',
      'contain',
    ])
    expect([configurationOf(named('contain')), policyOf(named('contain'))]).toStrictEqual(['', 'contain'])
    expect([policyNamed(null), policyNamed('by hand')]).toStrictEqual([undefined, undefined])
  })
})
