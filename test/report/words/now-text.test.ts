import { describe, expect, test } from 'vitest'
import { nowSentences, undoHint } from '../../../src/report/words/now-text.ts'
import { isolation, plan, SCAN } from '../sample-plan.ts'
import { outcome, result } from '../sample-result.ts'

const LIFT = { operations: ['lift'], before: 'full', after: 'none' } as const

describe('what is so now', () => {
  test('names who is held and who is not, by what holds', () => {
    const changes = [isolation(1), isolation(2), isolation(3, LIFT)]
    const ended = result([outcome(1), outcome(2), outcome(3)])
    expect(nowSentences(ended, plan({ changes }))).toStrictEqual([
      'fin-ws-1.contoso.com, fin-ws-2.contoso.com are isolated (full).',
      'fin-ws-3.contoso.com is not isolated.',
    ])
  })

  test('counts machines where they are many', () => {
    const numbers = [1, 2, 3, 4, 5, 6]
    const changes = numbers.map(number => isolation(number))
    const ended = result(numbers.map(number => outcome(number)))
    expect(nowSentences(ended, plan({ changes }))).toStrictEqual(['6 machines are isolated (full).'])
  })

  test('tells of a restriction both ways', () => {
    const restricted = (number: number, after: string) => {
      const change = isolation(number, { facet: 'restricted', after })
      return { ...change, address: `${change.machine.id}/restricted` }
    }
    const changes = [restricted(1, 'restricted'), restricted(2, 'none')]
    const ended = result(changes.map(({ address }, index) => outcome(index, { address })))
    expect(nowSentences(ended, plan({ changes }))).toStrictEqual([
      'fin-ws-1.contoso.com is restricted to signed code.',
      'fin-ws-2.contoso.com is not restricted.',
    ])
  })

  test('says nothing of what did not end well, of scans, and without the plan', () => {
    const changes = [isolation(1), SCAN]
    const ended = result([outcome(1, { outcome: 'failed' }), outcome(9, { address: SCAN.address })])
    expect(nowSentences(ended, plan({ changes }))).toStrictEqual([])
    expect(nowSentences(ended, null)).toStrictEqual([])
  })

  test('puts a name that reads as words in quotes, and goes by the id where there is no name', () => {
    const odd = isolation(1)
    const named = (dnsName: string | null) =>
      plan({ changes: [{ ...odd, machine: { ...odd.machine, dnsName } }] })
    expect(nowSentences(result([outcome(1)]), named('a b'))).toStrictEqual(['"a b" is isolated (full).'])
    expect(nowSentences(result([outcome(1)]), named(null))[0]).toContain(odd.machine.id)
  })
})

describe('how to undo it', () => {
  test('is told where a hold was imposed by this run', () => {
    expect(undoHint(result([outcome(1)]), plan({ changes: [isolation(1)] }))).toBe(
      'To undo it: `holdfast undo abababab --reason TEXT`.',
    )
  })

  test.each([
    ['a lift', plan({ changes: [isolation(1, LIFT)] }), {}],
    ['what was not sent by this run', plan({ changes: [isolation(1)] }), { submittedAt: null }],
    ['what failed', plan({ changes: [isolation(1)] }), { outcome: 'failed' }],
    ['what no plan tells of', null, {}],
  ] as const)('is not told of %s, which undo would leave alone', (_what, made, change) => {
    expect(undoHint(result([outcome(1, change)]), made)).toBe('')
  })
})
