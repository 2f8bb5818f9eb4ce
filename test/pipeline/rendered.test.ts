import fc from 'fast-check'
import { Marked } from 'marked'
import { describe, expect, test } from 'vitest'
import { comparePlans } from '../../src/analysis/compare/compare-plans.ts'
import { commentBody } from '../../src/pipeline/github/comment-body.ts'
import { markdownOf } from '../../src/pipeline/markdown-of.ts'
import type { PipelineDocument } from '../../src/pipeline/read-document.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { driftDocument } from '../../src/report/documents/drift-document.ts'
import { blocked, drift, inFlight, isolation, machine, plan } from '../report/sample-plan.ts'
import { arbitraryPlan, arbitraryResult } from '../support/arbitrary-plan.ts'
import { seededRuns } from '../support/seeded-runs.ts'

const RUNS = seededRuns('rendered', 30)

const RUN = 'https://github.example/contoso/response/actions/runs/9'
const github = new Marked({ gfm: true, async: false })

/** The comment as a pull request has it. */
function commentOf(document: PipelineDocument): string {
  const markdown = markdownOf(document, { kind: 'plan', name: 'emea' })
  return commentBody(markdown, { commit: 'a'.repeat(40), run: RUN })
}

const TAG = /<!--[\s\S]*?-->|<\/?([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/gi
/** Everything that a report makes of itself; none of it has attributes. */
const OWN = new Set(
  'h3 h4 p br table thead tbody tr th td code strong blockquote details summary sub ul li'.split(' '),
)
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }

function decode(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(amp|lt|gt|quot|nbsp);/g, (_all, name: string) => ENTITIES[name] as string)
}

/** What GitHub's filters look for in the text that was rendered: people, issues, addresses, emoji. */
const FILTERED = /(?:^|[^\w])@\w|#\d|\bGH-\d|https?:\/\/|www\.\w|\w@[\w.]|:[\w+-]+:/i

/** Tags that are not of a report, and text between tags that a later filter would make something of. */
function liveParts(html: string): readonly string[] {
  const tags = [...html.matchAll(TAG)].flatMap(([whole, name = '', attributes = '']) => {
    if (whole.startsWith('<!--')) return []
    const isOwn = OWN.has(name.toLowerCase()) && attributes.trim() === ''
    return isOwn || whole === `<a href="${RUN}">` || whole === '</a>' ? [] : [whole]
  })
  const texts = html.split(/<!--[\s\S]*?-->|<\/?[a-z][^<>]*>/gi).map(decode)
  return [...tags, ...texts.filter(text => FILTERED.test(text))]
}

const render = (markdown: string): string => github.parse(markdown) as string

const HOSTILE: readonly string[] = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '</details></table><h1>approved</h1>',
  '[click](https://evil.example)',
  '![x](https://evil.example/x.png)',
  'https://evil.example/x',
  'www.evil.example',
  '@everyone',
  'mallory@evil.example',
  '#12 GH-12 contoso/response#12',
  'a | b | c |',
  '\n| x | y |\n',
  '```\n```',
  '`code`',
  '--> <b>bold</b> <!--',
  '<!-- holdfast:plan:emea -->',
  '**No changes.** _really_ ~~not~~',
  ':tada: &lt;b&gt; &#64;here',
  '# Heading',
  '- [x] done',
  'javascript:alert(1)',
  '<https://evil.example>',
  'ws\u202e\u200b\u0000',
  '\\|\\',
  '$\\rm{x}$',
]

/** A plan in which everything that a tenant or a policy can name is one text. */
function hostilePlan(text: string): Plan {
  const named = (number: number) => ({
    machine: machine(number, text),
    address: `${machine(number).id}/${text}`,
  })
  const policy = { name: 'p', file: text, line: 1, column: 1, expires: text }
  const warnings = [{ code: text, message: text }]
  const now = plan({
    changes: [isolation(1, { ...named(1), policy, warnings, before: text, after: text })],
    blocked: [blocked(2, { ...named(2), policy, code: text, message: text })],
    inFlight: [{ ...inFlight(3), ...named(3), requestor: text, status: text }],
    drift: [drift(4, { ...named(4), policy, expected: text, actual: text })],
    guards: [{ name: 'maxRuns', limit: 1, actual: 2, status: 'fail', message: text }],
    diagnostics: [{ severity: 'error', code: text, message: text, file: text, line: 1, column: 1 }],
  })
  const base = plan({ changes: [isolation(1, { ...named(1), after: 'x' }), isolation(9, named(9))] })
  return { ...now, comparison: comparePlans(base, now, { revision: text, commit: text, policies: 0 }) }
}

describe('the check itself', () => {
  test.each([
    '<img src=x>',
    '[a](https://evil.example)',
    'https://evil.example',
    '@alice',
    'see #12',
    '<b>x</b>',
  ])('finds %s where it is live', markdown =>
    expect(liveParts(render(`text ${markdown}`))).not.toStrictEqual([]),
  )
})

describe('a rendered comment', () => {
  test.each(HOSTILE)('shows %j and does nothing of it', text => {
    const hostile = hostilePlan(text)
    for (const document of [
      { is: 'plan', plan: hostile },
      { is: 'drift', drift: driftDocument(hostile, null) },
    ] satisfies readonly PipelineDocument[]) {
      const html = render(commentOf(document))
      expect(liveParts(html)).toStrictEqual([])
      expect(html.match(/<a /g)).toStrictEqual(['<a '])
    }
  })

  test('is inert whatever the texts hold', () => {
    fc.assert(
      fc.property(arbitraryPlan, arbitraryResult, (each, ended) => {
        for (const document of [
          { is: 'plan', plan: each },
          { is: 'drift', drift: driftDocument(each, null) },
          { is: 'result', result: ended },
        ] satisfies readonly PipelineDocument[]) {
          expect(liveParts(render(commentOf(document)))).toStrictEqual([])
        }
      }),
      RUNS,
    )
  })
})

/** The tables of a Markdown text: for each the number of columns of every one of its lines. */
function tableWidths(markdown: string): readonly (readonly number[])[] {
  const tables: number[][] = []
  let before = ''
  for (const line of markdown.split('\n')) {
    if (line.startsWith('| ')) {
      if (!before.startsWith('| ')) tables.push([])
      tables.at(-1)?.push(line.split('|').length - 2)
    }
    before = line
  }
  return tables
}

test('ten thousand changes are one comment under the limit: valid tables, whole rows, right totals', () => {
  const changes = Array.from({ length: 10_000 }, (_, index) => isolation(10_000 + index))
  const lifts = Array.from({ length: 700 }, (_, index) =>
    isolation(30_000 + index, { operations: ['lift'], before: 'full', after: 'none' }),
  )
  const summary = { ...plan().summary, impose: 10_000, lift: 700, blocked: 300 }
  const markdown = commentOf({
    is: 'plan',
    plan: plan({
      changes: [...changes, ...lifts],
      blocked: Array.from({ length: 300 }, (_, index) => blocked(50_000 + index)),
      summary,
    }),
  })
  expect(markdown.length).toBeLessThan(60_000)
  expect(markdown).toContain('\nPlan: 10000 to impose, 0 to change, 700 to lift, ')
  const html = render(markdown)
  expect(liveParts(html)).toStrictEqual([])
  const widths = tableWidths(markdown)
  expect(widths.map(lines => new Set(lines).size)).toStrictEqual([1, 1, 1])
  expect(html.match(/<table>/g)).toHaveLength(3)
  expect(html.match(/<tr>/g)).toHaveLength(widths.reduce((sum, lines) => sum + lines.length - 1, 0))
  const sections = html.split(/<h4>|<summary>/).slice(1)
  const totals = sections.map(section => {
    const [, title = '', total = ''] = /^([A-Za-z ]+) \((\d+)\)/.exec(section) ?? []
    const hidden = Number(/… (\d+) more rows/.exec(section)?.[1] ?? 0)
    const rows = (section.match(/<tr>/g)?.length ?? 0) - 1 - (hidden > 0 ? 1 : 0)
    return [title, Number(total), rows + hidden]
  })
  expect(totals).toStrictEqual([
    ['Blocked', 300, 300],
    ['Look at these', 700, 700],
    ['Other changes', 10_000, 10_000],
  ])
})
