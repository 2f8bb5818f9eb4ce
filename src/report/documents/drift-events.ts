import type { Target } from '../../plan/document/document.ts'
import type { DriftDocument, DriftEntry } from './drift-document.ts'
import { serializeLine } from './serialize-document.ts'

/** One drift finding as a CloudEvent in the JSON format (cloudevents.io, version 1.0). */
export interface DriftEvent {
  readonly specversion: '1.0'
  /** The id of the finding: the same tomorrow. */
  readonly id: string
  readonly source: string
  readonly type: string
  /** The address. */
  readonly subject: string
  /** When the action that tells of it changed last, else when it was seen; in milliseconds, as SDKs keep it. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: Omit<DriftEntry, 'id'> & { readonly target: Target }
}

/** The tenant where the token tells it, else the endpoint: together with the id it identifies an event. */
function sourceOf({ tenantId, endpoint }: Target): string {
  return tenantId === null
    ? encodeURI(endpoint.toWellFormed())
    : `urn:holdfast:tenant:${encodeURIComponent(tenantId.toWellFormed())}`
}

/**
 * A time of the service in milliseconds: the SDK of CloudEvents keeps no more of them, and readers of the raw text and
 * of its objects are to see the same. Undefined where the text is none.
 */
function inMilliseconds(text: string): string | undefined {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(text)
  return found === null ? undefined : `${found[1]}.${(found[2] ?? '').slice(0, 3).padEnd(3, '0')}Z`
}

/**
 * Makes an event of every finding: the same finding is the same event in whatever run, so that a receiver knows it by
 * source and id. None goes without a time, since the SDK of CloudEvents would put its own clock there.
 */
export function driftEvents({ drift, target, createdAt }: DriftDocument): readonly DriftEvent[] {
  const seenAt = inMilliseconds(createdAt) as string
  return drift.map(entry => {
    const { id, ...data } = entry
    const time = (entry.actor === null ? undefined : inMilliseconds(entry.actor.at)) ?? seenAt
    return {
      specversion: '1.0',
      id,
      source: sourceOf(target),
      type: `dev.holdfast.drift.${entry.kind}`,
      subject: entry.address,
      time,
      datacontenttype: 'application/json',
      data: { ...data, target },
    }
  })
}

/** Writes one event a line; empty where nothing drifted. */
export function renderDriftEvents(document: DriftDocument): string {
  return driftEvents(document).map(serializeLine).join('')
}
