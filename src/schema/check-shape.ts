import { allowedValues, describeExpected, describeFound, quoteText } from './expectation.ts'
import type { Finding } from './indexed-text.ts'
import { nearest } from './nearest.ts'
import { TEXT_RULES, type TextFormat } from './text-formats.ts'
import { type Member, memberAt, toPlain } from './text-tree.ts'
import type { SchemaError, Validator } from './validator.ts'

/** A document that has the shape of `T`, or what is wrong with it. */
export type Shape<T> =
  | { readonly value: T; readonly findings: readonly [] }
  | { readonly value: undefined; readonly findings: readonly Finding[] }

/** Explaining costs time, and nobody reads so many: a file of a million mistakes must not take minutes. */
const MOST_CAUSES = 1000
/** One map may have many of these at once; of everything else the first at a place is the cause of the others. */
const MANY_AT_A_PLACE = new Set(['additionalProperties', 'required', 'anyOf'])
/** Said of the branches of an alternative, or again of what an enumeration already refused. */
function isNoise(error: SchemaError): boolean {
  return error.keyword === 'discriminator' || /\/(anyOf|oneOf)\/\d+\//.test(error.schemaPath)
}

function rank(error: SchemaError): number {
  return ['type', 'false schema'].indexOf(error.keyword)
}

/** One error per cause. */
function causes(errors: readonly SchemaError[]): readonly SchemaError[] {
  const told = errors.filter(error => !isNoise(error))
  const several = told.filter(error => MANY_AT_A_PLACE.has(error.keyword))
  const single = new Map<string, SchemaError>()
  for (const error of told) {
    if (MANY_AT_A_PLACE.has(error.keyword)) continue
    const earlier = single.get(error.instancePath)
    if (earlier === undefined || rank(error) > rank(earlier)) single.set(error.instancePath, error)
  }
  return [...several, ...single.values()]
}

function knownKeys(error: SchemaError): readonly string[] {
  return Object.keys((error.parentSchema['properties'] ?? {}) as object)
}

function suggestion(text: string, candidates: readonly string[]): string {
  const near = nearest(text, candidates)
  return near === undefined ? '' : `; did you mean \`${near}\`?`
}

function explainUnknownKey(error: SchemaError, member: Member): Finding {
  const key = String(error.params['additionalProperty'])
  const known = knownKeys(error)
  const near = suggestion(key, known)
  const hint =
    key === '<<'
      ? '; merge keys are not supported: write the keys out'
      : near ||
        (known.length === 0 ? ': no keys are known here' : `; known here: ${known.map(quoteText).join(', ')}`)
  return {
    code: 'unknown-key',
    message: `unknown key ${quoteText(key)}${hint}`,
    span: (member.node.members.get(key) as Member).name,
  }
}

/** The keys of which an error says that at least one is missing. */
function missingKeys(error: SchemaError): readonly string[] {
  if (error.keyword === 'required') return [String(error.params['missingProperty'])]
  if (error.keyword !== 'anyOf') return []
  const branches = error.parentSchema['anyOf'] as readonly { readonly required?: readonly string[] }[]
  return branches.flatMap(({ required }) => required ?? [])
}

function explainMissingKey(error: SchemaError, member: Member): Finding {
  const keys = missingKeys(error).map(quoteText)
  return {
    code: 'missing-key',
    message: `expected the key ${keys.join(' or ')} here: add it`,
    span: member.name,
  }
}

function explainFormat(error: SchemaError, member: Member): Finding {
  const { text, span } = member.node
  const problem = TEXT_RULES[error.params['format'] as TextFormat](text)
  const { code, expected } = problem ?? {
    code: 'invalid-value',
    expected: describeExpected(error.parentSchema),
  }
  if (problem?.isSecret) return { code, message: `expected ${expected}`, span, isSecret: true }
  return { code, message: `expected ${expected}, found ${quoteText(text)}`, span }
}

function explainValue(error: SchemaError, member: Member): Finding {
  const { node, name } = member
  const found = describeFound(node)
  const span = node.kind === 'nothing' ? name : node.span
  const expected = describeExpected(error.parentSchema)
  switch (error.keyword) {
    case 'type':
    case 'anyOf':
    case 'oneOf':
      return { code: 'wrong-type', message: `expected ${expected}, found ${found}`, span }
    case 'enum': {
      const message = `expected ${expected}, found ${found}`
      if (error.instancePath === '/version') {
        return { code: 'unsupported-version', message: `${message}: this build reads version 1`, span }
      }
      const near = suggestion(node.text, allowedValues(error.parentSchema))
      return { code: 'invalid-value', message: `${message}${near}`, span }
    }
    case 'format':
      return explainFormat(error, member)
    case 'minItems':
    case 'minProperties':
      return {
        code: 'empty-collection',
        message: `expected at least one member, found an empty ${node.kind}: fill it, or remove its key`,
        span,
      }
    case 'false schema': {
      const message = '`all` can stand in `machines` only: here it would leave no machine'
      return { code: 'all-outside-machines', message, span: name }
    }
    default: {
      const limit = Object.values(error.params).map(String).join(' ')
      return {
        code: 'invalid-value',
        message: `expected ${expected} (${error.keyword} ${limit}), found ${found}`,
        span,
      }
    }
  }
}

function explain(error: SchemaError, root: Member): Finding {
  const member = memberAt(root, error.instancePath)
  if (error.keyword === 'additionalProperties') return explainUnknownKey(error, member)
  return missingKeys(error).length > 0 ? explainMissingKey(error, member) : explainValue(error, member)
}

/** Leaves out "missing" where an unknown key of the same map is the missing one, misspelt. */
function withoutMisspelt(errors: readonly SchemaError[]): readonly SchemaError[] {
  const meant = new Set(
    errors
      .filter(({ keyword }) => keyword === 'additionalProperties')
      .map(error => {
        const near = nearest(String(error.params['additionalProperty']), knownKeys(error))
        return `${error.instancePath}/${near}`
      }),
  )
  return errors.filter(error => !missingKeys(error).some(key => meant.has(`${error.instancePath}/${key}`)))
}

/** Checks the shape of a document with a compiled JSON Schema, and says what is wrong in our words, one finding per cause. */
export function checkShape<T>(root: Member, validate: Validator<T>): Shape<T> {
  const value = toPlain(root.node)
  if (validate(value)) return { value, findings: [] }
  const errors = withoutMisspelt(causes(validate.errors ?? []).slice(0, MOST_CAUSES))
  return { value: undefined, findings: errors.map(error => explain(error, root)) }
}
