import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../src/plan/document/document.ts'
import type { DecidedChange, DraftRequest } from '../../../src/plan/judge/decision.ts'
import {
  compileProtection,
  configurationLimitOf,
  type LimitedChange,
  type Limits,
  limitOf,
  pendingWarning,
} from '../../../src/plan/judge/limits.ts'
import type { Configuration } from '../../../src/schema/configuration.ts'
import { addMs } from '../../../src/schema/instant.ts'
import type { FacetName } from '../../../src/schema/policy.ts'
import { actionId, configuration, entry, machine, machineId, NOW, PLACE } from '../../support/build-core.ts'

const HOUR = 3_600_000

function decided(
  operations: readonly Operation[],
  requests: readonly DraftRequest[],
  over: Partial<DecidedChange> = {},
): DecidedChange {
  return {
    kind: 'change',
    operations,
    requests,
    before: 'none',
    after: 'full',
    reason: 'not-isolated',
    warnings: [],
    waitsForInFlight: false,
    ...over,
  }
}

const isolate: DraftRequest = { type: 'Isolate', body: { IsolationType: 'Full' } }
const unisolate: DraftRequest = { type: 'Unisolate', body: {} }
const cancel: DraftRequest = { type: 'Cancel', actionId: actionId(1) }

const imposing = decided(['impose'], [isolate])
const selecting = decided(['impose'], [{ type: 'Isolate', body: { IsolationType: 'Selective' } }], {
  after: 'selective',
})
const containing = decided(['impose'], [{ type: 'Isolate', body: { IsolationType: 'UnManagedDevice' } }], {
  after: 'unmanaged',
})
const lifting = decided(['lift'], [unisolate], { before: 'full', after: 'none' })
const chaining = decided(['lift', 'impose'], [unisolate, isolate], { before: 'selective' })
const cancelling = decided(['cancel'], [cancel], { before: 'full' })
const scanning = decided(['run'], [{ type: 'RunAntiVirusScan', body: { ScanType: 'Full' } }])

function item(change: DecidedChange, over: Partial<LimitedChange> = {}): LimitedChange {
  const releases = change.after === 'none'
  return { facet: 'isolated', machine: machine(), releases, offboarded: false, change, ...over }
}

const run = (facet: FacetName, over: Partial<LimitedChange> = {}): LimitedChange =>
  item(scanning, { facet, ...over })

function limits(config: Partial<Configuration> = {}, roles: readonly string[] | null = null): Limits {
  const whole = configuration(config)
  return { configuration: whole, protection: compileProtection(whole, NOW), roles }
}

const tagged = (tag: string, allow: readonly FacetName[]) => ({
  match: entry({ fields: { tag: [tag] } }),
  allow,
  place: PLACE,
})

const code = (change: LimitedChange, with_: Limits = limits()): string | undefined =>
  limitOf(change, with_)?.code

test('nothing stands in the way of an Active, Onboarded machine', () => {
  for (const change of [imposing, selecting, lifting, chaining, cancelling])
    expect(code(item(change))).toBeUndefined()
  expect(code(run('scanned'))).toBeUndefined()
})

describe('protected', () => {
  const dc = machine({ machineTags: ['Domain-Controller', 'Tier0'] })
  const config = { protected: [tagged('domain-controller', ['scanned', 'collected'])] }

  test('a protected machine is not held', () => {
    expect(code(item(imposing, { machine: dc }), limits(config))).toBe('protected')
  })

  test('a protected machine can always be released', () => {
    expect(code(item(lifting, { machine: dc }), limits(config))).toBeUndefined()
  })

  test('a chain is no release', () => {
    expect(code(item(chaining, { machine: dc }), limits(config))).toBe('protected')
  })

  test('what is allowed goes through', () => {
    expect(code(run('scanned', { machine: dc }), limits(config))).toBeUndefined()
  })

  test('other machines are not protected', () => {
    expect(code(item(imposing), limits(config))).toBeUndefined()
  })

  test('where several entries match, all have to allow', () => {
    const two = { protected: [...config.protected, tagged('tier0', ['collected'])] }
    expect(code(run('scanned', { machine: dc }), limits(two))).toBe('protected')
    expect(code(run('collected', { machine: dc }), limits(two))).toBeUndefined()
  })

  test('it is named before anything else', () => {
    const change = run('quarantined', { machine: { ...dc, onboardingStatus: 'Unsupported' } })
    expect(code(change, limits(config))).toBe('protected')
  })

  test('its message names the facet and the way out', () => {
    expect(limitOf(item(imposing, { machine: dc }), limits(config))?.message).toMatch(
      /isolated.*except.*allow/,
    )
  })
})

describe('not-allowed', () => {
  test.each(['quarantined', 'liveResponse', 'offboarded'] as const)(
    '%s is off until it is allowed',
    facet => {
      expect(limitOf(run(facet), limits())?.code).toBe('not-allowed')
      expect(limitOf(run(facet), limits())?.message).toContain(`allow: { ${facet}: true }`)
      const allow = { ...configuration().allow, [facet]: true }
      expect(code(run(facet), limits({ allow }))).toBeUndefined()
    },
  )

  test.each(['scanned', 'collected', 'isolated', 'restricted'] as const)('%s needs no leave', facet => {
    expect(code(run(facet))).toBeUndefined()
  })
})

describe('not-onboarded', () => {
  const stranger = machine({ onboardingStatus: 'CanBeOnboarded' })

  test.each<readonly [string, LimitedChange, string | undefined]>([
    [
      'a machine that is not onboarded is not isolated',
      item(imposing, { machine: stranger }),
      'not-onboarded',
    ],
    ['nor scanned', run('scanned', { machine: stranger }), 'not-onboarded'],
    ['it can be contained', item(containing, { machine: stranger }), undefined],
    ['it can be released', item(lifting, { machine: stranger }), undefined],
    ['an onboarded machine is not contained', item(containing), 'not-onboarded'],
    [
      'the word’s case does not matter',
      item(imposing, { machine: machine({ onboardingStatus: 'onboarded' }) }),
      undefined,
    ],
    [
      'an unknown state is left to the service',
      item(imposing, { machine: machine({ onboardingStatus: null }) }),
      undefined,
    ],
    [
      'an unknown state is left to the service, contained or not',
      item(containing, { machine: machine({ onboardingStatus: null }) }),
      undefined,
    ],
    [
      'an offboarded machine is not onboarded whatever its record says',
      item(imposing, { offboarded: true }),
      'not-onboarded',
    ],
    [
      'an offboarded machine is not onboarded although its record says nothing',
      item(imposing, { offboarded: true, machine: machine({ onboardingStatus: null }) }),
      'not-onboarded',
    ],
    ['an offboarded machine can be contained', item(containing, { offboarded: true }), undefined],
  ])('%s', (_rule, change, want) => {
    expect(code(change)).toBe(want)
  })

  test('its message says what the machine is', () => {
    expect(limitOf(item(imposing, { machine: stranger }), limits())?.message).toContain('(CanBeOnboarded)')
    expect(limitOf(item(imposing, { offboarded: true }), limits())?.message).toContain('(it was offboarded)')
    expect(limitOf(item(containing), limits())?.message).toContain('declare `full` or `selective`')
  })
})

describe('unsupported-platform', () => {
  const linux = machine({ osPlatform: 'Ubuntu' })

  test.each<readonly [string, LimitedChange, string | undefined]>([
    ['Linux cannot be isolated selectively', item(selecting, { machine: linux }), 'unsupported-platform'],
    ['Linux can be isolated fully', item(imposing, { machine: linux }), undefined],
    ['Linux can be released', item({ ...selecting, after: 'none' }, { machine: linux }), undefined],
    [
      'a second request counts as well',
      item({ ...chaining, requests: [cancel, unisolate, ...selecting.requests] }, { machine: linux }),
      'unsupported-platform',
    ],
    [
      'a telephone cannot be scanned',
      run('scanned', { machine: machine({ osPlatform: 'iOS' }) }),
      'unsupported-platform',
    ],
    [
      'a platform nobody knows is left to the service',
      run('scanned', { machine: machine({ osPlatform: null }) }),
      undefined,
    ],
    [
      'a cancel asks nothing of the platform',
      item(cancelling, { machine: machine({ osPlatform: 'iOS' }) }),
      undefined,
    ],
  ])('%s', (_rule, change, want) => {
    expect(code(change)).toBe(want)
  })

  test('its message names the platform and what is needed', () => {
    expect(limitOf(item(selecting, { machine: linux }), limits())?.message).toMatch(
      /^Ubuntu cannot do Isolate: .*except/,
    )
  })
})

describe('will-be-forbidden', () => {
  test.each<readonly [string, DecidedChange, readonly string[] | null, string | undefined]>([
    ['roles that nobody can read forbid nothing', imposing, null, undefined],
    ['the permission of the action is enough', imposing, ['Machine.Isolate'], undefined],
    ['another permission is not', imposing, ['Machine.Scan'], 'Machine.Isolate'],
    ['no permission is not', scanning, [], 'Machine.Scan'],
    [
      'every request needs its own',
      decided(['run'], [isolate, ...scanning.requests]),
      ['Machine.Isolate'],
      'Machine.Scan',
    ],
    [
      'of several missing the first is named',
      decided(['run'], [isolate, ...scanning.requests]),
      [],
      'Machine.Isolate;',
    ],
    ['a cancel needs the permission of any action', cancelling, ['Machine.Offboard'], undefined],
    [
      'a cancel is forbidden to who only reads',
      cancelling,
      ['Machine.Read.All'],
      'Machine.Isolate or Machine.RestrictExecution',
    ],
    ['a release is forbidden as well', lifting, ['Machine.Read.All'], 'Machine.Isolate'],
  ])('%s', (_rule, change, roles, missing) => {
    const note = limitOf(item(change), limits({}, roles))
    expect(note?.code).toBe(missing === undefined ? undefined : 'will-be-forbidden')
    if (missing !== undefined) expect(note?.message).toContain(missing)
  })
})

describe('machines that are not Active', () => {
  const health = (healthStatus: string | null) => machine({ healthStatus })

  test.each<readonly [string, LimitedChange, string | undefined]>([
    [
      'a chain needs an Active machine',
      item(chaining, { machine: health('Inactive') }),
      'chain-needs-active',
    ],
    [
      'a chain needs a machine of known health',
      item(chaining, { machine: health(null) }),
      'chain-needs-active',
    ],
    [
      'a chain that cancels first does too',
      item({ ...chaining, operations: ['cancel', 'lift', 'impose'] }, { machine: health('Inactive') }),
      'chain-needs-active',
    ],
    ['a hold is sent all the same', item(imposing, { machine: health('Inactive') }), undefined],
    ['a lift is sent all the same', item(lifting, { machine: health('Inactive') }), undefined],
    [
      'a run waits for an Inactive machine',
      run('scanned', { machine: health('Inactive') }),
      'waiting-for-machine',
    ],
    ['whatever the case of the word', run('scanned', { machine: health('inactive') }), 'waiting-for-machine'],
    [
      'a run does not wait for an impaired one',
      run('scanned', { machine: health('ImpairedCommunication') }),
      undefined,
    ],
    ['nor for one of unknown health', run('scanned', { machine: health(null) }), undefined],
    ['nor for one that is active in another case', item(chaining, { machine: health('active') }), undefined],
  ])('%s', (_rule, change, want) => {
    expect(code(change)).toBe(want)
  })

  test('the message of a chain names the health', () => {
    const say = (word: string | null) => limitOf(item(chaining, { machine: health(word) }), limits())?.message
    expect(say('NoSensorData')).toContain('it is NoSensorData')
    expect(say(null)).toContain('it is of unknown health')
  })
})

describe('will-stay-pending', () => {
  const seen = (ms: number) => machine({ lastSeen: addMs(NOW, -ms) })

  test.each<readonly [string, DecidedChange, LimitedChange['machine'], boolean]>([
    ['an Active machine that reported does not warn', imposing, machine(), false],
    ['a hold on a machine that is not Active warns', imposing, machine({ healthStatus: 'Inactive' }), true],
    ['a lift on a machine that is not Active warns', lifting, machine({ healthStatus: 'Unknown' }), true],
    ['health that nobody knows warns', imposing, machine({ healthStatus: null }), true],
    ['a report 48 h ago does not warn', imposing, seen(48 * HOUR), false],
    ['a report over 48 h ago warns', imposing, seen(48 * HOUR + 1), true],
    ['a machine that never reported is judged by its health', imposing, machine({ lastSeen: null }), false],
    ['a cancel does not wait for the machine', cancelling, machine({ healthStatus: 'Inactive' }), false],
    ['a run does not warn', scanning, seen(72 * HOUR), false],
  ])('%s', (_rule, change, of, warns) => {
    expect(pendingWarning(of, change, NOW)?.code).toBe(warns ? 'will-stay-pending' : undefined)
  })

  test('the warning says why', () => {
    const both = machine({ healthStatus: null, lastSeen: addMs(NOW, -49 * HOUR) })
    expect(pendingWarning(both, imposing, NOW)?.message).toContain(
      'of unknown health and has not reported for 48 h',
    )
    expect(pendingWarning(machine({ healthStatus: 'Inactive' }), imposing, NOW)?.message).toContain(
      'is Inactive;',
    )
  })
})

describe('the configuration as it is at apply', () => {
  const scopeChange = (allowed: boolean): Limits =>
    limits({ allow: { ...configuration().allow, scopeChange: allowed } })

  test('still protects, and still does not allow', () => {
    const config = limits({ protected: [{ match: entry(), allow: [], place: PLACE }] })
    expect(configurationLimitOf(item(imposing), config)?.code).toBe('protected')
    expect(configurationLimitOf(item(lifting), config)).toBeUndefined()
    expect(configurationLimitOf(run('offboarded'), limits())?.code).toBe('not-allowed')
  })

  test('must still allow a change of scope', () => {
    expect(configurationLimitOf(item(chaining), scopeChange(false))?.code).toBe('scope-change')
    expect(configurationLimitOf(item(chaining), scopeChange(false))?.message).toMatch(
      /from selective to full .*allow: { scopeChange: true }/,
    )
    expect(configurationLimitOf(item(chaining), scopeChange(true))).toBeUndefined()
    expect(configurationLimitOf(item(imposing), scopeChange(false))).toBeUndefined()
    expect(configurationLimitOf(item(lifting), scopeChange(false))).toBeUndefined()
  })

  test('says nothing of what only the service and the machine decide', () => {
    const stranger = machine({ id: machineId(2), onboardingStatus: 'Unsupported', osPlatform: 'iOS' })
    expect(configurationLimitOf(item(imposing, { machine: stranger }), limits({}, []))).toBeUndefined()
  })
})
