import { expect, test } from 'vitest'
import { outcomesOf } from '../support/apply-harness.ts'
import { machineId } from '../support/build-core.ts'
import type { FaultRow } from './fault-rows.ts'
import { type Case, tryCase } from './try-case.ts'

// What the matrix found, each as the rule that was broken.

const REFUSED_TOKEN: FaultRow = { name: '401', kind: 'request', fault: { status: 401 } }
const RESET: FaultRow = { name: 'reset', kind: 'request', fault: { fault: 'reset-before' } }

function caseOf(over: Partial<Case> & Pick<Case, 'row' | 'point'>): Case {
  return { ordinal: 1, often: 'once', side: 'after', duplicates: 'reject', ...over }
}

test('a token that is refused at the first look ends in a result with an outcome of every change', async () => {
  const { result, then } = await tryCase(
    caseOf({ row: REFUSED_TOKEN, point: 're-observe', often: 'for good' }),
  )
  expect(result?.exit).toStrictEqual({ code: 1, name: 'error' })
  expect(result?.diagnostics.map(({ code }) => code)).toStrictEqual(['observe-failed'])
  expect(result?.outcomes).toHaveLength(9)
  expect(then).toBe('ok')
})

test('a first half of a chain that nobody saw end is told as a machine that is open', async () => {
  const { result, then } = await tryCase(caseOf({ row: RESET, point: 'await', often: 'for good' }))
  expect(result?.chainOpen).toStrictEqual(['ws-2.contoso.com'])
  expect(result?.exit).toStrictEqual({ code: 5, name: 'partial' })
  expect(then).toBe('ok')
})

test('a `Date` that is ahead of the stamps does not hide what a lost answer created', async () => {
  const row: FaultRow = {
    name: 'Date ahead',
    kind: 'service',
    scene: { behaviour: { clockSkew: '10m' } },
  }
  const { rig, end, violations } = await tryCase(
    caseOf({ row, point: 'submit', duplicates: 'enqueue', often: 'for good' }),
  )
  expect(violations).toStrictEqual([])
  expect(end).toBe('ok')
  const created = rig.emulator
    .actions()
    .filter(({ requestor, id }) => requestor === 'Holdfast' && !id.startsWith('0'))
  expect(created.filter(action => action.machineId === machineId(1))).toHaveLength(2)
})

test('a request that was sent and is not listed yet is uncertain, not refused, when the next one meets it', async () => {
  const row: FaultRow = {
    name: 'listed late',
    kind: 'service',
    scene: { behaviour: { visibility: { list: '60s' } } },
  }
  const { result, then, violations } = await tryCase(caseOf({ row, point: 'submit' }))
  expect(violations).toStrictEqual([])
  expect(result === null ? {} : outcomesOf(result)).toMatchObject({ '#1/isolated': 'uncertain (unanswered)' })
  expect(result?.exit.name).toBe('pending')
  expect(then).toBe('ok')
})

test.each([
  ['was cancelled', { end: 'never' }, 'cancelled (chain-cancelled)'],
  ['failed', { end: 'Failed', after: '70s' }, 'failed (failed)'],
] as const)(
  'a first half that only the last look shows %s leaves the machine held',
  async (_how, fate, want) => {
    const row: FaultRow = {
      name: 'first half without effect',
      kind: 'service',
      scene: { behaviour: { outcomes: [{ type: 'Unisolate', machine: machineId(2), ...fate }] } },
    }
    const { result, violations } = await tryCase(caseOf({ row, point: 'await', often: 'for good' }))
    expect(violations).toStrictEqual([])
    expect(result === null ? {} : outcomesOf(result)).toMatchObject({ '#2/isolated': want })
    expect(result?.chainOpen).toStrictEqual([])
  },
)
