import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/schema/diagnostic.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { type PolicyParts, policyText } from './policy-text.ts'
import { toldAll } from './told.ts'

const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function parse(text: string): {
  readonly policies: readonly Policy[]
  readonly diagnostics: readonly Diagnostic[]
} {
  return parsePolicyFile({ path: 'policies/a.yaml', text })
}

/** The one policy of a text that must have no faults. */
function policyOf(parts: PolicyParts): Policy {
  const { policies, diagnostics } = parse(policyText(parts))
  expect(toldAll(diagnostics)).toStrictEqual([])
  const [policy] = policies
  if (policy === undefined) throw new Error('no policy')
  return policy
}

function place(
  line: number,
  column: number,
): { readonly file: string; readonly line: number; readonly column: number } {
  return { file: 'policies/a.yaml', line, column }
}

const FULL = `# yaml-language-server: $schema=policy.schema.json
version: 1
policy: contain-finance
reason: INC-4211 ransomware on finance workstations   # becomes the action comment
owner: soc-tier2@contoso.com
ticket: 4211
machines:
  - id: 1E5BC9D7E413DDD7902C2932E418702B84D0CC07
  - dnsName: FIN-ws-014.contoso.com
    missing: warn
  - tag: INC-4211
    osPlatform: [Windows10, Windows11]
    lastSeenWithin: 30d
  - list: lists/finance.txt
except:
  - tag: domain-controller
state:
  isolated: full
  restricted: true
  scanned: { scan: full, since: 2026-11-20T00:00:00Z }
  collected: { within: 7d }
  quarantined: [ { sha1: ${SHA1.toUpperCase()} } ]
  liveResponse:
    - name: triage
      since: 2026-11-20
      within: 12h
      commands:
        - { type: PutFile, file: tool.exe }
        - { type: RunScript, script: triage.ps1, args: "-Deep" }
        - { type: RunScript, script: more.ps1 }
        - { type: GetFile, path: 'C:\\temp\\triage.zip' }
expires: 2026-12-01T06:00:00+02:00
onExpiry: report
liftAfter: [scanned, scanned]
reassert: True
`

describe('a whole policy', () => {
  test('is typed with the place of every part', () => {
    const { policies, diagnostics } = parse(FULL.replace('isolated: full', 'isolated: false'))
    expect(toldAll(diagnostics)).toStrictEqual([])
    const entry = { fields: {}, all: false, missing: 'error' }
    expect(policies).toStrictEqual([
      {
        name: 'contain-finance',
        reason: 'INC-4211 ransomware on finance workstations',
        owner: 'soc-tier2@contoso.com',
        ticket: '4211',
        machines: [
          { ...entry, fields: { id: ['1e5bc9d7e413ddd7902c2932e418702b84d0cc07'] }, place: place(8, 5) },
          { ...entry, fields: { dnsName: ['fin-ws-014.contoso.com'] }, missing: 'warn', place: place(9, 5) },
          {
            ...entry,
            fields: { tag: ['INC-4211'], osPlatform: ['Windows10', 'Windows11'] },
            lastSeenWithin: { text: '30d', ms: 2_592_000_000 },
            place: place(11, 5),
          },
          { ...entry, list: { path: 'policies/lists/finance.txt', machines: [] }, place: place(14, 5) },
        ],
        except: [{ ...entry, fields: { tag: ['domain-controller'] }, place: place(16, 5) }],
        state: {
          isolated: { value: 'none', place: place(18, 3) },
          restricted: { value: 'restricted', place: place(19, 3) },
          scanned: { value: { scan: 'full', since: '2026-11-20T00:00:00.0000000Z' }, place: place(20, 3) },
          collected: { value: { within: { text: '7d', ms: 604_800_000 } }, place: place(21, 3) },
          quarantined: [{ sha1: SHA1, place: place(22, 18) }],
          liveResponse: [
            {
              name: 'triage',
              since: '2026-11-20T00:00:00.0000000Z',
              within: { text: '12h', ms: 43_200_000 },
              commands: [
                { type: 'PutFile', file: 'tool.exe' },
                { type: 'RunScript', script: 'triage.ps1', args: '-Deep' },
                { type: 'RunScript', script: 'more.ps1' },
                { type: 'GetFile', path: 'C:\\temp\\triage.zip' },
              ],
              place: place(24, 7),
            },
          ],
        },
        expires: '2026-12-01T04:00:00.0000000Z',
        onExpiry: 'report',
        liftAfter: ['scanned'],
        reassert: true,
        place: place(3, 1),
      },
    ])
  })

  test('of the fewest keys has the defaults', () => {
    expect(policyOf({})).toStrictEqual({
      name: 'p',
      reason: 'INC-1',
      machines: [{ fields: { tag: ['x'] }, all: false, missing: 'error', place: place(4, 12) }],
      except: [],
      state: { isolated: { value: 'full', place: place(5, 10) } },
      onExpiry: 'lift',
      liftAfter: [],
      reassert: false,
      place: place(2, 1),
    })
  })

  test('is the same with CRLF and a byte order mark', () => {
    expect(parse(`\ufeff${FULL.replaceAll('\n', '\r\n')}`)).toStrictEqual(parse(FULL))
  })

  test('is the same whether its texts are quoted or not', () => {
    const quoted = policyText({
      version: 'version: "1"',
      state: 'state: { isolated: "full" }',
      more: 'reassert: "false"',
    })
    expect(parse(quoted)).toStrictEqual(parse(policyText({})))
  })
})

describe('several documents', () => {
  test('are several policies, empty ones are skipped', () => {
    const text = `---\n${policyText()}\n---\n# nothing\n---\n${policyText({ policy: 'policy: q' })}\n---\n`
    expect(parse(text).policies.map(({ name }) => name)).toStrictEqual(['p', 'q'])
    expect(parse(text).diagnostics).toStrictEqual([])
  })

  test('are read although one of them is wrong', () => {
    const text = [
      policyText(),
      policyText({ policy: 'policy: B' }),
      'a: [',
      policyText({ policy: 'policy: q' }),
    ].join('\n---\n')
    const { policies, diagnostics } = parse(text)
    expect(policies.map(({ name }) => name)).toStrictEqual(['p', 'q'])
    expect(toldAll(diagnostics)).toStrictEqual(['8:9 invalid-name |B|', '14:1 yaml-syntax |-|'])
  })

  test.each(['', '\n', '# nothing', '---\n---\n'])('that are all empty are an error: %j', text =>
    expect(parse(text).diagnostics).toMatchObject([
      { code: 'no-document', severity: 'error', place: { line: 1, column: 1 }, length: 1 },
    ]),
  )
})

describe('selectors', () => {
  test('stay as they are typed, but for ids and names, which are lower case', () => {
    const fields =
      'id: [ABCDEF12, 12E03, abcdef12], dnsName: PC-1, tag: [Red, red], osPlatform: macOS, healthStatus: Active, riskScore: [Low, High], exposureLevel: High, deviceValue: Normal, rbacGroupName: "Finance, all", onboardingStatus: Onboarded, aadDeviceId: 80FE8FF8-2624-418E-9591-41F0491218F9'
    expect(policyOf({ machines: `machines: [{ ${fields} }]` }).machines[0]?.fields).toStrictEqual({
      id: ['abcdef12', '12e03'],
      dnsName: ['pc-1'],
      tag: ['Red', 'red'],
      osPlatform: ['macOS'],
      healthStatus: ['Active'],
      riskScore: ['Low', 'High'],
      exposureLevel: ['High'],
      deviceValue: ['Normal'],
      rbacGroupName: ['Finance, all'],
      onboardingStatus: ['Onboarded'],
      aadDeviceId: ['80fe8ff8-2624-418e-9591-41f0491218f9'],
    })
  })

  test('can be every machine', () => {
    expect(policyOf({ machines: 'machines: [{ all: true }]' }).machines).toMatchObject([
      { all: true, fields: {} },
    ])
  })

  test.each([
    ['lists/a.txt', 'policies/lists/a.txt'],
    ['../lists/a.txt', 'lists/a.txt'],
    ['./a.txt', 'policies/a.txt'],
    ['/srv//lists/a.txt', '/srv/lists/a.txt'],
    ['C:/lists/a.txt', 'C:/lists/a.txt'],
  ])('find the list %s beside the policy: %s', (list, path) =>
    expect(policyOf({ machines: `machines: [{ list: ${list} }]` }).machines[0]?.list).toStrictEqual({
      path,
      machines: [],
    }),
  )

  test('find a list beside a policy in the working directory', () => {
    const { policies } = parsePolicyFile({
      path: 'a.yaml',
      text: policyText({ machines: 'machines: [{ list: l.txt }]' }),
    })
    expect(policies[0]?.machines[0]?.list?.path).toBe('l.txt')
  })
})

describe('facets', () => {
  test.each([
    ['isolated: full', 'full'],
    ['isolated: true', 'full'],
    ['isolated: TRUE', 'full'],
    ['isolated: selective', 'selective'],
    ['isolated: unmanaged', 'unmanaged'],
    ['isolated: false', 'none'],
    ['isolated: False', 'none'],
  ])('%s is the level %s', (typed, value) =>
    expect(policyOf({ state: `state: { ${typed} }` }).state.isolated?.value).toBe(value),
  )

  test.each([
    ['true', 'restricted'],
    ['True', 'restricted'],
    ['FALSE', 'none'],
  ])('restricted: %s is %s', (typed, value) =>
    expect(policyOf({ state: `state: { restricted: ${typed} }` }).state.restricted?.value).toBe(value),
  )

  test('a scan is quick unless it says otherwise', () => {
    expect(policyOf({ state: 'state: { scanned: { within: 1h } }' }).state).toStrictEqual({
      scanned: { value: { scan: 'quick', within: { text: '1h', ms: 3_600_000 } }, place: place(5, 10) },
    })
  })

  test('offboarded takes entries that are ids', () => {
    const { state } = policyOf({
      machines: 'machines: [{ id: [a1, b2] }, { id: c3, missing: warn }]',
      state: 'state: { offboarded: true }',
    })
    expect(state.offboarded).toStrictEqual({ value: true, place: place(5, 10) })
  })

  test('a facet that is not declared is not there', () => {
    expect(Object.keys(policyOf({ state: 'state: { restricted: false }' }).state)).toStrictEqual([
      'restricted',
    ])
  })
})

describe('a lift waits', () => {
  test.each(
    Object.entries<PolicyParts>({
      'of a declared release': { state: 'state: { isolated: false, scanned: { within: 1d } }' },
      'of a lifted restriction': { state: 'state: { restricted: false, scanned: { within: 1d } }' },
      'of the expiry': {
        state: 'state: { isolated: full, scanned: { within: 1d } }',
        more: 'expires: 2026-12-01',
      },
    }),
  )('%s', (_what, parts) => {
    const more = `liftAfter: [scanned]\n${parts.more ?? ''}`
    expect(policyOf({ ...parts, more }).liftAfter).toStrictEqual(['scanned'])
  })
})

test('a reason in a block loses its line end', () => {
  expect(policyOf({ reason: 'reason: |\n  INC-1 it spreads\n' }).reason).toBe('INC-1 it spreads')
})

// every row: what is typed, and place, code and underlined text of what is said about it
describe('is told with its place:', () => {
  test.each(
    Object.entries<readonly [parts: PolicyParts, ...want: string[]]>({
      'another version': [{ version: 'version: 2' }, '1:10 unsupported-version |2|'],
      'a version that is no text': [{ version: 'version: [1]' }, '1:10 wrong-type |[1]|'],
      'no version': [{ version: '' }, '1:1 missing-key |policy|'],
      'no policy name': [{ policy: '' }, '1:1 missing-key |version|'],
      'no reason': [{ reason: '' }, '1:1 missing-key |version|'],
      'no machines': [{ machines: '' }, '1:1 missing-key |version|'],
      'no state': [{ state: '' }, '1:1 missing-key |version|'],
      'a misspelt key, and not that it is missing': [
        { machines: 'machnies: [{ tag: x }]' },
        '4:1 unknown-key |machnies|',
      ],
      'an unknown key': [{ more: 'colour: red' }, '6:1 unknown-key |colour|'],
      'a key of prototypes': [
        { more: '__proto__: 1\nconstructor: 1' },
        '6:1 unknown-key |__proto__|',
        '7:1 unknown-key |constructor|',
      ],
      'a merge key': [{ more: '<<: { owner: x }' }, '6:1 unknown-key |<<|'],
      'a name with capitals': [{ policy: 'policy: Contain' }, '2:9 invalid-name |Contain|'],
      'a name that is too long': [
        { policy: `policy: ${'a'.repeat(64)}` },
        `2:9 invalid-name |${'a'.repeat(64)}|`,
      ],
      'an empty name': [{ policy: 'policy: ""' }, '2:9 invalid-name |""|'],
      'a key without value': [{ reason: 'reason:' }, '3:1 wrong-type |reason|'],
      'an empty reason': [{ reason: 'reason: " "' }, '3:9 empty-text |" "|'],
      'a reason of several lines': [{ reason: 'reason: "a\\nb"' }, '3:9 control-character |"a\\nb"|'],
      'a reason with a control character': [
        { reason: 'reason: "a\\e[31mb"' },
        '3:9 control-character |"a\\e[31mb"|',
      ],
      'a map where a text belongs': [{ more: 'owner: { mail: x }' }, '6:8 wrong-type |{ mail: x }|'],
      'a map where a list belongs': [{ machines: 'machines: { tag: x }' }, '4:11 wrong-type |{ tag: x }|'],
      'a text where a map belongs': [{ state: 'state: isolated' }, '5:8 wrong-type |isolated|'],
      'a text where an entry belongs': [{ machines: 'machines: [pc-1]' }, '4:12 wrong-type |pc-1|'],
      'no machines in the list': [{ machines: 'machines: []' }, '4:11 empty-collection |[]|'],
      'no exceptions in the list': [{ more: 'except: []' }, '6:9 empty-collection |[]|'],
      'nothing in the state': [{ state: 'state: {}' }, '5:8 empty-collection |{}|'],
      'an empty entry': [{ machines: 'machines: [{}]' }, '4:12 empty-entry |{}|'],
      'an entry that only says what to do if it is missing': [
        { machines: 'machines:\n  - missing: warn' },
        '5:5 empty-entry |missing: warn|',
      ],
      'an empty list of texts': [{ machines: 'machines: [{ tag: [] }]' }, '4:19 empty-collection |[]|'],
      'nothing in a list of texts': [
        { machines: 'machines:\n  - tag:\n      - a\n      -\n' },
        '7:8 wrong-type ||',
      ],
      'a list in a list of texts': [{ machines: 'machines: [{ tag: [[a]] }]' }, '4:20 wrong-type |[a]|'],
      'a misspelt selector': [
        { machines: 'machines: [{ hostname: a, dnsname: b }]' },
        '4:14 unknown-key |hostname|',
        '4:27 unknown-key |dnsname|',
      ],
      'an id that is a name': [{ machines: 'machines: [{ id: pc-1 }]' }, '4:18 invalid-machine-id |pc-1|'],
      'an id in a list that is a name': [
        { machines: 'machines: [{ id: [a1, pc-1] }]' },
        '4:23 invalid-machine-id |pc-1|',
      ],
      'a name with a wildcard': [
        { machines: 'machines: [{ dnsName: "fin-*" }]' },
        '4:23 invalid-machine-name |"fin-*"|',
      ],
      'two names in one text': [
        { machines: 'machines: [{ dnsName: [a, "b, c"] }]' },
        '4:27 invalid-machine-name |"b, c"|',
      ],
      'a device id that is no GUID': [
        { machines: 'machines: [{ aadDeviceId: 1234 }]' },
        '4:27 invalid-guid |1234|',
      ],
      'a device id in a list that is no GUID': [
        { machines: 'machines: [{ aadDeviceId: [1234] }]' },
        '4:28 invalid-guid |1234|',
      ],
      'a time without unit': [{ machines: 'machines: [{ lastSeenWithin: 7 }]' }, '4:30 invalid-duration |7|'],
      'no time at all': [{ machines: 'machines: [{ lastSeenWithin: 0d }]' }, '4:30 duration-too-short |0d|'],
      'every machine, and a tag': [
        { machines: 'machines: [{ all: true, tag: x }]' },
        '4:12 all-not-alone |{ all: true, tag: x }|',
      ],
      'every machine, and what to do if it is missing': [
        { machines: 'machines: [{ all: true, missing: warn }]' },
        '4:12 all-not-alone |{ all: true, missing: warn }|',
      ],
      'not every machine': [{ machines: 'machines: [{ all: false }]' }, '4:19 invalid-value |false|'],
      'every machine as an exception': [
        { more: 'except: [{ all: true }]' },
        '6:12 all-outside-machines |all|',
      ],
      'every machine as an exception, misspelt': [
        { more: 'except: [{ all: yes }]' },
        '6:12 all-outside-machines |all|',
      ],
      'an exception that is no map': [{ more: 'except: [x]' }, '6:10 wrong-type |x|'],
      'an unknown reaction to a missing machine': [
        { machines: 'machines: [{ id: a1, missing: warning }]' },
        '4:31 invalid-value |warning|',
      ],
      'a facet that is misspelt': [{ state: 'state: { isolate: full }' }, '5:10 unknown-key |isolate|'],
      'an unknown level': [{ state: 'state: { isolated: fulll }' }, '5:20 invalid-value |fulll|'],
      'a level in other capitals': [{ state: 'state: { isolated: Full }' }, '5:20 invalid-value |Full|'],
      'a level that is a list': [{ state: 'state: { isolated: [full] }' }, '5:20 wrong-type |[full]|'],
      'a switch that is another language': [
        { state: 'state: { restricted: yes }' },
        '5:22 invalid-value |yes|',
      ],
      'a run without a time': [{ state: 'state: { collected: {} }' }, '5:10 missing-key |collected|'],
      'a scan without a time': [
        { state: 'state: { scanned: { scan: full } }' },
        '5:10 missing-key |scanned|',
      ],
      'a run with a misspelt time, and not that it is missing': [
        { state: 'state: { collected: { sicne: 2026-11-20 } }' },
        '5:23 unknown-key |sicne|',
      ],
      'a run that is a text': [{ state: 'state: { scanned: true }' }, '5:19 wrong-type |true|'],
      'an unknown scan': [
        { state: 'state: { scanned: { scan: fast, since: 2026-11-20 } }' },
        '5:27 invalid-value |fast|',
      ],
      'a time without offset': [
        { state: 'state: { collected: { since: 2026-11-20T10:00 } }' },
        '5:30 time-without-offset |2026-11-20T10:00|',
      ],
      'a date that does not exist': [
        { state: 'state: { collected: { since: 2026-02-30 } }' },
        '5:30 no-such-time |2026-02-30|',
      ],
      'a time that is none': [
        { state: 'state: { collected: { since: yesterday } }' },
        '5:30 invalid-time |yesterday|',
      ],
      'a freshness of less than an hour': [
        { state: 'state: { collected: { within: 59m } }' },
        '5:31 duration-too-short |59m|',
      ],
      'no files to quarantine': [{ state: 'state: { quarantined: [] }' }, '5:23 empty-collection |[]|'],
      'a file without hash': [{ state: 'state: { quarantined: [{}] }' }, '5:24 missing-key |{}|'],
      'a hash of another kind': [
        { state: `state: { quarantined: [{ sha1: ${SHA1}00 }] }` },
        `5:32 invalid-sha1 |${SHA1}00|`,
      ],
      'a file that stands twice': [
        { state: `state: { quarantined: [{ sha1: ${SHA1} }, { sha1: ${SHA1.toUpperCase()} }] }` },
        `5:84 duplicate-file |${SHA1.toUpperCase()}|`,
      ],
      'a session without name, time and commands': [
        { state: 'state: { liveResponse: [{ }] }' },
        '5:25 missing-key |{ }|',
        '5:25 missing-key |{ }|',
        '5:25 missing-key |{ }|',
      ],
      'no sessions': [{ state: 'state: { liveResponse: [] }' }, '5:24 empty-collection |[]|'],
      'a session without a command': [
        { state: 'state: { liveResponse: [{ name: a, since: 2026-11-20, commands: [] }] }' },
        '5:65 empty-collection |[]|',
      ],
      'a session name with a blank': [
        {
          state:
            'state: { liveResponse: [{ name: a b, since: 2026-11-20, commands: [{ type: GetFile, path: x }] }] }',
        },
        '5:33 invalid-name |a b|',
      ],
      'sessions of the same name': [
        {
          state:
            'state:\n  liveResponse:\n    - { name: a, since: 2026-11-20, commands: [{ type: GetFile, path: x }] }\n    - { name: a, since: 2026-11-21, commands: [{ type: GetFile, path: x }] }',
        },
        '8:15 duplicate-session |a|',
      ],
      'an unknown command': [commands('{ type: Getfile, path: x }'), '10:19 invalid-value |Getfile|'],
      'a command without type': [commands('{ path: x }'), '10:11 missing-key |{ path: x }|'],
      'a command whose type is a list': [
        commands('{ type: [GetFile], path: x }'),
        '10:19 wrong-type |[GetFile]|',
      ],
      'a command that is a text': [commands('GetFile'), '10:11 wrong-type |GetFile|'],
      'a file to put that is a path': [
        commands('{ type: PutFile, file: bin/tool.exe }'),
        '10:34 invalid-file-name |bin/tool.exe|',
      ],
      'a script without its name': [
        commands('{ type: RunScript }'),
        '10:11 missing-key |{ type: RunScript }|',
      ],
      'a key of another command': [
        commands('{ type: GetFile, path: x, args: y }'),
        '10:37 unknown-key |args|',
      ],
      'an empty path': [commands('{ type: GetFile, path: "" }'), '10:34 empty-text |""|'],
      'a file put after a script': [
        commands('{ type: RunScript, script: a }', '{ type: PutFile, file: b }'),
        '11:11 commands-out-of-order |{ type: PutFile, file: b }|',
      ],
      'a script after a file was fetched, told once': [
        commands(
          '{ type: GetFile, path: a }',
          '{ type: RunScript, script: b }',
          '{ type: PutFile, file: b }',
        ),
        '11:11 commands-out-of-order |{ type: RunScript, script: b }|',
      ],
      'offboarding that is not wanted': [
        { state: 'state: { offboarded: false }', machines: 'machines: [{ id: a1 }]' },
        '5:22 invalid-value |false|',
      ],
      'offboarding of everything': [
        { state: 'state: { offboarded: true }', machines: 'machines: [{ all: true }]' },
        '4:12 offboarded-needs-ids |{ all: true }|',
      ],
      'offboarding by name': [
        { state: 'state: { offboarded: true }', machines: 'machines: [{ id: a1 }, { dnsName: b }]' },
        '4:24 offboarded-needs-ids |{ dnsName: b }|',
      ],
      'offboarding by id and tag': [
        { state: 'state: { offboarded: true }', machines: 'machines: [{ id: a1, tag: b }]' },
        '4:12 offboarded-needs-ids |{ id: a1, tag: b }|',
      ],
      'an expiry that is no time': [{ more: 'expires: never' }, '6:10 invalid-time |never|'],
      'an unknown end': [{ more: 'expires: 2026-12-01\nonExpiry: release' }, '7:11 invalid-value |release|'],
      'a lift that waits for nothing': [{ more: 'liftAfter: []' }, '6:12 empty-collection |[]|'],
      'a lift that waits for a hold': [{ more: 'liftAfter: [isolated]' }, '6:13 invalid-value |isolated|'],
      'a lift that waits for what is not declared': [
        {
          state: 'state: { isolated: false, scanned: { within: 1d } }',
          more: 'liftAfter: [scanned, collected]',
        },
        '6:22 lift-after-undeclared |collected|',
      ],
      'a lift that waits where nothing is lifted': [
        { state: 'state: { isolated: full, scanned: { within: 1d } }', more: 'liftAfter: [scanned]' },
        '6:1 lift-after-without-lift |liftAfter|',
      ],
      'a lift that waits where the expiry only reports': [
        {
          state: 'state: { isolated: full, scanned: { within: 1d } }',
          more: 'liftAfter: [scanned]\nexpires: 2026-12-01\nonExpiry: report',
        },
        '6:1 lift-after-without-lift |liftAfter|',
      ],
      'a lift that waits where no hold expires': [
        { state: 'state: { scanned: { within: 1d } }', more: 'liftAfter: [scanned]\nexpires: 2026-12-01' },
        '6:1 lift-after-without-lift |liftAfter|',
      ],
      'a reassertion that is neither': [{ more: 'reassert: maybe' }, '6:11 invalid-value |maybe|'],
      'everything at once': [
        { policy: 'policy: P', state: 'state: { isolated: x, restricted: y }', more: 'foo: 1' },
        '2:9 invalid-name |P|',
        '5:20 invalid-value |x|',
        '5:35 invalid-value |y|',
        '6:1 unknown-key |foo|',
      ],
    }),
  )('%s', (_what, [parts, ...want]) => {
    const { policies, diagnostics } = parse(policyText(parts))
    expect(toldAll(diagnostics)).toStrictEqual(want)
    expect(policies).toStrictEqual([])
    for (const { message } of diagnostics) expect(message).not.toMatch(/undefined|\[object|NaN/)
  })

  test('a document that is no map', () => {
    expect(toldAll(parse('- a').diagnostics)).toStrictEqual(['1:1 wrong-type |- a|'])
    expect(toldAll(parse('just text').diagnostics)).toStrictEqual(['1:1 wrong-type |just text|'])
  })

  test('what an alias brought, at the place where it was typed', () => {
    const text = policyText({ machines: 'machines: &m [{ tag: [] }]', more: 'except: *m' })
    expect(toldAll(parse(text).diagnostics)).toStrictEqual([
      '4:22 empty-collection |[]|',
      '4:22 empty-collection |[]|',
    ])
  })
})

describe('is only a warning:', () => {
  test.each(
    Object.entries<readonly [parts: PolicyParts, want: string]>({
      'an entry that may be missing but names nothing': [
        { machines: 'machines: [{ tag: x, missing: warn }]' },
        '4:22 warning missing-without-name |missing|',
      ],
      'an end without a time': [
        { more: 'onExpiry: report' },
        '6:1 warning on-expiry-without-expires |onExpiry|',
      ],
    }),
  )('%s', (_what, [parts, want]) => {
    const { policies, diagnostics } = parse(policyText(parts))
    expect(toldAll(diagnostics)).toStrictEqual([want])
    expect(policies).toHaveLength(1)
  })
})

describe('a message', () => {
  test.each(
    Object.entries<readonly [parts: PolicyParts, want: string]>({
      'suggests the key that was meant': [
        { state: 'state: { isolate: full }' },
        'unknown key `isolate`; did you mean `isolated`?',
      ],
      'lists the keys where none is near': [
        { state: `state: { quarantined: [{ sha1: ${SHA1}, colour: red }] }` },
        'unknown key `colour`; known here: `sha1`',
      ],
      'explains that merge keys are not read': [
        { more: '<<: {}' },
        'unknown key `<<`; merge keys are not supported: write the keys out',
      ],
      'lists the values, every switch in one spelling': [
        { state: 'state: { isolated: partly }' },
        'expected one of `full`, `selective`, `unmanaged`, `true` or `false`, found `partly`',
      ],
      'suggests the value that was meant': [
        { state: 'state: { isolated: selectve }' },
        'expected one of `full`, `selective`, `unmanaged`, `true` or `false`, found `selectve`; did you mean `selective`?',
      ],
      'says what was found instead of a text': [{ reason: 'reason:' }, 'expected a text, found nothing'],
      'says what was found instead of a list': [{ machines: 'machines: {}' }, 'expected a list, found a map'],
      'says which kinds there are': [
        { machines: 'machines: [{ tag: {} }]' },
        'expected a text or a list, found a map',
      ],
      'calls a text by what it is': [
        { machines: 'machines: [{ id: {} }]' },
        'expected a machine id or a list, found a map',
      ],
      'names the keys of which one is needed': [
        { state: 'state: { collected: {} }' },
        'expected the key `since` or `within` here: add it',
      ],
      'shows how to write a time': [
        { more: 'expires: 2026-11-20T10:00' },
        'expected a time with an offset: append `Z` for UTC (`2026-11-20T10:00Z`), or one such as `+02:00`, found `2026-11-20T10:00`',
      ],
      'cuts what is quoted': [
        { policy: `policy: ${'a'.repeat(80)}` },
        `expected a name of 1 to 63 of a to z, 0 to 9 and \`-\`, without capitals or blanks, found \`${'a'.repeat(60)}…\``,
      ],
      'says which version is read': [
        { version: 'version: 2' },
        'expected `1`, found `2`: this build reads version 1',
      ],
      'says which command came too late': [
        commands('{ type: GetFile, path: a }', '{ type: PutFile, file: b }'),
        'expected all PutFile commands first, then all RunScript, then all GetFile; this PutFile comes after a GetFile',
      ],
    }),
  )('%s', (_what, [parts, want]) =>
    expect(parse(policyText(parts)).diagnostics).toMatchObject([{ message: want }]),
  )

  test('names both places of what stands twice', () => {
    const state = `state: { quarantined: [{ sha1: ${SHA1} }, { sha1: ${SHA1} }] }`
    expect(parse(policyText({ state })).diagnostics).toMatchObject([
      { related: [{ message: `\`${SHA1}\` stands here first`, place: place(5, 32) }] },
    ])
  })
})

/** A policy whose live response has these commands, from line 10 and column 11 on. */
function commands(...lines: readonly string[]): PolicyParts {
  const head = 'state:\n  liveResponse:\n    - name: a\n      since: 2026-11-20\n      commands:'
  return { state: [head, ...lines.map(line => `        - ${line}`)].join('\n') }
}
