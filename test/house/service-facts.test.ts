import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

const page = readFileSync(join(ROOT, 'docs/service.md'), 'utf8')

interface Fact {
  readonly anchor: string
  readonly says: string
  readonly evidence: string
  readonly emulator: string
}

/** The rows of the page's tables that state a fact; `\|` in a cell is no border. */
const facts: readonly Fact[] = page
  .split('\n')
  .map(line => line.split(/(?<!\\)\|/).map(cell => cell.trim()))
  .flatMap(([, head = '', says = '', evidence = '', emulator = '', ...rest]) => {
    const anchor = /^<a id="([a-z0-9-]+)"><\/a>/.exec(head)?.[1]
    return anchor === undefined || rest.length !== 1 ? [] : [{ anchor, says, evidence, emulator }]
  })

/** Every key that a scenario may have, wherever it stands. */
const SCENARIO_KEYS = new Set<string>()
collectKeys(JSON.parse(readFileSync(join(ROOT, 'schemas/scenario.schema.json'), 'utf8')))

function collectKeys(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value)) SCENARIO_KEYS.add(name)
    collectKeys(value)
  }
}

/** The switches that a cell names: `quotas.paths`, `refuse: [count]`, `machines[].offline`. */
function switchesOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([\w.[\]]+)(?:: [^`]*)?`/g)].map(([, name = '']) => name)
}

function isSwitch(name: string): boolean {
  return name.split('.').every(part => SCENARIO_KEYS.has(part.replace(/\[\]$/, '')))
}

test('every row of service.md with an anchor is a fact with evidence and a word on the emulator', () => {
  const anchors = [...page.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)
  expect(facts.map(({ anchor }) => anchor)).toStrictEqual(anchors)
  expect(facts.filter(({ says, emulator }) => says === '' || emulator === '')).toStrictEqual([])
})

test('every fact says how surely it is known', () => {
  const unlabelled = facts.filter(
    ({ evidence }) => !/\b(?:documented|observed|assumed|unknown)\b/.test(evidence),
  )
  expect(unlabelled.map(({ anchor }) => anchor)).toStrictEqual([])
})

test('the switches that service.md names are keys of a scenario', () => {
  const missing = facts.flatMap(({ anchor, emulator }) =>
    switchesOf(emulator)
      .filter(name => !isSwitch(name))
      .map(name => `${anchor}: ${name}`),
  )
  expect(missing).toStrictEqual([])
  expect(facts.flatMap(({ emulator }) => switchesOf(emulator)).length).toBeGreaterThan(50)
  expect(isSwitch('quotas.perDay')).toBe(false)
})
