import { expect, test } from 'vitest'
import { differingFields, matchFacts } from '../../../src/analysis/compare/match-facts.ts'
import type { Fact, FactFields } from '../../../src/analysis/compare/plan-facts.ts'

const FACT: Fact = {
  fields: {
    machine: 'a.contoso.com',
    facet: 'isolated',
    operations: ['lift', 'impose'],
    limit: 3,
    own: true,
    message: 'somebody else released it',
    warnings: ['one-way', 'will-stay-pending'],
  },
  machineNames: ['1e5b', 'a.contoso.com'],
}

test.each<[rule: string, wanted: FactFields, differing: readonly string[]]>([
  ['a field that is not named is not compared', {}, []],
  ['a machine is its name without regard to case', { machine: 'A.Contoso.com' }, []],
  ['a machine is its id', { machine: '1E5B' }, []],
  ['a machine is never a part of its name', { machine: 'a.contoso' }, ['machine']],
  ['operations are all of them, in order', { operations: ['lift', 'impose'] }, []],
  ['operations in another order differ', { operations: ['impose', 'lift'] }, ['operations']],
  ['numbers and switches compare as they are written', { limit: 3, own: true }, []],
  ['another number differs', { limit: 4 }, ['limit']],
  ['a message is a part of it', { message: 'released' }, []],
  ['another message differs', { message: 'isolated' }, ['message']],
  ['warnings are some of them', { warnings: ['will-stay-pending'] }, []],
  ['a warning that is not there differs', { warnings: ['one-way', 'none'] }, ['warnings']],
  ['a field that the fact lacks differs', { policy: 'p' }, ['policy']],
  ['every field that differs is named', { facet: 'scanned', limit: 3, own: false }, ['facet', 'own']],
])('%s', (_rule, wanted, differing) => expect(differingFields(wanted, FACT)).toStrictEqual(differing))

test('a fact without warnings has none, and none without a message', () => {
  expect(differingFields({ warnings: ['w'], message: 'm' }, { fields: {}, machineNames: [] })).toStrictEqual([
    'warnings',
    'message',
  ])
})

function fact(machine: string, facet: string): Fact {
  return { fields: { machine, facet }, machineNames: [machine] }
}

test('each expectation takes a fact of its own', () => {
  const facts = [fact('a', 'isolated'), fact('a', 'scanned')]
  expect(matchFacts([{ machine: 'a' }], facts)).toStrictEqual({ missing: [], unexpected: [1] })
  expect(matchFacts([{ machine: 'a' }, { machine: 'a' }], facts)).toStrictEqual({
    missing: [],
    unexpected: [],
  })
  expect(matchFacts([{}, {}, {}], facts)).toStrictEqual({ missing: [2], unexpected: [] })
})

test('an expectation that names little gives way to those that name more', () => {
  const facts = [fact('a', 'isolated'), fact('b', 'isolated'), fact('c', 'isolated')]
  const wanted = [{ facet: 'isolated' }, { machine: 'a' }, { machine: 'b' }]
  expect(matchFacts(wanted, facts)).toStrictEqual({ missing: [], unexpected: [] })
  expect(matchFacts([...wanted, { machine: 'b' }], facts)).toStrictEqual({ missing: [3], unexpected: [] })
})
