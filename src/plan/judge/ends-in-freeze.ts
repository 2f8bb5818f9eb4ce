import type { Configuration } from '../../schema/configuration.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { displayInstant, type Instant } from '../../schema/instant.ts'
import { freezeInForce } from '../document/freeze.ts'
import { isHoldItem } from './evaluate-hold.ts'
import type { Item } from './item.ts'

/**
 * Names every declared hold that ends by itself while a freeze keeps it from being renewed
 * (docs/contract.md#renewal-limits); nothing where the freeze lets renewals go on.
 */
export function endsInFreeze(
  items: readonly Item[],
  configuration: Pick<Configuration, 'freeze'>,
  now: Instant,
): readonly Diagnostic[] {
  const freeze = freezeInForce(configuration, now)
  if (freeze === undefined || freeze.renewals === true) return []
  const ending = items.filter(isHoldItem).flatMap(({ posture, lead, machine }) => {
    const { until } = posture
    return lead !== null && until !== null && until <= freeze.until
      ? [`${machine.computerDnsName ?? machine.id} (${displayInstant(until)})`]
      : []
  })
  if (ending.length === 0) return []
  const way = freeze.isOfTenant ? '`holdfast freeze --renewals`' : '`renewals: true` of `freeze`'
  const what = ending.length === 1 ? '1 declared isolation ends' : `${ending.length} declared isolations end`
  return [
    {
      severity: 'warning',
      code: 'ends-in-freeze',
      message: `${what} by itself before the freeze does, and nothing renews it: ${ending.sort().join(', ')}. ${way} lets \`apply --renewals\` go on.`,
      place: freeze.place,
    },
  ]
}
