import type { HttpRequest } from '../../src/defender/transport.ts'

/** Where a run can be struck. */
export const POINTS = ['observe', 're-observe', 'submit', 'look', 'await', 'journal'] as const

export type Point = (typeof POINTS)[number]

/** What each point is, for the page. */
export const MEANINGS: Readonly<Record<Point, string>> = {
  observe: 'the reads that the plan is made from',
  're-observe': 'the first look of the apply, before anything is sent',
  submit: 'the POSTs, cancels among them',
  look: 'the looks at machines before a later submission, after a lost answer and at the end',
  await: 'the list calls over what is in flight',
  journal:
    'what is written down: a fault of the service strikes a POST, and the line with its answer does not reach the disk',
}

/** Which part of a run a request belongs to, beside what the request itself says. */
export type Phase = 'planning' | 'observing' | 'applying'

/** The point a request is made at. */
export function pointOf({ method, url }: HttpRequest, phase: Phase): Exclude<Point, 'journal'> {
  if (phase === 'planning') return 'observe'
  if (method !== 'GET') return 'submit'
  if (phase === 'observing') return 're-observe'
  const query = decodeURIComponent(new URL(url).search.replaceAll('+', ' '))
  return /\bid (eq|in)\b/.test(query) ? 'await' : 'look'
}
