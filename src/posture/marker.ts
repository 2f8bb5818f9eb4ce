import type { MachineAction } from './machine-action.ts'

/** What the end of an own action's comment says (docs/contract.md#marker). */
export interface Marker {
  /** Policy name, preceded by the configuration's `name` and a slash where it has one. */
  readonly policy: string
  /** First 8 hex digits of the plan's id. */
  readonly plan: string
  /** First 8 hex digits of the change's fingerprint. */
  readonly change: string
}

/** The longest comment that is sent, marker included (docs/service.md#comment-limit). */
export const COMMENT_LIMIT = 500

/** Three ASCII full stops: nobody knows what the service does to other characters (docs/service.md#comment-limit). */
const ELLIPSIS = '...'

const PATTERN = /\[holdfast policy=([a-z0-9/-]{1,128}) plan=([0-9a-f]{8}) change=([0-9a-f]{8})\]$/

/** Reads the marker at the very end of a comment; a marker anywhere else is somebody's text. */
export function parseMarker(comment: string | null): Marker | undefined {
  if (comment === null || !comment.endsWith(']')) return undefined
  const match = PATTERN.exec(comment)
  if (match === null) return undefined
  const [, policy = '', plan = '', change = ''] = match
  return { policy, plan, change }
}

/** Writes the marker as it stands in a comment. */
export function formatMarker(marker: Marker): string {
  return `[holdfast policy=${marker.policy} plan=${marker.plan} change=${marker.change}]`
}

/** Ends a comment with the marker: one line, at most {@link COMMENT_LIMIT} characters, the reason cut if need be. */
export function appendMarker(reason: string, marker: Marker): string {
  const suffix = ` ${formatMarker(marker)}`
  const oneLine = reason.replace(/\s+/g, ' ').trim()
  const room = COMMENT_LIMIT - suffix.length
  const cut =
    oneLine.length > room
      ? `${oneLine.slice(0, room - ELLIPSIS.length).replace(/[\uD800-\uDBFF]$/, '')}${ELLIPSIS}`
      : oneLine
  return cut + suffix
}

/** The configuration's name, which own markers carry, or all the names that it has or had; `''` is none. */
export type OwnNames = string | undefined | readonly string[]

/** The names whose markers are ours (docs/contract.md#names-of-configurations). */
export function ownNames({
  name,
  formerNames = [],
}: {
  readonly name?: string
  readonly formerNames?: readonly string[]
}): OwnNames {
  return formerNames.length === 0 ? name : [name ?? '', ...formerNames]
}

/** The name of the configuration that wrote a marker; empty where it had none. */
export function configurationOf({ policy }: Marker): string {
  return policy.slice(0, Math.max(0, policy.indexOf('/')))
}

/** The policy that a marker names, without the configuration's name. */
export function policyOf({ policy }: Marker): string {
  return policy.slice(policy.indexOf('/') + 1)
}

/** The policy that the marker of a comment names; undefined where it carries none. */
export function policyNamed(comment: string | null): string | undefined {
  const marker = parseMarker(comment)
  return marker === undefined ? undefined : policyOf(marker)
}

/**
 * Says whether an action is ours: its comment ends in our marker and it did not come through the portal, where
 * anybody can paste a comment. With a configuration name only markers of that name are ours.
 */
export function isOwn(action: MachineAction, name: OwnNames): boolean {
  return action.requestSource !== 'Portal' && isOwnMarker(parseMarker(action.requestorComment), name)
}

/** Says whether a marker was written under this configuration name, or one of these. */
export function isOwnMarker(marker: Marker | undefined, name: OwnNames): boolean {
  if (marker === undefined) return false
  const writer = configurationOf(marker)
  return typeof name === 'object' ? name.includes(writer) : writer === (name ?? '')
}
