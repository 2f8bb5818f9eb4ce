import { APPLY_CODES } from '../src/apply/codes.ts'
import { CLI_CODES } from '../src/cli/codes.ts'
import { DEFENDER_CODES } from '../src/defender/codes.ts'
import { LOCAL_CODES } from '../src/local/codes.ts'
import { PIPELINE_CODES } from '../src/pipeline/codes.ts'
import { PLAN_CODES } from '../src/plan/document/codes.ts'
import { SCHEMA_CODES } from '../src/schema/codes.ts'

/** A registry of one room: what each code means, and the way out, as one text or as two. */
type Registry = Readonly<
  Record<string, string | { readonly meaning: string; readonly wayOut: string | readonly string[] }>
>

/** Every registry of codes, by the words that docs/errors.md heads its part with. */
const REGISTRIES: Readonly<Record<string, Registry>> = {
  'Policies, configuration and lists': SCHEMA_CODES,
  'Reading from the service': DEFENDER_CODES,
  Planning: PLAN_CODES,
  'Applying a plan': APPLY_CODES,
  'What lies on this disk': LOCAL_CODES,
  'Telling a pipeline': PIPELINE_CODES,
  'The command line': CLI_CODES,
}

/** Everything below this line of docs/errors.md is written from the registries. */
export const CODES_BEGIN =
  '<!-- From here on written by `npm run codes` from the registries in src/*/codes.ts. -->'

export interface ListedCode {
  /** Heading of the part that tells of the code. */
  readonly part: string
  readonly code: string
  /** Paragraphs of Markdown; a code that a further room gives too has that room's words after the first's. */
  readonly text: string
}

/** Lists every code once, under the first part that has it, in alphabetical order inside a part. */
export function listCodes(): readonly ListedCode[] {
  const listed = new Map<string, ListedCode>()
  for (const [part, registry] of Object.entries(REGISTRIES)) {
    for (const [code, entry] of Object.entries(registry).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const text =
        typeof entry === 'string'
          ? entry
          : `${entry.meaning}\n\n**Way out:** ${[entry.wayOut].flat().join(' ')}`
      const earlier = listed.get(code)
      listed.set(
        code,
        earlier ? { ...earlier, text: `${earlier.text}\n\n*${part}:* ${text}` } : { part, code, text },
      )
    }
  }
  return [...listed.values()]
}

/** Writes the part of docs/errors.md below {@link CODES_BEGIN}: one heading per code. */
export function renderCodes(): string {
  const blocks: string[] = [CODES_BEGIN]
  let last = ''
  for (const { part, code, text } of listCodes()) {
    if (part !== last) blocks.push(`## ${part}`)
    last = part
    blocks.push(`### ${code}`, text)
  }
  return `${blocks.join('\n\n')}\n`
}
