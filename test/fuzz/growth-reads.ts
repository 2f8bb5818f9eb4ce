import { submissionsOf, tracesOf } from '../../src/apply/read-journal.ts'
import { cleanText } from '../../src/defender/clean-text.ts'
import { readAction } from '../../src/defender/wire-action.ts'
import { readList } from '../../src/defender/wire-list.ts'
import { parseScenario } from '../../src/emulator/scenario.ts'
import { parseJournal } from '../../src/local/journal/open-journal.ts'
import { readPlan, sealPlan } from '../../src/plan/document/plan-file.ts'
import { parseMarker } from '../../src/posture/marker.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { wireAction } from '../defender/rows.ts'
import { at, machineId } from '../support/build-core.ts'
import { change, plan, planMachine } from '../support/build-plan.ts'

const POLICY = 'version: 1\npolicy: a\nreason: r\nstate: { isolated: true }\nmachines:\n'

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n')
}

const policy = (text: string): unknown => parsePolicyFile({ path: 'a.yaml', text })

/** Makes a read of a given size; what it reads is ready before it runs. */
export interface SizedRead {
  readonly size: number
  prepare(size: number): () => unknown
}

/** What is read, in a size of which four times as much still leaves no garbage to collect. */
export const READS: Readonly<Record<string, SizedRead>> = {
  'a policy of many machines': {
    size: 200,
    prepare: size => {
      const text = POLICY + lines(size, index => `  - id: ${machineId(index)}`)
      return () => policy(text)
    },
  },
  'a policy of many mistakes': {
    size: 120,
    prepare: size => {
      const text = POLICY + lines(size, index => `  - tagg${index}: x`)
      return () => policy(text)
    },
  },
  'a policy of many unknown keys': {
    size: 200,
    prepare: size => {
      const text = lines(size, index => `key${index}: 1`)
      return () => policy(text)
    },
  },
  'a policy with a key many times': {
    size: 500,
    prepare: size => {
      const text = 'policy: a\n'.repeat(size)
      return () => policy(text)
    },
  },
  'a file of many policies': {
    size: 50,
    prepare: size => {
      const text = lines(
        size,
        index => `---\n${POLICY.replace('policy: a', `policy: a${index}`)}  - all: true`,
      )
      return () => policy(text)
    },
  },
  'a long value': {
    size: 200_000,
    prepare: size => {
      const text = `policy: ${'x'.repeat(size)}\n`
      return () => policy(text)
    },
  },
  'a long quoted value': {
    size: 20_000,
    prepare: size => {
      const text = `policy: "${'\\u0041'.repeat(size)}"\n`
      return () => policy(text)
    },
  },
  'a long folded value': {
    size: 4000,
    prepare: size => {
      const text = `reason: >\n${'  word\n'.repeat(size)}`
      return () => policy(text)
    },
  },
  'many aliases': {
    size: 500,
    prepare: size => {
      const text = `- &a x\n${'- *a\n'.repeat(size)}`
      return () => policy(text)
    },
  },
  'a configuration of many protected machines': {
    size: 80,
    prepare: size => {
      const text = `version: 1\nprotected:\n${lines(size, index => `  - match: { tag: t${index} }`)}`
      return () => parseConfiguration({ path: 'h.yaml', text })
    },
  },
  'a list file': {
    size: 4000,
    prepare: size => {
      const text = lines(size, index => machineId(index))
      return () => parseListFile({ path: 'l.txt', text })
    },
  },
  'a list file of one line many times': {
    size: 4000,
    prepare: size => {
      const text = 'ws-1.contoso.com\n'.repeat(size)
      return () => parseListFile({ path: 'l.txt', text })
    },
  },
  'a list file of wrong lines': {
    size: 4000,
    prepare: size => {
      const text = '*\n'.repeat(size)
      return () => parseListFile({ path: 'l.txt', text })
    },
  },
  'a scenario': {
    size: 150,
    prepare: size => {
      const text = `version: 1\nmachines:\n${lines(size, index => `  - { computerDnsName: ws-${index}.contoso.com }`)}`
      return () => parseScenario({ path: 's.yaml', text })
    },
  },
  'a plan file': {
    size: 150,
    prepare: size => {
      const changes = Array.from({ length: size }, (_, index) => change({ machine: planMachine(index + 1) }))
      const text = JSON.stringify(sealPlan(plan(changes)))
      return () => readPlan(text)
    },
  },
  'a journal': {
    size: 1000,
    prepare: size => {
      const head = { at: '2026-11-22T18:00:00Z', runId: 'r', planId: 'p', request: 0 }
      const text = lines(size + 1, index => {
        const entry = {
          event: 'intent',
          ...head,
          intent: index,
          address: `${index}/isolated`,
          path: 'isolate',
        }
        return index === size ? '' : JSON.stringify(entry)
      })
      const since = at('2026-11-22T17:00:00Z')
      return () => {
        const entries = parseJournal('j', text)
        return [tracesOf(entries, { planId: 'p' }).size, submissionsOf(entries, since).length]
      }
    },
  },
  'a list of actions': {
    size: 2500,
    prepare: size => {
      const answer = { value: Array.from({ length: size }, (_, index) => wireAction(index)) }
      return () => readList(answer, readAction)
    },
  },
  // What an expression does inside the engine is not counted: one that is not linear would not end for texts so long.
  'a comment that nearly ends in a marker': {
    size: 1_000_000,
    prepare: size => {
      const text = `${'[holdfast policy='.repeat(size / 10)}]`
      return () => parseMarker(text)
    },
  },
  'a message of the service': {
    size: 1_000_000,
    prepare: size => {
      const text = `eyJ${'a'.repeat(size)}.${' \u202e'.repeat(size)}`
      return () => cleanText(text)
    },
  },
  'tens of thousands of keys': {
    size: 10_000,
    prepare: size => {
      const text = lines(size, index => `key${index}: 1`)
      return () => policy(text)
    },
  },
}

/** Readers that are not linear, each in another way: what counts work must see them. */
export const QUADRATIC: Readonly<Record<string, SizedRead>> = {
  'a loop in a loop': {
    size: 200,
    prepare: size => () => {
      let met = 0
      for (let one = 0; one < size; one += 1)
        for (let two = 0; two < size; two += 1) met += one === two ? 1 : 0
      return met
    },
  },
  'a copy for each item': {
    size: 200,
    prepare: size => () => {
      let items: readonly number[] = []
      for (let index = 0; index < size; index += 1) items = [...items, index]
      return items
    },
  },
}
