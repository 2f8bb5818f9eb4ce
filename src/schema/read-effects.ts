import type { IsolationEffect } from './configuration.ts'
import { type Duration, parseDuration } from './duration.ts'
import type { RawConfiguration } from './generated/configuration.ts'
import { at, isTrue, type Located, type Reading } from './located.ts'

type RawIsolationEffect = NonNullable<NonNullable<RawConfiguration['effects']>['isolated']>

function duration(text: string): Duration {
  return parseDuration(text) as Duration
}

/** What the service documents of an isolation (docs/service.md#isolation-lapse), and what Holdfast makes of its end. */
export function defaultIsolationEffect(): IsolationEffect {
  return { lasts: duration('7d'), extends: false, renewWithin: duration('24h'), longFree: duration('7d') }
}

/** A renewal ahead of the end would not move it where the service does not extend, and could stick (docs/service.md#duplicates). */
function checkRenewBefore(
  reading: Reading,
  raw: Located<RawIsolationEffect>,
  { lasts, extends: isExtended, renewBefore }: IsolationEffect,
): void {
  const place = at(raw, 'renewBefore')
  if (renewBefore === undefined || place === undefined) return
  const refuse = (message: string): void => {
    reading.findings.push({ code: 'renew-before', message, span: place.member.node.span })
  }
  if (!isExtended) refuse('`renewBefore` needs `extends: true`, since a renewal moves the end only there')
  else if (lasts === undefined)
    refuse('`renewBefore` has no end to come before, since `lasts` is `never`: leave it out')
  else if (renewBefore.ms >= lasts.ms)
    refuse(
      `expected less than \`lasts\` (${lasts.text}): else every look would renew what was renewed just now`,
    )
}

/** Reads `effects.isolated`, defaults filled in. */
export function readIsolationEffect(
  reading: Reading,
  configuration: Located<RawConfiguration>,
): IsolationEffect {
  const defaults = defaultIsolationEffect()
  const effects = at(configuration, 'effects')
  const raw = effects === undefined ? undefined : at(effects, 'isolated')
  if (raw === undefined) return defaults
  const { lasts = '7d', renewWithin, longFree, renewBefore = 'off' } = raw.value
  const effect: IsolationEffect = {
    ...(lasts === 'never' ? {} : { lasts: duration(lasts) }),
    extends: isTrue(at(raw, 'extends')),
    renewWithin: renewWithin === undefined ? defaults.renewWithin : duration(renewWithin),
    longFree: longFree === undefined ? defaults.longFree : duration(longFree),
    ...(renewBefore === 'off' ? {} : { renewBefore: duration(renewBefore) }),
  }
  checkRenewBefore(reading, raw, effect)
  return effect
}
