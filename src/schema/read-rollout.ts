import type { Amount, RolloutRules, Share, StopRules } from './configuration.ts'
import type { RawConfiguration } from './generated/configuration.ts'
import { at, items, type Located, type Reading } from './located.ts'

type RawApply = NonNullable<RawConfiguration['apply']>

/** What stands for everything that no wave before took in. */
const REST = 'rest'

/** Reads a percentage that the schema has checked. */
export function readShare(text: string): Share {
  return { text, ratio: Number(text.slice(0, -1)) / 100 }
}

function readAmount(text: string): Amount {
  return text.endsWith('%') ? readShare(text) : { text, count: Number(text) }
}

/** The sizes before the `rest`, which has to be there, last and once. */
function readWaves(reading: Reading, raw: Located<readonly string[]>): readonly Amount[] {
  const waves = items(raw)
  const last = waves.length - 1
  const wrong = waves.find(({ value }, place) => (value === REST) !== (place === last))
  if (wrong !== undefined) {
    const message =
      'expected `rest` as the last wave and nowhere else, as in `[1, 10%, rest]`: what no wave takes in would never be sent'
    reading.findings.push({ code: 'rest-not-last', message, span: wrong.member.node.span })
  }
  return waves.slice(0, last).map(({ value }) => readAmount(value))
}

function readStopRules(
  reading: Reading,
  raw: Located<NonNullable<RawApply['stopWhen']>>,
  isOneWave: boolean,
) {
  const failed = at(raw, 'failed')
  const silent = at(raw, 'silent')
  if (silent !== undefined && isOneWave) {
    const message =
      '`silent` is judged when a wave has ended, and after the only one nothing is left to stop: write more waves, or leave it out'
    reading.findings.push({ code: 'silent-without-waves', message, span: silent.member.name })
  }
  const rules: StopRules = {
    ...(failed === undefined ? {} : { failed: readAmount(failed.value) }),
    ...(silent === undefined ? {} : { silent: readAmount(silent.value) }),
  }
  return rules
}

/** Reads `waves` and `stopWhen`; what is not there stays absent, and the planner has a default for it. */
export function readRollout(reading: Reading, apply: Located<RawApply> | undefined): RolloutRules {
  if (apply === undefined) return {}
  const rawWaves = at(apply, 'waves')
  const rawRules = at(apply, 'stopWhen')
  const waves = rawWaves === undefined ? undefined : readWaves(reading, rawWaves)
  return {
    ...(waves === undefined ? {} : { waves }),
    ...(rawRules === undefined ? {} : { stopWhen: readStopRules(reading, rawRules, waves?.length === 0) }),
  }
}
