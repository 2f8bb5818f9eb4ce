import type { HuntingRule } from './scenario-types.ts'
import { scenarioMs, spanMs } from './span.ts'

/** When the old path stops returning data (docs/service.md#hunting-retirement). */
const OLD_PATH_ENDS = '2027-02-01T00:00:00Z'
/** Most rows of one answer (docs/service.md#hunting-limits). */
const ROW_LIMIT = 100_000

/** A {@link HuntingRule} with its defaults, times in milliseconds. */
export interface HuntingSettings {
  readonly lagMs: number
  readonly status: Required<NonNullable<HuntingRule['status']>>
  readonly camelKeys: boolean
  readonly refusedAsArray: boolean
  readonly unpermittedIsUnresolved: boolean
  readonly noTable: boolean
  readonly rowLimit: number
  readonly oldPathEndsMs: number
  readonly oldPathAnswer: NonNullable<HuntingRule['oldPathAnswer']>
}

/** Fills in what hunting shows, and how. */
export function huntingSettings(rule: HuntingRule = {}, startMs: number): HuntingSettings {
  const { form = 'object', value = 'text', released = 'false' } = rule.status ?? {}
  return {
    lagMs: spanMs(rule.lag ?? '10m'),
    status: { form, value, released },
    camelKeys: rule.keys === 'camel',
    refusedAsArray: rule.refusedAs === 'array',
    unpermittedIsUnresolved: rule.unpermitted === 'unresolved',
    noTable: rule.noTable ?? false,
    rowLimit: rule.rowLimit ?? ROW_LIMIT,
    oldPathEndsMs: scenarioMs(rule.oldPathEnds ?? OLD_PATH_ENDS, startMs),
    oldPathAnswer: rule.oldPathAnswer ?? 'gone',
  }
}
