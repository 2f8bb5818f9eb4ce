import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorsOf } from './anchors.ts'
import { ROOT, readFilesBelow, roomOf, type TextFile } from './source-files.ts'

/** The documents that are cited by anchor: rules, and facts about the service. */
const KNOWLEDGE = readFilesBelow('docs', '.md').filter(({ path }) =>
  ['docs/contract.md', 'docs/service.md'].includes(path),
)
const ANCHORS = new Map(KNOWLEDGE.map(({ path, text }) => [path, anchorsOf(text)]))
const CODE = ['src', 'test', 'scripts', 'bench']
  .flatMap(folder => readFilesBelow(folder, '.ts', '.js'))
  .filter(({ path }) => path !== 'test/house/citations.test.ts')

/** The comments of a source file, one text each; lines of `//` that follow each other are one. */
function commentsOf(text: string): readonly string[] {
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n?)+/gm)].map(([comment]) => comment)
}

/** What comments cite and a reader of this repository would not find: a page, or an anchor of it. */
function deadCitations({ path, text }: TextFile): readonly string[] {
  const cited = commentsOf(text).flatMap(comment => comment.match(/[\w./-]+\.md\b(?:#[\w-]+)?/g) ?? [])
  return cited.filter(citation => !isAlive(citation)).map(citation => `${path} cites ${citation}`)
}

function isAlive(citation: string): boolean {
  const [page = '', anchor] = citation.split('#')
  const anchors = ANCHORS.get(page)
  return anchors === undefined ? existsSync(join(ROOT, page)) : anchors.has(anchor ?? '')
}

/** Rooms whose numbers may come from the service. */
const ROOMS = ['defender', 'posture', 'plan', 'apply', 'emulator']

/** Lengths of time that are what they are. */
const UNIT = /^(?:SECOND|MINUTE|HOUR|DAY|WEEK|TICKS_PER)_MS$/

/** Numbers that we chose, by room. A number that a page of the service or the contract states does not belong here. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  defender: [
    ...['ACQUITTALS', 'BATCH', 'BODY_TIMEOUT_MS', 'CANONICAL_LENGTH', 'EARLIEST_MS', 'FILTER_LIMIT'],
    ...['FRACTION_DOT', 'LONGEST_PAUSE_MS', 'SIGN_IN_PAUSE_MS'],
    ...['HEADERS_TIMEOUT_MS', 'IDLE_PAGES', 'ID_LIMIT', 'MANY_BATCHES', 'PASSES', 'PATIENCE_MS'],
    ...['PROGRESS_BYTES', 'RANGE_NOT_THERE', 'SHORT_WINDOW_MS', 'TEXT_LIMIT', 'TRIES'],
  ],
  plan: ['HELD_AT_ONCE', 'SECONDS', 'SHOWN'],
  apply: [
    ...[
      'ANSWER_GRACE_MS',
      'ASK_EVERY_MS',
      'CANCEL_POLL_MS',
      'CONCURRENT_POSTS',
      'ENOUGH',
      'FRAME_MS',
      'GIVE_UP_MS',
    ],
    ...[
      'IDLE_MS',
      'LEASE_RETRY_MS',
      'LIFT_RANK',
      'LISTED_LATE_MS',
      'LONGEST_MS',
      'LOOK_BATCH',
      'LOST_AFTER_MS',
    ],
    ...[
      'MARGIN_MS',
      'MAX_ATTEMPTS',
      'MAX_FAILED_LOOKS',
      'MAX_REST_MS',
      'NO_NUMBER',
      'SHOWN',
      'SIDE_LONGEST_MS',
    ],
    ...[
      'ON_THE_WAY_MS',
      'SIDE_SHORTEST_MS',
      'SKEW_NOISE_MS',
      'SKEW_TOLERANCE_MS',
      'STALL_MS',
      'TRIES',
      'WORTH_TELLING_MS',
      'YIELD_WAIT_MS',
    ],
  ],
  emulator: [
    ...[
      'BLOCK',
      'BODY_LIMIT',
      'COMPRESS_FROM',
      'DATE',
      'DEEPEST',
      'DEFLATED',
      'FAILED',
      'FLAGS',
      'PICKUP_MS',
    ],
    ...[
      'PICKUP_SHARE',
      'REPORT_MS',
      'STORED',
      'STREAM_FROM',
      'STRIDE',
      'TAG_LIMIT',
      'VALID_FOR_MS',
      'VALID_FROM_MS',
    ],
    'VERSION',
  ],
}

interface Constant {
  readonly path: string
  readonly name: string
  /** The comment right above it; empty where there is none. */
  readonly comment: string
}

const DECLARATION =
  /(?<comment>\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n|(?:\/\/.*\n)+)?^(?:export )?const (?<name>[A-Z][A-Z0-9_]*)(?<type>:[^=]*)? =(?<value>(?:.*\n)(?:[ \t\])}].*\n)*)/gm

/** Constants that hold a number, or a quota or page size among other things. */
function numbersOf({ path, text }: TextFile): readonly Constant[] {
  return [...text.matchAll(DECLARATION)].flatMap(({ groups = {} }) => {
    const { comment = '', name = '', value = '' } = groups
    const isNumber = /^\s*-?[\d.][\w.]*(?:\s*[*/+-]\s*[\w.]+)*\s*$/.test(value)
    const isLimit = /\b(?:perMinute|perHour|pageSize|concurrent): [\d]/.test(value)
    return (isNumber && !UNIT.test(name)) || isLimit ? [{ path, name, comment }] : []
  })
}

function cites({ comment }: Constant): boolean {
  return /docs\/(?:service|contract)\.md#/.test(comment)
}

function isOurs({ path, name }: Constant): boolean {
  return OURS[roomOf(path)]?.includes(name) ?? false
}

/** Numbers that neither say where they come from nor are known to be ours. */
function uncited(file: TextFile): readonly string[] {
  return numbersOf(file)
    .filter(constant => !cites(constant) && !isOurs(constant))
    .map(
      ({ path, name }) =>
        `${path}: ${name} cites neither docs/service.md#anchor nor docs/contract.md#anchor in the comment above it, and is not listed in OURS`,
    )
}

const SOURCES = CODE.filter(({ path }) => path.startsWith('src/') && ROOMS.includes(roomOf(path)))

describe('what code rests on', () => {
  test('is in this repository: every page that a comment cites, and every anchor of contract and service', () => {
    expect(CODE.flatMap(deadCitations)).toStrictEqual([])
  })

  test.each([
    ['a page that is not here', '/** As product.md 5 says. */', 'product.md'],
    [
      'an anchor that is not there',
      '// Waits (docs/service.md#no-such-fact).',
      'docs/service.md#no-such-fact',
    ],
    ['a rule without an anchor', '/**\n * Held (docs/contract.md).\n */', 'docs/contract.md'],
  ])('is found missing: %s', (_what, text, citation) => {
    expect(deadCitations({ path: 'src/plan/x.ts', text })).toStrictEqual([`src/plan/x.ts cites ${citation}`])
  })

  test('is cited often: the checks above look at something', () => {
    expect(
      CODE.flatMap(({ text }) => text.match(/docs\/(?:service|contract)\.md#/g) ?? []).length,
    ).toBeGreaterThan(100)
  })
})

describe('numbers', () => {
  test('that come from the service or the contract cite the row that states them', () => {
    expect(SOURCES.flatMap(uncited)).toStrictEqual([])
  })

  test.each([
    'const STUCK_MS = 96 * 3_600_000\n',
    '/** How long it is kept. */\nexport const KEPT_MS = 15_552_000_000\n',
    'const USUAL: Quota = { perMinute: 100, perHour: 1500 }\n',
    "/** Rows. */\nexport const ROWS: readonly Row[] = [\n  { path: 'isolate', quota: { perMinute: 10, perHour: 1500 } },\n]\n",
    'const TAG_BATCH = 500\n',
  ])('are found without a citation: %j', text => {
    expect(uncited({ path: 'src/plan/judge/x.ts', text })).toHaveLength(1)
  })

  test.each([
    '/** Stuck (docs/service.md#action-timeout). */\nconst STUCK_MS = 96 * 3_600_000\n',
    'const DAY_MS = 86_400_000\n',
    'const SHOWN = 5\n',
    "const WORDS = { one: '1' }\n",
  ])('pass with a citation, as a unit, as ours, and where they are none: %j', text => {
    expect(uncited({ path: 'src/plan/judge/x.ts', text })).toStrictEqual([])
  })

  test('that are listed as ours exist', () => {
    const found = new Set(SOURCES.flatMap(numbersOf).map(({ path, name }) => `${roomOf(path)} ${name}`))
    const listed = Object.entries(OURS).flatMap(([room, names]) => names.map(name => `${room} ${name}`))
    expect(listed.filter(entry => !found.has(entry))).toStrictEqual([])
  })
})

test('no two facts or rules of a page have the same anchor', () => {
  const twice = KNOWLEDGE.flatMap(({ path, text }) => {
    const ids = [...text.matchAll(/<a id="([^"]+)"/g)].map(([, id = '']) => id)
    const headings = [...anchorsOf(text.replace(/<a id="[^"]+"/g, '<a'))]
    const all = [...ids, ...headings]
    return all.filter((id, index) => all.indexOf(id) !== index).map(id => `${path}#${id}`)
  })
  expect(twice).toStrictEqual([])
})
