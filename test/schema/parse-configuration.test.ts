import { describe, expect, test } from 'vitest'
import type { Configuration } from '../../src/schema/configuration.ts'
import { defaultConfiguration, parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { toldAll } from './told.ts'

function parse(text: string): ReturnType<typeof parseConfiguration> {
  return parseConfiguration({ path: 'conf/holdfast.yaml', text })
}

/** The configuration of `version: 1` and further lines, which must have no faults. */
function configurationOf(...lines: readonly string[]): Configuration {
  const { configuration, diagnostics } = parse(['version: 1', ...lines].join('\n'))
  expect(toldAll(diagnostics)).toStrictEqual([])
  if (configuration === undefined) throw new Error('no configuration')
  return configuration
}

describe('the defaults', () => {
  test('are those of the contract', () => {
    expect(defaultConfiguration()).toStrictEqual({
      cloud: 'commercial',
      policies: [],
      guards: { maxMachines: 100, maxLifts: 20, maxLiveResponses: 25, maxRenewals: 100 },
      effects: {
        isolated: {
          lasts: { text: '7d', ms: 604_800_000 },
          extends: false,
          renewWithin: { text: '24h', ms: 86_400_000 },
          longFree: { text: '7d', ms: 604_800_000 },
        },
      },
      protected: [],
      allow: { quarantined: false, liveResponse: false, offboarded: false, scopeChange: false },
      retry: { maxAttempts: 3, within: { text: '24h', ms: 86_400_000 } },
      contested: { within: { text: '24h', ms: 86_400_000 } },
      history: { lookback: { text: '180d', ms: 15_552_000_000 } },
      evidence: {
        read: 'off',
        settle: { text: '2h', ms: 7_200_000 },
        fresh: { text: '24h', ms: 86_400_000 },
        api: 'graph',
      },
      apply: {
        timeout: { text: '30m', ms: 1_800_000 },
        pollInterval: { text: '5s', ms: 5000 },
        lookup: { text: '15s', ms: 15_000 },
        rollout: {},
      },
    })
  })

  test('are all of a configuration that has its version only', () => {
    expect(configurationOf()).toStrictEqual({ file: 'conf/holdfast.yaml', ...defaultConfiguration() })
  })
})

test('a whole configuration is typed with its places', () => {
  expect(
    configurationOf(
      'name: soc-emea',
      'cloud: gcc-high',
      'endpoint: https://eu.api.security.microsoft.com/api/',
      'authority: https://login.microsoftonline.us/',
      'scope: https://api.securitycenter.microsoft.com/.default',
      'tenantId: AAAAAAAA-0000-0000-0000-000000000000',
      'store: https://acct.blob.core.windows.net/holdfast/emea/',
      'policies: [policies/**/*.yaml, extra]',
      'guards: { maxMachines: 50, maxShare: 2.5%, maxLifts: 0, maxLiveResponses: 7, maxRuns: 2000, maxRenewals: 7 }',
      'effects: { isolated: { lasts: 5d, extends: true, renewWithin: 2h, longFree: 3d, renewBefore: 6h } }',
      'protected:',
      '  - match: { tag: domain-controller }',
      '    allow: [scanned, collected, scanned]',
      '  - match: { list: dc.txt }',
      'allow: { quarantined: true, liveResponse: True, offboarded: TRUE, scopeChange: true }',
      'retry: { maxAttempts: 1, within: 1h }',
      'contested: { within: 0s }',
      'history: { lookback: 90d, pagesInFlight: 2 }',
      'evidence: { read: auto, settle: 1h, fresh: 12h, api: defender }',
      'apply: { timeout: 1h, pollInterval: 1s, lookup: 30s, waves: [1, 2.5%, rest], stopWhen: { failed: 3, silent: 20% } }',
    ),
  ).toStrictEqual({
    file: 'conf/holdfast.yaml',
    name: 'soc-emea',
    cloud: 'gcc-high',
    endpoint: 'https://eu.api.security.microsoft.com',
    authority: 'https://login.microsoftonline.us',
    scope: 'https://api.securitycenter.microsoft.com/.default',
    tenantId: 'aaaaaaaa-0000-0000-0000-000000000000',
    store: {
      url: 'https://acct.blob.core.windows.net/holdfast/emea',
      account: 'https://acct.blob.core.windows.net',
      container: 'holdfast',
      prefix: 'emea',
    },
    policies: ['policies/**/*.yaml', 'extra'],
    policyPlaces: [
      { file: 'conf/holdfast.yaml', line: 9, column: 12 },
      { file: 'conf/holdfast.yaml', line: 9, column: 32 },
    ],
    guards: {
      maxMachines: 50,
      maxShare: { text: '2.5%', ratio: 0.025 },
      maxLifts: 0,
      maxLiveResponses: 7,
      maxRuns: 2000,
      maxRenewals: 7,
    },
    effects: {
      isolated: {
        lasts: { text: '5d', ms: 432_000_000 },
        extends: true,
        renewWithin: { text: '2h', ms: 7_200_000 },
        longFree: { text: '3d', ms: 259_200_000 },
        renewBefore: { text: '6h', ms: 21_600_000 },
      },
    },
    protected: [
      {
        match: {
          fields: { tag: ['domain-controller'] },
          all: false,
          missing: 'error',
          place: { file: 'conf/holdfast.yaml', line: 13, column: 5 },
        },
        allow: ['scanned', 'collected'],
        place: { file: 'conf/holdfast.yaml', line: 13, column: 5 },
      },
      {
        match: {
          fields: {},
          list: { path: 'conf/dc.txt', machines: [] },
          all: false,
          missing: 'error',
          place: { file: 'conf/holdfast.yaml', line: 15, column: 5 },
        },
        allow: [],
        place: { file: 'conf/holdfast.yaml', line: 15, column: 5 },
      },
    ],
    allow: { quarantined: true, liveResponse: true, offboarded: true, scopeChange: true },
    retry: { maxAttempts: 1, within: { text: '1h', ms: 3_600_000 } },
    contested: { within: { text: '0s', ms: 0 } },
    history: { lookback: { text: '90d', ms: 7_776_000_000 }, pagesInFlight: 2 },
    evidence: {
      read: 'auto',
      settle: { text: '1h', ms: 3_600_000 },
      fresh: { text: '12h', ms: 43_200_000 },
      api: 'defender',
    },
    apply: {
      timeout: { text: '1h', ms: 3_600_000 },
      pollInterval: { text: '1s', ms: 1000 },
      lookup: { text: '30s', ms: 30_000 },
      rollout: {
        waves: [
          { text: '1', count: 1 },
          { text: '2.5%', ratio: 0.025 },
        ],
        stopWhen: { failed: { text: '3', count: 3 }, silent: { text: '20%', ratio: 0.2 } },
      },
    },
  })
})

describe('what the service keeps an isolation for', () => {
  const effectOf = (text: string) => configurationOf(`effects: { isolated: { ${text} } }`).effects.isolated

  test('`never` and `off` are no durations', () => {
    expect(effectOf('lasts: never, renewBefore: off')).toStrictEqual({
      extends: false,
      renewWithin: { text: '24h', ms: 86_400_000 },
      longFree: { text: '7d', ms: 604_800_000 },
    })
  })

  test('an empty map is the defaults', () => {
    expect(configurationOf('effects: {}').effects).toStrictEqual(defaultConfiguration().effects)
    expect(effectOf('extends: false')).toStrictEqual(defaultConfiguration().effects.isolated)
  })

  test.each([
    ['renewing before the end needs `extends: true`', 'renewBefore: 6h'],
    [
      'an isolation that never ends is not renewed before its end',
      'lasts: never, extends: true, renewBefore: 6h',
    ],
    [
      'renewing as long before the end as it lasts would never stop',
      'lasts: 6h, extends: true, renewBefore: 6h',
    ],
  ])('%s', (_rule, text) => {
    expect(parse(`version: 1\neffects: { isolated: { ${text} } }`).diagnostics).toMatchObject([
      { severity: 'error', code: 'renew-before' },
    ])
  })

  test.each([
    ['lasts: 0d', 'duration-too-short'],
    ['lasts: forever', 'invalid-duration'],
    ['renewBefore: never', 'invalid-duration'],
    ['longFree: never', 'invalid-duration'],
    ['keeps: 7d', 'unknown-key'],
  ])('%s is %s', (text, code) => {
    expect(parse(`version: 1\neffects: { isolated: { ${text} } }`).diagnostics).toMatchObject([{ code }])
  })
})

test('a freeze may let renewals go on', () => {
  const frozen = 'owner: anna, reason: INC-1, until: 2026-11-23'
  expect(configurationOf(`freeze: { ${frozen}, renewals: true }`).freeze).toMatchObject({ renewals: true })
  expect(configurationOf(`freeze: { ${frozen}, renewals: false }`).freeze).not.toHaveProperty('renewals')
})

test('a freeze has an owner, a reason and an end', () => {
  expect(
    configurationOf('freeze: { owner: anna, reason: " INC-1 ", until: 2026-11-23 }').freeze,
  ).toStrictEqual({
    owner: 'anna',
    reason: 'INC-1',
    until: '2026-11-23T00:00:00.0000000Z',
    place: { file: 'conf/holdfast.yaml', line: 2, column: 1 },
  })
})

describe('a part that is given in part keeps the other defaults', () => {
  const defaults = defaultConfiguration()
  test.each(
    Object.entries<readonly [line: string, want: Partial<Configuration>]>({
      guards: [
        'guards: { maxRuns: 5 }',
        { guards: { maxMachines: 100, maxLifts: 20, maxLiveResponses: 25, maxRuns: 5, maxRenewals: 100 } },
      ],
      allow: ['allow: { liveResponse: true }', { allow: { ...defaults.allow, liveResponse: true } }],
      'allow, switched off by hand': ['allow: { offboarded: false }', { allow: defaults.allow }],
      'retry by its number': ['retry: { maxAttempts: 5 }', { retry: { ...defaults.retry, maxAttempts: 5 } }],
      'retry by its time': ['retry: { within: 24h }', { retry: defaults.retry }],
      apply: ['apply: { lookup: 15s }', { apply: defaults.apply }],
      history: ['history: {}', { history: defaults.history }],
      evidence: ['evidence: {}', { evidence: defaults.evidence }],
      contested: ['contested: {}', { contested: defaults.contested }],
      'policies, a single one': ['policies: policies', { policies: ['policies'] }],
    }),
  )('%s', (_part, [line, want]) => expect(configurationOf(line)).toMatchObject(want))
})

describe('is told with its place:', () => {
  test.each(
    Object.entries<readonly [text: string, ...want: string[]]>({
      'an empty file': ['', '1:1 no-document ||'],
      'a second document': ['version: 1\n---\nversion: 1', '3:1 several-documents |version|'],
      'broken YAML': ['version: [', '1:11 yaml-syntax ||'],
      'no version': ['name: a', '1:1 missing-key |name|'],
      'another version': ['version: 2', '1:10 unsupported-version |2|'],
      'a list': ['- version', '1:1 wrong-type |- version|'],
      'a misspelt key': ['version: 1\nguard: {}', '2:1 unknown-key |guard|'],
      'a name with a slash': ['version: 1\nname: soc/emea', '2:7 invalid-name |soc/emea|'],
      'an unknown cloud': ['version: 1\ncloud: gcchigh', '2:8 invalid-value |gcchigh|'],
      'an endpoint without TLS': [
        'version: 1\nendpoint: http://api.contoso.com',
        '2:11 invalid-endpoint |http://api.contoso.com|',
      ],
      'a store without a container': [
        'version: 1\nstore: https://acct.blob.core.windows.net',
        '2:8 invalid-store |https://acct.blob.core.windows.net|',
      ],
      'a store with a SAS, which is shown nowhere': [
        'version: 1\nstore: https://a.net/holdfast?sig=geheim # ours',
        '2:8 secret-in-store |*********************************|',
      ],
      'an authority with a login': [
        'version: 1\nauthority: https://a:b@c.com',
        '2:12 invalid-endpoint |https://a:b@c.com|',
      ],
      'an empty scope': ['version: 1\nscope: ""', '2:8 empty-text |""|'],
      'a tenant by name': [
        'version: 1\ntenantId: contoso.onmicrosoft.com',
        '2:11 invalid-guid |contoso.onmicrosoft.com|',
      ],
      'no policies in the list': ['version: 1\npolicies: []', '2:11 empty-collection |[]|'],
      'policies that are a map': ['version: 1\npolicies: {}', '2:11 wrong-type |{}|'],
      'a limit that is no number': [
        'version: 1\nguards: { maxMachines: many }',
        '2:24 invalid-number |many|',
      ],
      'a limit in hexadecimal': ['version: 1\nguards: { maxLifts: 0x10 }', '2:21 invalid-number |0x10|'],
      'a limit below zero': ['version: 1\nguards: { maxRuns: -1 }', '2:20 invalid-number |-1|'],
      'a limit with nothing behind it': [
        'version: 1\nguards:\n  maxMachines:',
        '3:3 wrong-type |maxMachines|',
      ],
      'a share without percent': ['version: 1\nguards: { maxShare: 10 }', '2:21 invalid-share |10|'],
      'a share of more than everything': [
        'version: 1\nguards: { maxShare: 100.1% }',
        '2:21 invalid-share |100.1%|',
      ],
      'a freeze without an end': [
        'version: 1\nfreeze: { owner: anna, reason: INC-1 }',
        '2:1 missing-key |freeze|',
      ],
      'a freeze until no time': [
        'version: 1\nfreeze: { owner: anna, reason: INC-1, until: tomorrow }',
        '2:46 invalid-time |tomorrow|',
      ],
      'no attempts': ['version: 1\nretry: { maxAttempts: 0 }', '2:23 invalid-number |0|'],
      'protection without machines': [
        'version: 1\nprotected:\n  - allow: [scanned]',
        '3:5 missing-key |allow: [scanned]|',
      ],
      'protection of every machine': [
        'version: 1\nprotected: [{ match: { all: true } }]',
        '2:24 all-outside-machines |all|',
      ],
      'protection of nothing': ['version: 1\nprotected: [{ match: {} }]', '2:15 empty-entry |match|'],
      'protection that allows an unknown facet': [
        'version: 1\nprotected: [{ match: { tag: x }, allow: [scan] }]',
        '2:42 invalid-value |scan|',
      ],
      'a switch that is neither': ['version: 1\nallow: { offboarded: yes }', '2:22 invalid-value |yes|'],
      'an unknown switch': ['version: 1\nallow: { offboard: true }', '2:10 unknown-key |offboard|'],
      'a look-back of less than an hour': [
        'version: 1\nhistory: { lookback: 10m }',
        '2:22 duration-too-short |10m|',
      ],
      'a poll without pause': ['version: 1\napply: { pollInterval: 0s }', '2:24 duration-too-short |0s|'],
      'a time that is no time': ['version: 1\ncontested: { within: never }', '2:22 invalid-duration |never|'],
    }),
  )('%s', (_what, [text, ...want]) => {
    const { configuration, diagnostics } = parse(text)
    expect(toldAll(diagnostics)).toStrictEqual(want)
    expect(configuration).toBeUndefined()
  })
})

describe('the keys that are trusted to sign', () => {
  test.each([
    ['{ lookup: 15s }', undefined],
    ['{ trustedKeys: keys }', ['keys']],
    ['{ trustedKeys: [a.pem, "b c.pem "] }', ['a.pem', 'b c.pem']],
  ])('of %s are %j', (apply, keys) => {
    expect(configurationOf(`apply: ${apply}`).apply.trustedKeys).toStrictEqual(keys)
  })

  test('cannot be none: that would look as if it demanded a signature', () => {
    expect(parse('version: 1\napply: { trustedKeys: [] }').configuration).toBeUndefined()
  })
})

describe('the rollout', () => {
  const rolloutOf = (apply: string) => configurationOf(`apply: ${apply}`).apply.rollout

  test.each(
    Object.entries({
      'only `rest` is one wave': ['{ waves: [rest] }', { waves: [] }],
      'rules without waves leave the waves to the planner': [
        '{ stopWhen: { failed: 1 } }',
        { stopWhen: { failed: { text: '1', count: 1 } } },
      ],
      'rules may come with one wave, where they judge failures': [
        '{ waves: [rest], stopWhen: { failed: 10% } }',
        { waves: [], stopWhen: { failed: { text: '10%', ratio: 0.1 } } },
      ],
      'one rule may stand alone': [
        '{ waves: [1, rest], stopWhen: { silent: 1 } }',
        { waves: [{ text: '1', count: 1 }], stopWhen: { silent: { text: '1', count: 1 } } },
      ],
    } as const),
  )('%s', (_rule, [text, want]) => expect(rolloutOf(text)).toStrictEqual(want))

  test.each(
    Object.entries({
      'waves without an end': ['{ waves: [1, 10%] }', '2:21 rest-not-last |10%|'],
      'waves after all the rest': ['{ waves: [rest, 10%, rest] }', '2:18 rest-not-last |rest|'],
      'no waves': ['{ waves: [] }', '2:17 empty-collection |[]|'],
      'a wave that is no list': ['{ waves: 10% }', '2:17 wrong-type |10%|'],
      'a wave of nobody': ['{ waves: [0, rest] }', '2:18 invalid-amount |0|'],
      'a share of nobody': ['{ waves: [0%, rest] }', '2:18 invalid-amount |0%|'],
      'more than everybody': ['{ waves: [101%, rest] }', '2:18 invalid-amount |101%|'],
      'a wave in words': ['{ waves: [one, rest] }', '2:18 invalid-amount |one|'],
      'a rule that never can be met': ['{ stopWhen: { failed: 0 } }', '2:30 invalid-amount |0|'],
      'a rule that says `rest`': ['{ stopWhen: { failed: rest } }', '2:30 invalid-amount |rest|'],
      'rules without a rule': ['{ stopWhen: {} }', '2:20 empty-collection |{}|'],
      'an unknown rule': ['{ stopWhen: { fail: 1 } }', '2:22 unknown-key |fail|'],
      'silence that nobody looks for': [
        '{ waves: [rest], stopWhen: { silent: 1 } }',
        '2:37 silent-without-waves |silent|',
      ],
    }),
  )('%s is an error', (_what, [text, ...want]) => {
    const { configuration, diagnostics } = parse(`version: 1\napply: ${text}`)
    expect(toldAll(diagnostics)).toStrictEqual(want)
    expect(configuration).toBeUndefined()
  })
})

test('a warning alone leaves the configuration', () => {
  const { configuration, diagnostics } = parse(
    'version: 1\nprotected: [{ match: { tag: x, missing: warn } }]',
  )
  expect(toldAll(diagnostics)).toStrictEqual(['2:32 warning missing-without-name |missing|'])
  expect(configuration?.protected).toHaveLength(1)
})
