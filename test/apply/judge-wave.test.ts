import { expect, test } from 'vitest'
import { type Item, itemOfChange, type Stage } from '../../src/apply/item.ts'
import { limitOf, tallyWave } from '../../src/apply/judge-wave.ts'
import type { Outcome } from '../../src/apply/result.ts'
import type { Amount } from '../../src/schema/configuration.ts'
import { machineId, NOW } from '../support/build-core.ts'
import { change } from '../support/build-plan.ts'

const item = (stage: Stage, over: Partial<Item> = {}): Item => ({ ...itemOfChange(change()), stage, ...over })
const ended = (outcome: Outcome, over: Partial<Item> = {}): Item =>
  item({ kind: 'ended', outcome, code: null, detail: null }, over)
const inFlight: Stage = { kind: 'in-flight', actionId: 'a' }
const tally = (...items: readonly Item[]) => {
  const { judged, failed, open } = tallyWave([machineId(1)], () => items)
  return { judged, failed: failed.length, open: open.length }
}

test.each<readonly [Outcome, number]>([
  ['succeeded', 0],
  ['adopted', 0],
  ['unchanged', 0],
  ['pending', 0],
  ['refused', 0],
  ['not-attempted', 0],
  ['failed', 1],
  ['timed-out', 1],
  ['cancelled', 1],
  ['uncertain', 1],
])('a machine with a change that is %s has failed: %i', (outcome, failed) => {
  expect(tally(ended('succeeded'), ended(outcome))).toStrictEqual({ judged: 1, failed, open: 0 })
})

test.each<readonly [string, Item, number]>([
  ['queued', item({ kind: 'queued' }), 1],
  ['being sent', item({ kind: 'sending' }), 1],
  ['looked for', item({ kind: 'looking', reason: 'unanswered', until: NOW, message: '' }), 1],
  ['in flight', item(inFlight), 1],
  ['in flight and not awaited', item(inFlight, { awaited: false }), 0],
  ['ended', ended('succeeded'), 0],
])('a machine with a change that is %s is open: %i', (_what, one, open) => {
  expect(tally(ended('succeeded'), one).open).toBe(open)
})

test('nobody waits for what is in flight to a machine that was not there before', () => {
  const items = (...all: readonly Item[]) =>
    tallyWave(
      [machineId(1)],
      () => all,
      () => false,
    ).open
  expect(items(item(inFlight))).toStrictEqual([])
  expect(items(item(inFlight), item({ kind: 'queued' }))).toStrictEqual([machineId(1)])
})

test('a machine counts once, however many of its changes failed', () => {
  expect(tally(ended('failed'), ended('timed-out')).failed).toBe(1)
})

test('a machine that nobody waits for is judged only where it failed', () => {
  expect(tally(item(inFlight, { awaited: false })).judged).toBe(0)
  expect(tally(ended('failed', { awaited: false }))).toStrictEqual({ judged: 1, failed: 1, open: 0 })
})

const share: Amount = { text: '20%', ratio: 0.2 }
const three: Amount = { text: '3', count: 3 }

test.each<readonly [string, Amount, number, number]>([
  ['a share is rounded up', share, 12, 3],
  ['a share that is whole is not', share, 10, 2],
  ['one of one stops', share, 1, 1],
  ['a count is itself', three, 12, 3],
  ['a count is never more than the machines that are judged', three, 2, 2],
  ['nobody is no limit', share, 0, 1],
])('the limit: %s', (_rule, rule, judged, want) => expect(limitOf(rule, judged)).toBe(want))
