import { compareText } from '../words/words.ts'
import { type Html, html, NO_HTML } from './escape-html.ts'
import type { Chart, Share } from './page-model.ts'

/** The bar is so many units wide. */
const WIDTH = 1000
/** What is there at all is at least so wide, so that one blocked machine among thousands is seen. */
const LEAST = 6
/** So many bars are shown; the rest becomes one. */
const MOST_BARS = 8

/** Counts equal labels into a chart: the most frequent first, the rest together in the last bar. */
export function countLabels(title: string, labels: readonly string[]): Chart {
  const counts = new Map<string, number>()
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1)
  const bars = [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || compareText(a.label, b.label))
  const rest = bars.slice(MOST_BARS)
  if (rest.length < 2) return { title, bars }
  const others = rest.reduce((sum, { count }) => sum + count, 0)
  return { title, bars: [...bars.slice(0, MOST_BARS), { label: `${rest.length} others`, count: others }] }
}

/** The bar of all shares; says nothing that the legend does not say in words. */
function shareBar(shares: readonly Share[]): Html {
  const total = shares.reduce((sum, { count }) => sum + count, 0)
  const wide = shares.map(({ count }) => Math.max(LEAST, (count / total) * WIDTH))
  const scale = WIDTH / wide.reduce((sum, width) => sum + width, 0)
  let x = 0
  const parts = shares.map(({ tone }, index) => {
    const width = (wide[index] as number) * scale
    const part = html`<rect class="t-${tone}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="14"/>`
    x += width
    return part
  })
  return html`<svg class="all" viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`
}

/** Draws the shares that are not empty as one bar with a legend of counts. */
export function renderShares(shares: readonly Share[]): Html {
  const told = shares.filter(({ count }) => count > 0)
  if (told.length === 0) return NO_HTML
  const legend = told.map(
    ({ label, count, tone }) =>
      html`<li><span class="dot t-${tone}" aria-hidden="true"></span> <b>${count}</b> ${label}</li>\n`,
  )
  return html`${shareBar(told)}\n<ul class="legend">\n${legend}</ul>\n`
}

/** Draws a chart that is not empty as a list of bars with their counts. */
export function renderChart({ title, bars }: Chart): Html {
  const most = Math.max(...bars.map(({ count }) => count))
  const rows = bars.map(
    ({ label, count }) =>
      html`<li><bdi>${label}</bdi> <b>${count}</b><svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="${((100 * count) / most).toFixed(1)}" height="4"/></svg></li>\n`,
  )
  return html`<section class="chart"><h2>${title}</h2>\n<ul>\n${rows}</ul></section>\n`
}
