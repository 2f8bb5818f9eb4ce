import { expect, test } from 'vitest'
import { cancelComment } from '../../src/posture/cancel-comment.ts'
import { COMMENT_LIMIT, isOwnMarker, parseMarker } from '../../src/posture/marker.ts'
import { action, ownComment } from '../support/build-core.ts'

test('an own action is cancelled under its policy, by no plan', () => {
  const comment = cancelComment(action({ requestorComment: ownComment() }), 'wrong machine', undefined)
  expect(comment).toBe('wrong machine [holdfast policy=contain plan=00000000 change=00000000]')
  expect(isOwnMarker(parseMarker(comment), undefined)).toBe(true)
})

test('of a named configuration only its own actions are own', () => {
  const other = action({ requestorComment: ownComment({ policy: 'soc/contain' }) })
  expect(cancelComment(other, 'why', undefined)).toBe('why')
  expect(cancelComment(other, 'why', 'soc')).toContain('policy=soc/contain')
})

test("another's action gets the reason alone, in one line and cut to the limit", () => {
  expect(cancelComment(action(), '  a\n b ', undefined)).toBe('a b')
  const long = cancelComment(action(), `${'x'.repeat(COMMENT_LIMIT - 1)}\u{1f600}`, undefined)
  expect(long).toBe('x'.repeat(COMMENT_LIMIT - 1))
  expect(cancelComment(action(), '\u{1f600} whole', undefined)).toBe('\u{1f600} whole')
})
