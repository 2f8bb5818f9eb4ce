import type { TextNode } from './text-tree.ts'
import type { SchemaError } from './validator.ts'

/** What a text of a named format is called where something else was found. */
const NOUNS: Readonly<Record<string, string>> = {
  policyName: 'a name',
  formerName: 'a name, or `""`',
  machineId: 'a machine id',
  machineName: 'a DNS name',
  instant: 'a date or a time with an offset',
  duration: 'a duration such as `12h`',
  durationOrZero: 'a duration such as `12h`',
  durationOrNever: 'a duration such as `7d`, or `never`',
  durationOrOff: 'a duration such as `12h`, or `off`',
  freshness: 'a duration such as `7d`',
  sha1: 'a SHA-1',
  fileName: 'the name of a library file',
  guid: 'a GUID',
  endpoint: 'an https address',
  store: '`local` or an https address',
  share: 'a percentage',
  amount: 'a number or a percentage',
  waveSize: 'a number, a percentage or `rest`',
  wholeNumber: 'a whole number',
  positiveNumber: 'a whole number',
}
const TYPES: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
}
const LONGEST_QUOTE = 60

/** Quotes what was typed for a message, cut where it is long. */
export function quoteText(text: string): string {
  return `\`${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}\``
}

/** Joins alternatives as people do: `a`, `b` or `c`. */
function either(alternatives: readonly string[]): string {
  const others = alternatives.slice(0, -1).join(', ')
  return `${others}${others === '' ? '' : ' or '}${alternatives.slice(-1).join()}`
}

/** The values of an enumeration, other spellings of `true` and `false` left out. */
export function allowedValues(schema: SchemaError['parentSchema']): readonly string[] {
  const values = Array.isArray(schema['enum']) ? schema['enum'].map(String) : []
  return values.filter(value => !/^(True|TRUE|False|FALSE)$/.test(value))
}

/** Writes a value as YAML has it on one line: `{ scan: full, since: 2026-11-20 }`. */
function inFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => `${key}: ${inFlow(member)}`)
  return `{ ${members.join(', ')} }`
}

/** An example of a map or a list, which its name alone tells nobody how to write; empty where the schema has none. */
function exampleOf(schema: SchemaError['parentSchema']): string {
  const [first] = Array.isArray(schema['examples']) ? schema['examples'] : []
  return typeof first === 'object' ? ` such as \`${inFlow(first)}\`` : ''
}

/** Says what a schema object wants. */
export function describeExpected(schema: SchemaError['parentSchema']): string {
  const values = allowedValues(schema)
  if (values.length > 0) return `${values.length > 2 ? 'one of ' : ''}${either(values.map(quoteText))}`
  const branches = schema['type'] === undefined ? (schema['anyOf'] ?? schema['oneOf']) : undefined
  if (Array.isArray(branches)) return either([...new Set(branches.map(describeExpected))])
  const noun = NOUNS[String(schema['format'])]
  const types = [schema['type']]
    .flat()
    .map(type => (type === 'string' && noun) || TYPES[String(type)] || 'a value')
  return either([...new Set(types)]) + exampleOf(schema)
}

/** Says what was found instead. */
export function describeFound(node: TextNode): string {
  if (node.kind === 'text') return quoteText(node.text)
  return node.kind === 'nothing' ? 'nothing' : `a ${node.kind}`
}
