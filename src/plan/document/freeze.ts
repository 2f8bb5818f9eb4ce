import type { Configuration, Freeze } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { displayInstant, type Instant } from '../../schema/instant.ts'

/** Gives the freeze that is in force at a time; undefined where nothing is frozen then. */
export function freezeInForce({ freeze }: Pick<Configuration, 'freeze'>, now: Instant): Freeze | undefined {
  return freeze !== undefined && now < freeze.until ? freeze : undefined
}

/** Says who froze what is applied, until when and why: one sentence. */
export function describeFreeze({ owner, reason, until }: Pick<Freeze, 'owner' | 'reason' | 'until'>): string {
  return `${owner} has frozen every apply until ${displayInstant(until)}: ${reason}.`
}

/** Says in a plan that it cannot be applied yet, or that a freeze is left over. */
export function freezeDiagnostics(
  configuration: Pick<Configuration, 'freeze'>,
  now: Instant,
): readonly Diagnostic[] {
  const { freeze } = configuration
  if (freeze === undefined) return []
  const { owner, until, place } = freeze
  if (freezeInForce(configuration, now) !== undefined) {
    const what = freeze.renewals === true ? 'Nothing but renewals' : 'Nothing'
    const unless = freeze.isOfTenant ? '`holdfast freeze --end` ends it' : '`freeze` is taken out'
    const message = `${describeFreeze(freeze)} ${what} can be applied before then, unless ${unless}.`
    return [{ severity: 'warning', code: 'frozen', message, place }]
  }
  const message = `The freeze by ${owner} ended at ${displayInstant(until)} and has no effect any more; take \`freeze\` out.`
  return [{ severity: 'warning', code: 'freeze-over', message, place }]
}
