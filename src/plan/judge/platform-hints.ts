import { ISOLATION_HAZARDS, type IsolationHazard } from '../../posture/isolation-hazards.ts'
import type { Machine } from '../../posture/machine.ts'
import { platformDoubt, platformOf } from '../../posture/platforms.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import type { Note } from '../document/document.ts'
import type { DecidedChange } from './decision.ts'
import type { Item } from './item.ts'

/** Warns where the documents ask for more than the machine reports of itself; what nobody knows warns of nothing. */
export function platformWarning(machine: Machine, change: DecidedChange): Note | undefined {
  // A release is never doubted: whoever could be held can be let go.
  if (change.after === 'none') return undefined
  for (const request of change.requests) {
    if (request.type === 'Cancel') continue
    const scope = request.body['IsolationType']
    const doubt = platformDoubt(request.type, typeof scope === 'string' ? scope : null, machine)
    if (doubt !== undefined) {
      return {
        code: 'may-be-unsupported',
        message: `${doubt}; the request is sent, and the service may refuse it.`,
      }
    }
  }
  return undefined
}

/** The machines that a plan isolates anew, by the names that the service gives their platforms. */
function isolatedPlatforms(items: readonly Item[]): readonly (string | null)[] {
  return items
    .filter(
      ({ facet, decision }) =>
        facet === 'isolated' &&
        decision.kind === 'change' &&
        decision.operations.includes('impose') &&
        decision.after !== 'unmanaged',
    )
    .map(({ machine }) => machine.osPlatform)
}

function countedHazard({ about, warning }: IsolationHazard, platforms: readonly (string | null)[]): string[] {
  if (about === null) return []
  const count = platforms.filter(platform => about.platforms.includes(platformOf(platform))).length
  return count === 0 ? [] : [`${count} ${count === 1 ? about.one : about.many}: ${warning}`]
}

/**
 * Says once per plan what isolating servers and Linux machines can do that nobody asked for.
 *
 * Plans that isolate neither say nothing: the rest of the table is in docs/platforms.md, and a hint that stands under
 * every plan is read under none.
 */
export function isolationHints(items: readonly Item[]): readonly Diagnostic[] {
  const platforms = isolatedPlatforms(items)
  const counted = ISOLATION_HAZARDS.flatMap(hazard => countedHazard(hazard, platforms))
  if (counted.length === 0) return []
  const general = ISOLATION_HAZARDS.filter(({ about }) => about === null).map(({ warning }) => warning)
  const message = `isolating ${counted.join('; ')}. ${general.map(sentence).join(' ')}`
  return [{ severity: 'info', code: 'isolation-hazards', message }]
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
