import { describe, expect, test } from 'vitest'
import { addException } from '../../src/authoring/add-exception.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'

const HEAD = 'version: 1\npolicy: p\nreason: r\nmachines:\n  - tag: x\n'
const STATE = 'state:\n  isolated: full\n'
const ENTRIES = ['id: "a1" # ws-1', 'id: "b2"']

function add(text: string, policy = 'p', entries = ENTRIES): string | undefined {
  return addException({ path: 'a.yaml', text }, policy, entries)
}

/** The ids that the policy excepts once the text is read. */
function excepted(text: string | undefined): readonly unknown[] {
  const { policies, diagnostics } = parsePolicyFile({ path: 'a.yaml', text: text ?? '' })
  expect(diagnostics).toStrictEqual([])
  return policies.flatMap(({ except }) => except.map(({ fields }) => fields.id ?? fields.tag))
}

describe('a policy', () => {
  test('without exceptions gets the key above its state', () => {
    const text = add(HEAD + STATE)
    expect(text).toBe(`${HEAD}except:\n  - id: "a1" # ws-1\n  - id: "b2"\n${STATE}`)
    expect(excepted(text)).toStrictEqual([['a1'], ['b2']])
  })

  test('keeps the comments of its state with it', () => {
    const text = add(`${HEAD}\n# what is wanted\n  # and why\n${STATE}`)
    expect(text).toBe(
      `${HEAD}\nexcept:\n  - id: "a1" # ws-1\n  - id: "b2"\n# what is wanted\n  # and why\n${STATE}`,
    )
  })

  test('whose state stands first gets the key before everything', () => {
    const text = add(`# why\n${STATE}${HEAD}`)
    expect(text).toBe(`except:\n  - id: "a1" # ws-1\n  - id: "b2"\n# why\n${STATE}${HEAD}`)
    expect(excepted(text)).toStrictEqual([['a1'], ['b2']])
  })

  test.each<readonly [rule: string, except: string, added: string]>([
    [
      'with exceptions gets more of them, as they are indented',
      'except:\n  - tag: dc\n',
      'except:\n  - id: "b2"\n  - tag: dc\n',
    ],
    ['with exceptions that are not indented too', 'except:\n- tag: dc\n', 'except:\n- id: "b2"\n- tag: dc\n'],
    [
      'keeps every comment',
      'except: # never these\n  # the controllers\n  - tag: dc # all\n\n  - tag: host\n',
      'except: # never these\n  # the controllers\n  - id: "b2"\n  - tag: dc # all\n\n  - tag: host\n',
    ],
  ])('%s', (_rule, except, added) => {
    const text = add(`${HEAD}${except}${STATE}`, 'p', ['id: "b2"'])
    expect(text).toBe(`${HEAD}${added}${STATE}`)
    expect(excepted(text)[0]).toStrictEqual(['b2'])
  })

  test('among several documents is the one that is changed', () => {
    const other = HEAD.replace('policy: p', 'policy: q')
    const text = add(`${other}${STATE}---\n${HEAD}${STATE}---\n${other.replace('q', 's')}${STATE}`, 'p', [
      'id: "b2"',
    ])
    expect(text).toBe(
      `${other}${STATE}---\n${HEAD}except:\n  - id: "b2"\n${STATE}---\n${other.replace('q', 's')}${STATE}`,
    )
  })

  test('keeps its line ends and its byte order mark', () => {
    const text = `\ufeff${(HEAD + STATE).replaceAll('\n', '\r\n')}`
    const added = add(text, 'p', ['id: "b2"'])
    expect(added).toBe(text.replace('state:', 'except:\r\n  - id: "b2"\r\nstate:'))
    expect(excepted(added)).toStrictEqual([['b2']])
  })
})

describe('is left to a person', () => {
  test.each<readonly [rule: string, text: string]>([
    ['exceptions in brackets', `${HEAD}except: [{ tag: dc }]\n${STATE}`],
    ['exceptions in brackets over several lines', `${HEAD}except: [\n  { tag: dc } ]\n${STATE}`],
    ['exceptions that have an anchor', `${HEAD}except: &spared\n  - tag: dc\n${STATE}`],
    [
      'exceptions that are those of another',
      `${HEAD.replace('machines:', 'machines: &m')}except: *m\n${STATE}`,
    ],
    ['exceptions that are no list', `${HEAD}except: none\n${STATE}`],
    [
      'a folded text above the state whose last line looks like a comment',
      `${HEAD}owner: >-\n  soc-tier2\n  # and soc-tier3\n${STATE}`,
    ],
    [
      'a whole policy in braces',
      '{ version: 1, policy: p, reason: r, machines: [{ tag: x }], state: { isolated: full } }\n',
    ],
    ['a policy without a state', HEAD],
    ['a policy that is not in the file', `${HEAD.replace('policy: p', 'policy: q')}${STATE}`],
  ])('%s', (_rule, text) => expect(add(text)).toBeUndefined())
})
