import type { Plan } from '../../plan/document/document.ts'
import { counted, shownTime } from './words.ts'

/**
 * What a plan says of isolations that end by themselves: until when those that it imposes hold, and what keeps them.
 * Empty where it imposes none. Not escaped.
 */
export function endingSentence({ changes }: Pick<Plan, 'changes'>): string {
  const ends = changes.flatMap(({ until }) => (until === undefined ? [] : [until])).sort()
  const [first] = ends
  if (first === undefined) return ''
  const what = ends.length === 1 ? 'It is isolated' : `The ${counted(ends.length, 'machine')} are isolated`
  return `${what} until ${shownTime(first)} at the earliest, when the service ends that by itself; \`holdfast apply --renewals\` on a schedule holds on.`
}
