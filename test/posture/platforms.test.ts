import { describe, expect, test } from 'vitest'
import { ACTION_METHODS, type ActionType } from '../../src/posture/methods.ts'
import {
  PLATFORM_ROWS,
  type PlatformFacts,
  platformDoubt,
  platformOf,
  unsupportedReason,
} from '../../src/posture/platforms.ts'

test.each([
  ['Windows10', 'windows-10'],
  ['Windows10WVD', 'windows-10'],
  ['Windows11', 'windows-11'],
  ['WindowsServer2012R2', 'windows-server-older'],
  ['WindowsServer2016', 'windows-server-older'],
  ['WindowsServer2019', 'windows-server'],
  ['WindowsServer2022', 'windows-server'],
  ['WindowsServer2025', 'windows-server'],
  ['WindowsServer2008R2', 'windows-old'],
  ['WindowsServer2012', 'windows-old'],
  ['Windows7', 'windows-old'],
  ['Windows8.1', 'windows-old'],
  ['macOS', 'macos'],
  ['iOS', 'mobile'],
  ['Android', 'mobile'],
  ['Linux', 'linux'],
  ['Ubuntu', 'linux'],
  ['RedHatEnterpriseLinux', 'linux'],
  ['Rocky', 'linux'],
  ['Windows12', 'unknown'],
  ['Toaster', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
])('%s is a %s', (osPlatform, platform) => {
  expect(platformOf(osPlatform)).toBe(platform)
})

test.each([
  'NotWindows10',
  'NotWindows11',
  'NotWindowsServer2016',
  'WindowsServer2016Core',
  'NotWindowsServer2019',
  'WindowsServer2019Core',
  'NotWindows7',
  'WindowsServer2012Core',
  'macOSServer',
  'NotMacOS',
  'NotAndroid',
])('%s only holds a word that is known, and is unknown', osPlatform => {
  expect(platformOf(osPlatform)).toBe('unknown')
})

/** What is blocked on Windows, Linux, macOS, a telephone, an old Windows and a platform that nobody knows. */
const BLOCKED: readonly (readonly [ActionType, string | null, string])[] = [
  ['Isolate', 'Full', 'yes yes yes no yes yes'],
  ['Isolate', 'Selective', 'yes no yes no yes yes'],
  ['Isolate', 'UnManagedDevice', 'yes yes yes yes yes yes'],
  ['Unisolate', null, 'yes yes yes yes yes yes'],
  ['RestrictCodeExecution', null, 'yes no no no yes yes'],
  ['UnrestrictCodeExecution', null, 'yes yes yes yes yes yes'],
  ['RunAntiVirusScan', null, 'yes yes yes no yes yes'],
  ['CollectInvestigationPackage', null, 'yes yes yes no yes yes'],
  ['StopAndQuarantineFile', null, 'yes no no no yes yes'],
  ['LiveResponse', null, 'yes yes yes no yes yes'],
  ['Offboard', null, 'yes yes yes no yes yes'],
]

describe('which platform can do what', () => {
  test.each(BLOCKED)('%s %s: %s', (type, scope, want) => {
    const platforms = ['Windows10', 'Linux', 'macOS', 'Android', 'Windows7', 'Toaster']
    const can = platforms.map(platform =>
      unsupportedReason(type, scope, platform) === undefined ? 'yes' : 'no',
    )
    expect(can.join(' ')).toBe(want)
  })

  test('every action that is no lift has its row, each scope of an isolation its own', () => {
    const rows = PLATFORM_ROWS.map(({ type }) => type)
    const types = ACTION_METHODS.filter(({ effect }) => effect !== 'lift').map(({ type }) => type)
    expect([...new Set(rows)].sort()).toStrictEqual([...types].sort())
    expect(PLATFORM_ROWS.flatMap(({ scope }) => scope ?? [])).toStrictEqual([
      'Full',
      'Selective',
      'UnManagedDevice',
    ])
  })

  test('every row says what is needed, and where that is written', () => {
    for (const { reason, sources } of PLATFORM_ROWS) {
      expect(reason).toContain('needs')
      expect(sources.length).toBeGreaterThan(0)
    }
  })
})

const NOTHING: PlatformFacts = { osPlatform: null, version: null, osBuild: null, agentVersion: null }

/** What is warned of, and what the warning names. */
const DOUBTS: Readonly<
  Record<string, readonly [ActionType, string | null, Partial<PlatformFacts>, string | undefined]>
> = {
  'a build that is too old': [
    'RunAntiVirusScan',
    null,
    { osPlatform: 'Windows10', osBuild: 15_063 },
    'needs version 1709 or later, and the machine reports build 15063',
  ],
  'the build that is asked for is enough': [
    'RunAntiVirusScan',
    null,
    { osPlatform: 'Windows10', osBuild: 16_299 },
    undefined,
  ],
  'the build counts before the version': [
    'RunAntiVirusScan',
    null,
    { osPlatform: 'Windows10', osBuild: 19_045, version: '1607' },
    undefined,
  ],
  'without a build the version counts': [
    'Isolate',
    'Full',
    { osPlatform: 'Windows10', version: '1607' },
    'needs version 1703 or later, and the machine reports version 1607',
  ],
  'the version that is asked for is enough': [
    'Isolate',
    'Full',
    { osPlatform: 'Windows10', version: '1703' },
    undefined,
  ],
  'selective isolation asks for more than full': [
    'Isolate',
    'Selective',
    { osPlatform: 'Windows10', version: '1703' },
    'version 1709',
  ],
  'versions since 20H2 are new enough': [
    'Isolate',
    'Selective',
    { osPlatform: 'Windows10', version: '21H2' },
    undefined,
  ],
  'a client that is too old': [
    'Isolate',
    'Full',
    { osPlatform: 'macOS', agentVersion: '101.97.94' },
    'client 101.97.94',
  ],
  'a client of the same start that is too old': [
    'Isolate',
    'Full',
    { osPlatform: 'macOS', agentVersion: '101.98' },
    'client 101.98',
  ],
  'a client counts where a build says nothing': [
    'Isolate',
    'Full',
    { osPlatform: 'macOS', osBuild: 22_621, version: '1300', agentVersion: '101.97.94' },
    'client 101.97.94',
  ],
  'a client as it is asked for': [
    'Isolate',
    'Full',
    { osPlatform: 'macOS', agentVersion: '101.98.84' },
    undefined,
  ],
  'a client of the newer numbering': [
    'RunAntiVirusScan',
    null,
    { osPlatform: 'Linux', agentVersion: '101.24092.2.0' },
    undefined,
  ],
  'live response asks for a minimum of its own': [
    'LiveResponse',
    null,
    { osPlatform: 'Linux', agentVersion: '101.44.1' },
    'needs client 101.45.13',
  ],
  'a live response on macOS asks for a minimum of its own': [
    'LiveResponse',
    null,
    { osPlatform: 'macOS', agentVersion: '101.43.83' },
    'needs client 101.43.84',
  ],
  'a version that is none': [
    'LiveResponse',
    null,
    { osPlatform: 'Linux', agentVersion: 'unknown' },
    undefined,
  ],
  'a version that begins like none': [
    'LiveResponse',
    null,
    { osPlatform: 'Linux', agentVersion: '-1.0' },
    undefined,
  ],
  'a version that ends like none': [
    'LiveResponse',
    null,
    { osPlatform: 'Linux', agentVersion: '100.1-beta' },
    undefined,
  ],
  'a release that begins like none': [
    'Isolate',
    'Full',
    { osPlatform: 'Windows10', version: '-1607' },
    undefined,
  ],
  'a release that ends like none': [
    'Isolate',
    'Full',
    { osPlatform: 'Windows10', version: '1607.1' },
    undefined,
  ],
  'nothing known of the version': ['Isolate', 'Full', { osPlatform: 'Windows10' }, undefined],
  'nothing known of the client': ['Isolate', 'Full', { osPlatform: 'macOS' }, undefined],
  'a platform that the documents do not name': [
    'RestrictCodeExecution',
    null,
    { osPlatform: 'WindowsServer2016' },
    'the documents of RestrictCodeExecution do not name WindowsServer2016',
  ],
  'an agent that no record tells': ['LiveResponse', null, { osPlatform: 'WindowsServer2016' }, undefined],
  'what is blocked is not doubted': ['Isolate', 'Selective', { osPlatform: 'Linux' }, undefined],
  'a platform that nobody knows': ['Isolate', 'Full', { osPlatform: 'Toaster' }, undefined],
  'an action without a row': ['Unisolate', null, { osPlatform: 'Windows7' }, undefined],
}

test.each(Object.entries(DOUBTS))('%s', (_rule, [type, scope, facts, want]) => {
  const doubt = platformDoubt(type, scope, { ...NOTHING, ...facts })
  if (want === undefined) expect(doubt).toBeUndefined()
  else expect(doubt).toContain(want)
})
