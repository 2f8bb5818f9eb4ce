import { describe, expect, test } from 'vitest'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { commands, type PolicyParts, policyText } from './policy-text.ts'
import { toldAll } from './told.ts'

const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function parse(text: string): ReturnType<typeof parsePolicyFile> {
  return parsePolicyFile({ path: 'policies/a.yaml', text })
}

// every row: what is typed, and place, code and underlined text of what is said about it
describe('the state, the expiry and what waits for them are told with their place:', () => {
  test.each(
    Object.entries<readonly [parts: PolicyParts, ...want: string[]]>({
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
})
