import { type ApplyCode, explain } from './codes.ts'
import type { DriveEnd } from './drive.ts'
import { type Item, isHalfway } from './item.ts'
import type { ItemEvent } from './reduce-item.ts'
import type { Run } from './run.ts'

/** Codes of what had to be left when a run ended, by the reason for its end. */
const LEFT: Readonly<Record<DriveEnd, { readonly queued: ApplyCode; readonly inFlight: ApplyCode }>> = {
  done: { queued: 'dependency-pending', inFlight: 'no-wait' },
  deadline: { queued: 'dependency-pending', inFlight: 'deadline' },
  locked: { queued: 'locked', inFlight: 'deadline' },
  stopped: { queued: 'stopped', inFlight: 'stopped' },
  interrupted: { queued: 'interrupted', inFlight: 'interrupted' },
}

/** Gives every item that has not ended the outcome of what it was doing; returns whether there was one. */
export function closeItems(run: Run, end: DriveEnd): boolean {
  const open = [...run.items].filter(({ stage }) => stage.kind !== 'ended')
  for (const item of open) run.dispatch(item.address, closing(item, end))
  return open.length > 0
}

function closing(item: Item, end: DriveEnd): ItemEvent & { readonly kind: 'ended' } {
  const { stage } = item
  switch (stage.kind) {
    case 'sending':
    case 'looking':
      return {
        kind: 'ended',
        outcome: 'uncertain',
        code: 'unanswered',
        detail: explain('unanswered', stage.kind === 'looking' ? stage.message : undefined),
      }
    case 'in-flight': {
      const isStaying = !item.awaited && !isHalfway(item)
      const code = isStaying ? 'will-stay-pending' : LEFT[end].inFlight
      return { kind: 'ended', outcome: 'pending', code, detail: explain(code) }
    }
    default: {
      const code = LEFT[end].queued
      return { kind: 'ended', outcome: 'not-attempted', code, detail: explain(code) }
    }
  }
}
