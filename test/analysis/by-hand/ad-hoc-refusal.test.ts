import { describe, expect, test } from 'vitest'
import { adHocRefusal } from '../../../src/analysis/by-hand/ad-hoc-refusal.ts'
import type { Machine } from '../../../src/posture/machine.ts'
import type { Configuration } from '../../../src/schema/configuration.ts'
import { addMs } from '../../../src/schema/instant.ts'
import type { FacetName } from '../../../src/schema/policy.ts'
import { configuration, entry, machine, NOW, PLACE } from '../../support/build-core.ts'

function protecting(...allow: readonly FacetName[]): Configuration {
  const match = entry({ fields: { tag: ['dc'] } })
  return configuration({ protected: [{ match, allow, place: PLACE }] })
}

const FROZEN = configuration({
  freeze: { owner: 'Anna', reason: 'INC-1', until: addMs(NOW, 60_000), place: PLACE },
})

const dc = machine({ machineTags: ['dc'] })

describe('what is asked by hand', () => {
  test.each<[string, Machine, Configuration, string | undefined]>([
    ['may be sent where nothing stands in the way', machine(), configuration(), undefined],
    ['needs no `allow`, which is for policies', machine(), configuration(), undefined],
    ['waits for the end of a freeze', machine(), FROZEN, 'frozen'],
    ['is kept off a protected machine', dc, protecting('scanned'), 'protected'],
    [
      'goes to a protected machine whose protection allows the facet',
      dc,
      protecting('liveResponse'),
      undefined,
    ],
    ['goes to a machine that is not the protected one', machine(), protecting(), undefined],
    [
      'needs an onboarded machine',
      machine({ onboardingStatus: 'CanBeOnboarded' }),
      configuration(),
      'not-onboarded',
    ],
    [
      'is left to the service where onboarding is not known',
      machine({ onboardingStatus: null }),
      configuration(),
      undefined,
    ],
    [
      'needs a platform that can do it',
      machine({ osPlatform: 'Android' }),
      configuration(),
      'unsupported-platform',
    ],
    [
      'is left to the service where the platform is not known',
      machine({ osPlatform: null }),
      configuration(),
      undefined,
    ],
  ])('%s', (_rule, on, by, want) => {
    expect(adHocRefusal({ type: 'LiveResponse', machine: on }, by, NOW)?.code).toBe(want)
  })

  test.each([
    ['a freeze, by whom and why', machine(), FROZEN, /Anna.*INC-1/],
    [
      'the state of the machine',
      machine({ onboardingStatus: 'CanBeOnboarded' }),
      configuration(),
      /^the machine is CanBeOnboarded, and only onboarded ones take a LiveResponse\.$/,
    ],
    [
      'the platform',
      machine({ osPlatform: 'Android' }),
      configuration(),
      /^the machine runs Android; live response needs Windows, Linux or macOS\.$/,
    ],
  ])('is told %s', (_what, on, by, message) => {
    expect(adHocRefusal({ type: 'LiveResponse', machine: on }, by, NOW)?.message).toMatch(message)
  })

  test('is told with a way out', () => {
    const note = adHocRefusal({ type: 'CollectInvestigationPackage', machine: dc }, protecting(), NOW)
    expect(note?.message).toContain('add collected to `allow` of its `protected` entry')
  })
})
