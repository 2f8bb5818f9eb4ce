import type { LapseRule } from './scenario-types.ts'
import { type Span, spanMs } from './span.ts'

/** A {@link LapseRule} with its defaults, lengths in milliseconds. */
export interface LapseSettings {
  /** Infinite where isolations stay. */
  readonly afterMs: number
  readonly from: 'update' | 'creation'
  /** Whether a selective isolation ends too. */
  readonly endsSelective: boolean
  readonly extends: boolean
  readonly lateMs: number
  readonly record: 'unisolate' | 'unnamed' | 'none'
  readonly requestor: string
  readonly requestSource: string
}

/** Reads a length of time that may be without end. */
export function lastsMs(lasts: Span | 'never'): number {
  return lasts === 'never' ? Number.POSITIVE_INFINITY : spanMs(lasts)
}

/** Fills in how isolations end: after seven days (docs/service.md#isolation-lapse), told as it is assumed. */
export function lapseSettings(rule: LapseRule = {}): LapseSettings {
  return {
    afterMs: lastsMs(rule.after ?? '7d'),
    from: rule.from ?? 'update',
    endsSelective: rule.scopes !== 'full',
    extends: rule.extends ?? false,
    lateMs: spanMs(rule.late ?? 0),
    record: rule.record ?? 'unisolate',
    requestor: rule.requestor ?? 'Microsoft Defender for Endpoint',
    requestSource: rule.requestSource ?? 'System',
  }
}
