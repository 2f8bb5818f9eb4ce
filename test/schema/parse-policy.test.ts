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
