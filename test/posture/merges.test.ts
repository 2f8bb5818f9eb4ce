import { describe, expect, test } from 'vitest'
import type { Machine } from '../../src/posture/machine.ts'
import { foldMergedActions, resolveMerges } from '../../src/posture/merges.ts'
import { action, at, machine, machineId } from '../support/build-core.ts'

const BEGAN = at('2026-11-01')
const record = (number: number, into: number | null = null, over: Partial<Machine> = {}): Machine =>
  machine({
    id: machineId(number),
    mergedIntoMachineId: into === null ? null : machineId(into),
    firstSeen: BEGAN,
    lastSeen: at('2026-10-31'),
    ...over,
  })
const numbers = (records: readonly Machine[]): readonly number[] =>
  records.map(({ id }) => Number.parseInt(id, 16))

describe('merged records', () => {
  const chain = [record(1), record(2, 1), record(3, 2)]

  test('are one device with the record that remains, over any chain', () => {
    const merges = resolveMerges(chain)
    expect([1, 2, 3].map(number => merges.heirOf(machineId(number)))).toStrictEqual([1, 1, 1].map(machineId))
    expect(numbers(merges.recordsOf(machineId(3)))).toStrictEqual([1, 2, 3])
    expect(merges.unresolved).toStrictEqual([])
  })

  test('in any order give the same', () => {
    const merges = resolveMerges([...chain].reverse())
    expect(numbers(merges.recordsOf(machineId(1)))).toStrictEqual([1, 2, 3])
  })

  test('a record that was merged into none is a device of its own, known or not', () => {
    const merges = resolveMerges([record(1)])
    expect(merges.ownerOf(machineId(1))).toBe(machineId(1))
    expect(numbers(merges.recordsOf(machineId(1)))).toStrictEqual([1])
    expect(merges.recordsOf(machineId(9))).toStrictEqual([])
    expect(merges.ownerOf(machineId(9))).toBe(machineId(9))
  })

  test.each<[string, Partial<Machine>, Partial<Machine>, boolean]>([
    [
      'seen over an hour after the other began lives on',
      { lastSeen: at('2026-11-01T01:00:00.0000001Z') },
      {},
      true,
    ],
    ['seen an hour after the other began does not', { lastSeen: at('2026-11-01T01:00:00Z') }, {}, false],
    ['never seen does not', { lastSeen: null }, {}, false],
    [
      'beside one whose beginning nobody knows does not',
      { lastSeen: at('2026-11-22') },
      { firstSeen: null },
      false,
    ],
  ])('a record %s', (_rule, over, heir, lives) => {
    const merges = resolveMerges([record(1, null, heir), record(2, 1, over)])
    expect(numbers(merges.twinsOf(machineId(1)))).toStrictEqual(lives ? [2] : [])
    expect(merges.ownerOf(machineId(2))).toBe(machineId(lives ? 2 : 1))
    expect(merges.heirOf(machineId(2))).toBe(machineId(1))
  })

  test.each<[string, readonly Machine[], readonly [number, string][]]>([
    [
      'that end at no record',
      [record(1, 9), record(2, 1)],
      [
        [1, 'no-record'],
        [2, 'no-record'],
      ],
    ],
    [
      'that lead in a circle',
      [record(1, 2), record(2, 1)],
      [
        [1, 'circle'],
        [2, 'circle'],
      ],
    ],
    ['of a record into itself', [record(1, 1)], [[1, 'circle']]],
  ])('%s are unresolved, and each record stands for itself', (_rule, machines, expected) => {
    const merges = resolveMerges(machines)
    expect(merges.unresolved.map(({ machine: { id }, why }) => [Number.parseInt(id, 16), why])).toStrictEqual(
      expected,
    )
    expect(merges.ownerOf(machineId(1))).toBe(machineId(1))
  })
})

describe('actions of merged records', () => {
  const merges = resolveMerges([record(1), record(2, 1), record(3, 1, { lastSeen: at('2026-11-22') })])
  const of = (number: number) => action({ machineId: machineId(number) })

  test('count for the record that remains, and keep theirs', () => {
    expect(foldMergedActions([of(2)], merges)).toStrictEqual([
      { ...of(2), machineId: machineId(1), recordId: machineId(2) },
    ])
  })

  test('of a record that lives on, of the one that remains and of an unknown one stay', () => {
    const actions = [1, 3, 9].map(of)
    expect(foldMergedActions(actions, merges)).toStrictEqual(actions)
  })

  test('counted twice count once', () => {
    const once = foldMergedActions([of(2)], merges)
    expect(foldMergedActions(once, merges)).toStrictEqual(once)
  })
})
