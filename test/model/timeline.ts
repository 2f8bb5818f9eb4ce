import { type Chronicle, hasEnded } from './record.ts'
import type { Run } from './world.ts'

/** Tells what happened, in order, for people who look at a counterexample. */
export function timeline(runs: readonly Run[], { entries, submissions, looks }: Chronicle): string {
  const short = (id: string): string => id.replace(/^0+/, '#')
  const lines: readonly (readonly [at: string, what: string])[] = [
    ...runs.flatMap(({ id, startedAt, finishedAt, result }) => [
      [startedAt, `${id} starts`] as const,
      [finishedAt, `${id} ${result === null ? 'dies' : `ends with ${result.exit.name}`}`] as const,
    ]),
    ...submissions.map(
      ({ at, by, type, machineId, actionId }) =>
        [at, `${by} sends ${type} to ${short(machineId)}: ${actionId ?? 'not accepted'}`] as const,
    ),
    ...looks.map(
      ({ by, readAt, machineIds }) =>
        [
          readAt,
          `${by} looks at ${machineIds === null ? 'everything' : machineIds.map(short).join()}`,
        ] as const,
    ),
    ...entries.flatMap(({ action, own, listedFrom }) => {
      const what = `${own ? 'our ' : ''}${action.type} ${action.id} on ${short(action.machineId)}`
      const created = [action.creationDateTimeUtc, `${what} is there, listed from ${listedFrom}`] as const
      const ended = [action.lastUpdateDateTimeUtc, `${what} ends ${action.status}`] as const
      return hasEnded(action) ? [created, ended] : [created]
    }),
  ]
  return [...lines]
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([at, what]) => `${at} ${what}`)
    .join('\n')
}
