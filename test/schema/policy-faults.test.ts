import { describe, expect, test } from 'vitest'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { type PolicyParts, policyText } from './policy-text.ts'
import { toldAll } from './told.ts'

function parse(text: string): ReturnType<typeof parsePolicyFile> {
  return parsePolicyFile({ path: 'policies/a.yaml', text })
}

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
