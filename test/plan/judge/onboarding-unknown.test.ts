import { expect, test } from 'vitest'
import { unknownOnboardingNote } from '../../../src/plan/judge/onboarding-unknown.ts'
import { machine } from '../../support/build-core.ts'

const SILENT = machine({ onboardingStatus: null })

test.each<[string, Parameters<typeof unknownOnboardingNote>, boolean]>([
  ['that only a selector reaches is blocked', [SILENT, false, false], true],
  ['that a policy names is meant', [SILENT, true, false], false],
  ['is released all the same', [SILENT, false, true], false],
  ['with a status is judged by it', [machine(), false, false], false],
])('a machine without onboardingStatus %s', (_rule, input, blocked) => {
  expect(unknownOnboardingNote(...input)?.code).toBe(blocked ? 'onboarding-unknown' : undefined)
})
