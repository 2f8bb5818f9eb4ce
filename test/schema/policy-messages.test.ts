import { describe, expect, test } from 'vitest'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { commands, type PolicyParts, policyText } from './policy-text.ts'

const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function parse(text: string): ReturnType<typeof parsePolicyFile> {
  return parsePolicyFile({ path: 'policies/a.yaml', text })
}

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
      'says what was found instead of a list': [
        { machines: 'machines: {}' },
        expect.stringMatching(/^expected a list such as .*, found a map$/),
      ],
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
      {
        related: [
          {
            message: `\`${SHA1}\` stands here first`,
            place: { file: 'policies/a.yaml', line: 5, column: 32 },
          },
        ],
      },
    ])
  })
})
