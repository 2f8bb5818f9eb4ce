import { expect, test } from 'vitest'
import { addExceptions } from '../../src/authoring/except-text.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { machine, machineId } from '../support/build-core.ts'

const HEAD = 'version: 1\npolicy: a\nreason: r\nmachines:\n  - tag: x\n'
const STATE = 'state:\n  isolated: false # why\n'
const LINE = `- id: "${machineId(1)}" # fin-ws-001.contoso.com`

function added(text: string, names: readonly string[] = ['a']): string | undefined {
  const file = { path: 'p.yaml', text }
  const { policies } = parsePolicyFile(file)
  const leaving = policies
    .filter(({ name }) => names.includes(name))
    .map(policy => ({ policy, machines: [machine()] }))
  return addExceptions(file, leaving)
}

test.each(
  Object.entries({
    'without except it gets one, before the state': [HEAD + STATE, `${HEAD}except:\n  ${LINE}\n${STATE}`],
    'an entry goes before the others': [
      `${HEAD}except:\n    - tag: y\n${STATE}`,
      `${HEAD}except:\n    ${LINE}\n    - tag: y\n${STATE}`,
    ],
    'an entry that is not indented is kept company': [
      `${HEAD}except:\n- tag: y\n${STATE}`,
      `${HEAD}except:\n${LINE}\n- tag: y\n${STATE}`,
    ],
    'line ends stay as they are': [
      (HEAD + STATE).replaceAll('\n', '\r\n'),
      `${HEAD}except:\n  ${LINE}\n${STATE}`.replaceAll('\n', '\r\n'),
    ],
    'the state may stand before the name': [
      `${STATE}version: 1\nreason: r\nmachines: [{ tag: x }]\npolicy: a\n`,
      `except:\n  ${LINE}\n${STATE}version: 1\nreason: r\nmachines: [{ tag: x }]\npolicy: a\n`,
    ],
    'a flow of entries cannot be changed by lines': [`${HEAD}except: [{ tag: y }]\n${STATE}`, undefined],
    'nor can a document that is one flow': [
      '{ version: 1, policy: a, reason: r, machines: [{ tag: x }], state: { isolated: false } }\n',
      undefined,
    ],
    'nor a list whose first entry stands apart from its dash': [
      `${HEAD}except:\n  -\n    tag: y\n${STATE}`,
      undefined,
    ],
  } as const),
)('%s', (_rule, [text, want]) => {
  expect(added(text)).toBe(want)
})

test('of several documents those that are meant are changed, each in its place', () => {
  const b = HEAD.replace('policy: a', 'policy: b')
  const c = HEAD.replace('policy: a', 'policy: c')
  const text = `${HEAD}${STATE}---\n${b}${STATE}--- # last\n${c}${STATE}`
  const except = `except:\n  ${LINE}\n`
  expect(added(text, ['a', 'c'])).toBe(
    `${HEAD}${except}${STATE}---\n${b}${STATE}--- # last\n${c}${except}${STATE}`,
  )
  expect(added(text, ['b'])).toBe(`${HEAD}${STATE}---\n${b}${except}${STATE}--- # last\n${c}${STATE}`)
})

test('a text that would say something else is refused', () => {
  const text = `${HEAD}ticket: |\n  x\nstate:\n  isolated: false\n`
  const file = { path: 'p.yaml', text: text.replace('state:\n', 'state: # a\n') }
  const [policy] = parsePolicyFile(file).policies
  if (policy === undefined) throw new Error('no policy')
  expect(addExceptions(file, [{ policy, machines: [machine()] }])).toContain('except:\n')
  const misplaced = {
    ...policy,
    except: [{ ...policy.machines[0], place: { file: 'p.yaml', line: 5, column: 5 } }],
  }
  expect(addExceptions(file, [{ policy: misplaced as typeof policy, machines: [machine()] }])).toBeUndefined()
})

test('nothing to add leaves the text as it is', () => {
  expect(added(HEAD + STATE, [])).toBe(HEAD + STATE)
})

test('of several documents one that cannot be changed stops the others', () => {
  const flow = '{ version: 1, policy: b, reason: r, machines: [{ tag: x }], state: { isolated: false } }\n'
  expect(added(`${HEAD}${STATE}---\n${flow}`, ['a', 'b'])).toBeUndefined()
})
