import type { Timeline } from '../../analysis/explain/timeline.ts'
import { actorWords } from '../words/posture-words.ts'
import { actsOf, actWords, lengthOf } from '../words/timeline-words.ts'
import { shownTime } from '../words/words.ts'
import { renderPage } from './render-page.ts'
import { heldNow } from './timeline-figure.ts'

/** Writes the history of one machine as a page that stands alone. Ends with a newline. */
export function renderTimelineHtml(timeline: Timeline): string {
  const { machine, target, readAt } = timeline
  const now = heldNow(timeline)
  return renderPage({
    title: 'Holdfast timeline',
    verdict: machine.dnsName ?? machine.id,
    tone: 'strong',
    alarms: [],
    leads: [lengthOf(timeline), now === '' ? 'Nothing is held now.' : `Held now: ${now}.`],
    shares: [],
    charts: [],
    timeline,
    tables: [
      {
        title: 'Actions',
        columns: ['Created', 'Action', 'Status', 'Ended', 'Who', 'Id'],
        rows: actsOf(timeline).map(act => [
          shownTime(act.createdAt),
          actWords(act),
          act.status,
          act.endedAt === null ? '' : shownTime(act.endedAt),
          actorWords(act.by),
          act.by.actionId,
        ]),
      },
    ],
    rows: [],
    facts: [
      ['Machine', machine.id],
      ['Service', target.endpoint],
      ['Read', shownTime(readAt)],
      ['History from', shownTime(timeline.historyFrom)],
    ],
  })
}
