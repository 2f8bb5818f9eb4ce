import { expect, test } from 'vitest'
import { markerOf, shortPlanId } from '../../../src/plan/document/marker-of.ts'
import { appendMarker, isOwnMarker, parseMarker } from '../../../src/posture/marker.ts'
import { change } from '../../support/build-plan.ts'

const PLAN_ID = `sha256:0a1b2c3d${'f'.repeat(56)}`
const one = change({ fingerprint: '4e5f6a7b89abcdef' })

test('a marker names the policy, the plan and the change by eight digits', () => {
  expect(markerOf(PLAN_ID, one, undefined)).toStrictEqual({
    policy: 'contain',
    plan: '0a1b2c3d',
    change: '4e5f6a7b',
  })
})

test('the configuration’s name stands before the policy', () => {
  expect(markerOf(PLAN_ID, one, 'soc-emea').policy).toBe('soc-emea/contain')
})

test.each([undefined, 'soc-emea'])('a change without a policy is recognised all the same (%s)', name => {
  const marker = markerOf(PLAN_ID, change({ policy: null, fingerprint: '4e5f6a7b89abcdef' }), name)
  expect(parseMarker(appendMarker('r', marker))).toStrictEqual(marker)
  expect(isOwnMarker(marker, name)).toBe(true)
})

test('a plan id is shortened with and without its prefix', () => {
  expect(shortPlanId(PLAN_ID)).toBe('0a1b2c3d')
  expect(shortPlanId('0a1b2c3dffff')).toBe('0a1b2c3d')
})
