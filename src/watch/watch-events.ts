import type { DriftEvent } from '../report/documents/drift-events.ts'
import { formatInstant, type Instant } from '../schema/instant.ts'
import type { FailedLook } from './look.ts'

/** Something that a watcher tells, as a CloudEvent in the JSON format (cloudevents.io, version 1.0). */
export type WatchEvent = DriftEvent | OwnEvent

/** What a watcher tells of itself, and of findings that are no more. */
export interface OwnEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: 'dev.holdfast.watch.resolved' | 'dev.holdfast.watch.outage' | 'dev.holdfast.watch.recovered'
  /** The address of a finding, else the watcher itself. */
  readonly subject: string
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: Readonly<Record<string, unknown>>
}

/** Milliseconds are what the SDK of CloudEvents keeps. */
function inMilliseconds(at: Instant): string {
  return `${at.slice(0, 23)}Z`
}

/** That a finding told before is no more. */
export function resolvedEvent(finding: DriftEvent, at: Instant): OwnEvent {
  const time = inMilliseconds(at)
  return {
    specversion: '1.0',
    id: `${finding.id}-resolved-${time}`,
    source: finding.source,
    type: 'dev.holdfast.watch.resolved',
    subject: finding.subject,
    time,
    datacontenttype: 'application/json',
    data: { finding: finding.id, was: finding.type },
  }
}

/** That looks have failed so often that nobody knows how the tenant stands. */
export function outageEvent(source: string, failure: FailedLook, since: Instant, failed: number): OwnEvent {
  const time = inMilliseconds(since)
  return {
    specversion: '1.0',
    id: `outage-${time}`,
    source,
    type: 'dev.holdfast.watch.outage',
    subject: 'watch',
    time,
    datacontenttype: 'application/json',
    data: { code: failure.code, message: failure.message, failedLooks: failed, since: formatInstant(since) },
  }
}

/** That a look has succeeded again after an outage was told. */
export function recoveredEvent(source: string, since: Instant, at: Instant): OwnEvent {
  const time = inMilliseconds(at)
  return {
    specversion: '1.0',
    id: `recovered-${inMilliseconds(since)}`,
    source,
    type: 'dev.holdfast.watch.recovered',
    subject: 'watch',
    time,
    datacontenttype: 'application/json',
    data: { since: formatInstant(since) },
  }
}
