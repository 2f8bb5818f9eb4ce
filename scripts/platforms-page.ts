import { ISOLATION_HAZARDS } from '../src/posture/isolation-hazards.ts'
import { PLATFORM_ROWS, type Platform, type PlatformRow, type Support } from '../src/posture/platforms.ts'

/** Everything below this line of docs/platforms.md is written from the table of the sources. */
export const PLATFORMS_BEGIN =
  '<!-- From here on written by `npm run codes` from src/posture/platforms.ts. -->'

const PAGES = 'https://learn.microsoft.com/defender-endpoint/'

const COLUMNS: readonly (readonly [Platform, string])[] = [
  ['windows-10', 'Windows 10'],
  ['windows-11', 'Windows 11'],
  ['windows-server', 'Server 2019 and later'],
  ['windows-server-older', 'Server 2012 R2, 2016'],
  ['windows-old', 'older Windows'],
  ['macos', 'macOS'],
  ['linux', 'Linux'],
  ['mobile', 'iOS, Android'],
]

const IS_CHECKED = (support: Exclude<Support, string>): boolean =>
  support.osBuild !== undefined || support.agent !== undefined

function cell(support: Support | undefined): string {
  if (support === undefined) return 'any'
  if (support === 'no') return '**blocked**'
  if (support === 'unlisted') return 'warned'
  if (support === 'yes') return 'yes'
  return IS_CHECKED(support) ? `${support.needs} or later` : `with ${support.needs}`
}

function title({ type, scope }: PlatformRow): string {
  return scope === undefined ? `\`${type}\`` : `\`${type}\` ${scope}`
}

function table(): string {
  const head = ['action', ...COLUMNS.map(([, name]) => name), 'licence']
  const rows = PLATFORM_ROWS.map(row => [
    title(row),
    ...COLUMNS.map(([platform]) => cell(row.support[platform])),
    row.licence,
  ])
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function link(page: string): string {
  return `[${page}](${PAGES}${page})`
}

function details(): string {
  return PLATFORM_ROWS.map(row => {
    const also = row.alsoNeeds === undefined ? '' : ` Besides, not checked: ${row.alsoNeeds}.`
    return `- ${title(row)}: ${row.reason}.${also} Sources: ${row.sources.map(link).join(', ')}.`
  }).join('\n')
}

function hazards(): string {
  return ISOLATION_HAZARDS.map(({ about, warning, source }) => {
    const who = about === null ? 'Every machine' : about.many[0]?.toUpperCase() + about.many.slice(1)
    return `- ${who}: ${warning}. Source: ${link(source)}.`
  }).join('\n')
}

/** Writes the part of docs/platforms.md below {@link PLATFORMS_BEGIN}. */
export function renderPlatforms(): string {
  return [
    PLATFORMS_BEGIN,
    '## The table',
    table(),
    '## What each action needs',
    details(),
    '## What isolating can do that nobody asked for',
    hazards(),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n')
}
