import type { Configuration } from '../../schema/configuration.ts'
import { normalText } from '../../schema/machine-name.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'

/** Where a declaration looks at a tag: changing it on machines changes what is done to them. */
export interface TagUse {
  readonly kind: 'policy' | 'except' | 'protected'
  /** The policy's name; the configuration's file for `protected`. */
  readonly name: string
}

/** Finds where a tag is looked at, sorted. Tags compare whole and without regard to case. */
export function findTagUses(
  tag: string,
  policies: readonly Policy[],
  configuration: Configuration,
): readonly TagUse[] {
  const wanted = normalText(tag)
  const looksAt = (entry: MachineEntry): boolean =>
    (entry.fields.tag ?? []).some(text => normalText(text) === wanted)
  const uses: TagUse[] = policies.flatMap(({ name, machines, except }) => [
    ...(machines.some(looksAt) ? [{ kind: 'policy' as const, name }] : []),
    ...(except.some(looksAt) ? [{ kind: 'except' as const, name }] : []),
  ])
  if (configuration.protected.some(({ match }) => looksAt(match))) {
    uses.push({ kind: 'protected', name: configuration.file ?? 'the configuration' })
  }
  return uses.sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1))
}
