import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeExpected } from '../src/schema/expectation.ts'

/** Everything below this line of docs/keys.md is written from the JSON schemas. */
export const KEYS_BEGIN = '<!-- From here on written by `npm run codes` from schemas/. -->'

/** The parts of a JSON schema that a reader is told of. */
interface SchemaNode {
  readonly [key: string]: unknown
  readonly $ref?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly allOf?: readonly SchemaNode[]
  readonly definitions?: Readonly<Record<string, SchemaNode>>
}

const PAGES: Readonly<Record<string, string>> = {
  'A policy': 'policy.schema.json',
  'The configuration, `holdfast.yaml`': 'configuration.schema.json',
}

/** Follows references; what stands beside one, such as its own description, counts before what it leads to. */
function resolve(node: SchemaNode, root: SchemaNode): SchemaNode {
  const name = node.$ref?.replace('#/definitions/', '')
  const target = name === undefined ? undefined : root.definitions?.[name]
  const resolved = target === undefined ? node : { ...resolve(target, root), ...node }
  const whole = (resolved.allOf ?? []).map(part => resolve(part, root))
  return Object.assign({}, ...whole, resolved) as SchemaNode
}

function code(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** Scalars are read as text, so that a text may look like a number or a boolean: that is no news to a reader. */
function asTyped(node: SchemaNode): SchemaNode {
  const types = [node['type']].flat()
  if (node.properties !== undefined) return { type: 'object' }
  if (!types.includes('string')) return node
  return { ...node, type: types.filter(type => type !== 'number' && type !== 'boolean') }
}

function wants(node: SchemaNode, root: SchemaNode): string {
  const branches = (node.anyOf ?? node.oneOf)?.map(branch => asTyped(resolve(branch, root)))
  const whole = branches === undefined || node.properties !== undefined ? node : { anyOf: branches }
  return describeExpected(asTyped(whole)).replaceAll('|', '\\|')
}

interface Row {
  readonly path: string
  readonly text: string
}

/** The rows of a node's properties, each with its path from the top, and of what stands below them. */
function rows(node: SchemaNode, root: SchemaNode, path: string, seen: readonly unknown[]): readonly Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, raw]) => {
    if (typeof raw !== 'object') return []
    const property = resolve(raw, root)
    const name = path === '' ? key : `${path}.${key}`
    const needed = node.required?.includes(key) ? ' **Needed.**' : ''
    const fallback = property.default === undefined ? '' : ` Default: ${code(property.default)}.`
    const example = property.examples?.[0]
    const isNews = example !== undefined && typeof example !== 'object' && example !== property.default
    const shown = isNews && !wants(property, root).includes(code(example)) ? ` Such as ${code(example)}.` : ''
    const about = (property.description ?? '').replaceAll('|', '\\|')
    const text = `| \`${name}\` | ${wants(property, root)} | ${about}${needed}${fallback}${shown} |`
    return [{ path: name, text }, ...below(property, root, name, [...seen, node.properties])]
  })
}

function below(node: SchemaNode, root: SchemaNode, path: string, seen: readonly unknown[]): readonly Row[] {
  if (node.properties !== undefined && seen.includes(node.properties)) return []
  const nested = rows(node, root, path, seen)
  const items = node.items === undefined ? [] : below(resolve(node.items, root), root, `${path}[]`, seen)
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? [])]
  return [...nested, ...items, ...branches.flatMap(branch => below(resolve(branch, root), root, path, seen))]
}

/** Writes the part of docs/keys.md below {@link KEYS_BEGIN}: every key of a policy and of the configuration. */
export function renderKeys(): string {
  const parts = Object.entries(PAGES).flatMap(([title, file]) => {
    const text = readFileSync(join(import.meta.dirname, '../schemas', file), 'utf8')
    const root = JSON.parse(text) as SchemaNode
    const all = rows(root, root, '', [])
    // A key that several shapes of a map have is told once, as the map tells it.
    const unique = all.filter(({ path }, index) => all.findIndex(row => row.path === path) === index)
    return [
      `## ${title}`,
      root.description ?? '',
      ['| key | takes | |', '|---|---|---|', ...unique.map(({ text: row }) => row)].join('\n'),
    ]
  })
  return `${[KEYS_BEGIN, ...parts].join('\n\n')}\n`
}
