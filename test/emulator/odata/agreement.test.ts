import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WireAction } from '../../../src/emulator/stored-action.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { drive, type Row, rowsOf } from '../drive.ts'
import { randomScenario } from '../random-scenario.ts'

const RUNS = seededRuns('agreement', 300)

const { emulator, get } = drive({ ...randomScenario(11, 20, 400), behaviour: { quotas: { enforce: false } } })
const ACTIONS = emulator.actions().toReversed()

/** A filter, and what it means said in JavaScript over the rows as they are sent. */
interface Meaning {
  readonly filter: string
  readonly holds: (row: WireAction) => boolean
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A time as a number that compares at 100 ns: the fraction is padded, since rows drop its zeros. */
function padded(time: string): string {
  const [, whole = '', fraction = ''] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(time) ?? []
  return `${whole}.${fraction.padEnd(7, '0')}`
}

const anAction = fc.constantFrom(...ACTIONS)
const aTextField = fc.constantFrom('type', 'status', 'machineId', 'id', 'scope', 'requestSource' as const)

const textComparison = fc
  .tuple(aTextField, anAction, fc.boolean())
  .map(([field, action, isEqual]): Meaning => {
    const key = field as 'type'
    const value: string | null = action[key]
    const literal = value === null ? 'null' : quote(value)
    return {
      filter: `${field} ${isEqual ? 'eq' : 'ne'} ${literal}`,
      holds: row => (row[key] === value) === isEqual,
    }
  })

const membership = fc
  .tuple(aTextField, fc.array(anAction, { minLength: 1, maxLength: 4 }))
  .map(([field, actions]): Meaning => {
    const key = field as 'type'
    const values = actions.map(action => action[key])
    return {
      filter: `${field} in (${values.map(value => (value === null ? 'null' : quote(value))).join(',')})`,
      holds: row => values.includes(row[key]),
    }
  })

const timeComparison = fc
  .tuple(
    fc.constantFrom('creationDateTimeUtc', 'lastUpdateDateTimeUtc' as const),
    fc.constantFrom('gt', 'ge', 'lt', 'le' as const),
    anAction,
  )
  .map(([field, operator, action]): Meaning => {
    const key = field as 'creationDateTimeUtc'
    const limit = padded(action[key])
    return {
      filter: `${field} ${operator} ${action[key]}`,
      holds: row => {
        const value = padded(row[key])
        if (operator === 'gt') return value > limit
        if (operator === 'ge') return value >= limit
        return operator === 'lt' ? value < limit : value <= limit
      },
    }
  })

const { meaning } = fc.letrec<{ meaning: Meaning; joined: Meaning; negated: Meaning }>(tie => ({
  meaning: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'filter' },
    textComparison,
    membership,
    timeComparison,
    tie('joined'),
    tie('negated'),
  ),
  joined: fc
    .tuple(tie('meaning'), fc.constantFrom('and', 'or', 'AND'), tie('meaning'))
    .map(([left, word, right]) => ({
      filter: `(${left.filter}) ${word} (${right.filter})`,
      holds: row =>
        word === 'or' ? left.holds(row) || right.holds(row) : left.holds(row) && right.holds(row),
    })),
  negated: tie('meaning').map(({ filter, holds }) => ({
    filter: `not (${filter})`,
    holds: row => !holds(row),
  })),
}))

async function listed(filter: string): Promise<readonly unknown[]> {
  const rows: readonly Row[] = rowsOf(await get(`/api/machineactions?$filter=${encodeURIComponent(filter)}`))
  return rows.map(({ id }) => id)
}

test('a filter finds the rows of which it is true, newest first', async () => {
  await fc.assert(
    fc.asyncProperty(meaning, async ({ filter, holds }) => {
      expect(await listed(filter)).toStrictEqual(ACTIONS.filter(holds).map(({ id }) => id))
    }),
    RUNS,
  )
})

test('an index never changes what is found', async () => {
  await fc.assert(
    fc.asyncProperty(meaning, async ({ filter }) => {
      // Under a double negation no index can be used.
      expect(await listed(filter)).toStrictEqual(await listed(`not (not (${filter}))`))
    }),
    RUNS,
  )
})

test('no text makes a filter that is answered other than 200 or 400', async () => {
  const words = fc.constantFrom(
    'type',
    'eq',
    "'x'",
    '(',
    ')',
    'and',
    'in',
    ',',
    'not',
    'any',
    '/',
    ':',
    '2026-01-01',
    '5',
    'null',
  )
  const soup = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map(list => list.join(' ')),
  )
  await fc.assert(
    fc.asyncProperty(soup, async text => {
      const { status } = await get(`/api/machineactions?$filter=${encodeURIComponent(text)}`)
      expect([200, 400]).toContain(status)
    }),
    RUNS,
  )
})
