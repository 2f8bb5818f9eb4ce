import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _, Ajv, type AnySchemaObject } from 'ajv'
import standaloneModule from 'ajv/dist/standalone/index.js'
import { compile } from 'json-schema-to-typescript'
import { textFormats } from '../src/schema/text-formats.ts'

/**
 * Compiles every JSON Schema of the table below to TypeScript: types of the raw document and a validator that needs
 * no ajv at run time. Run as `node scripts/generate-schema.ts`; it writes only what changed.
 */

interface Target {
  /** The published schema, the source of truth. */
  readonly schema: string
  /** Name of the raw type; the validator is `validate<Name>` without its `Raw`. */
  readonly type: string
  readonly out: string
  /**
   * How the scalars of the document reach the validator; those of YAML are all read as text (failsafe):
   * `text` leaves them text, so numbers and booleans of the schema become patterns and spellings;
   * `coerced` turns them into the numbers and booleans the schema asks for, in place;
   * `typed` takes them as they are, for documents that are JSON.
   */
  readonly scalars: 'text' | 'coerced' | 'typed'
}

const TARGETS: readonly Target[] = [
  {
    schema: 'schemas/policy.schema.json',
    type: 'RawPolicy',
    out: 'src/schema/generated/policy.ts',
    scalars: 'text',
  },
  {
    schema: 'schemas/configuration.schema.json',
    type: 'RawConfiguration',
    out: 'src/schema/generated/configuration.ts',
    scalars: 'text',
  },
  {
    schema: 'schemas/scenario.schema.json',
    type: 'RawScenario',
    out: 'src/emulator/generated/scenario.ts',
    scalars: 'coerced',
  },
  {
    schema: 'schemas/test.schema.json',
    type: 'RawTest',
    out: 'src/cli/generated/test.ts',
    scalars: 'coerced',
  },
  {
    schema: 'schemas/plan.schema.json',
    type: 'RawPlan',
    out: 'src/plan/generated/plan.ts',
    scalars: 'typed',
  },
  {
    schema: 'schemas/drift.schema.json',
    type: 'RawDrift',
    out: 'src/pipeline/generated/drift.ts',
    scalars: 'typed',
  },
  {
    schema: 'schemas/result.schema.json',
    type: 'RawResult',
    out: 'src/pipeline/generated/result.ts',
    scalars: 'typed',
  },
  {
    schema: 'schemas/failure.schema.json',
    type: 'RawFailure',
    out: 'src/pipeline/generated/failure.ts',
    scalars: 'typed',
  },
]

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const ANNOTATIONS = new Set([
  'title',
  'description',
  'examples',
  'default',
  'markdownDescription',
  '$comment',
])
/** Keywords whose value maps names (not keywords) to schemas. */
const NAME_MAPS = new Set(['properties', 'patternProperties', 'definitions', '$defs'])
/** Keywords whose value is data, not a schema. */
const DATA = new Set(['enum', 'const', 'required', 'type', 'discriminator', 'examples'])

const SPELLINGS = { true: ['true', 'True', 'TRUE'], false: ['false', 'False', 'FALSE'] } as const
/** Whole numbers as text, by the smallest one allowed; longer ones than nine digits are surely typing mistakes. */
const WHOLE_NUMBERS: Readonly<Record<number, string>> = { 0: 'wholeNumber', 1: 'positiveNumber' }

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Applies `change` to every schema object inside a schema, leaves first. */
function mapSchema(schema: Json, change: (schema: JsonObject) => JsonObject): Json {
  if (Array.isArray(schema)) return schema.map(item => mapSchema(item, change))
  if (!isObject(schema)) return schema
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => {
    if (DATA.has(key)) return [key, value]
    if (NAME_MAPS.has(key) && isObject(value)) {
      return [key, Object.fromEntries(Object.entries(value).map(([name, s]) => [name, mapSchema(s, change)]))]
    }
    return [key, mapSchema(value, change)]
  })
  return change(Object.fromEntries(entries))
}

/** The first example of a map or a list, which a message shows; of scalars the message says enough. */
function shownExample({ examples }: JsonObject): JsonObject {
  const [first] = Array.isArray(examples) ? examples : []
  return typeof first === 'object' && first !== null ? { examples: [first] } : {}
}

/** Leaves out what only editors show, but for an example that a message shows. */
function withoutAnnotations(schema: JsonObject): JsonObject {
  const rest = Object.entries(schema).filter(([key]) => !ANNOTATIONS.has(key))
  return { ...Object.fromEntries(rest), ...shownExample(schema) }
}

/** Gives definitions the example of the first property that refers to them: an error knows the definition alone. */
function withExamplesOfUse(schema: JsonObject): JsonObject {
  const { definitions } = schema
  if (!isObject(definitions)) return schema
  const shown = new Map<string, JsonObject>()
  mapSchema(schema, found => {
    const name = /^#\/definitions\/(\w+)$/.exec(String(found['$ref']))?.[1]
    if (name !== undefined && !shown.has(name)) shown.set(name, shownExample(found))
    return found
  })
  const named = Object.entries(definitions).map(([name, definition]) => [
    name,
    isObject(definition) ? { ...shown.get(name), ...definition } : definition,
  ])
  return { ...schema, definitions: Object.fromEntries(named) }
}

function spellings(value: Json): readonly string[] {
  return typeof value === 'boolean' ? SPELLINGS[`${value}`] : [String(value)]
}

/** Rewrites one schema object for documents whose scalars are all text. A named format says more than its pattern. */
function asText(schema: JsonObject): JsonObject {
  const { type, enum: allowed, const: only, pattern, minimum, ...rest } = schema
  const values = only === undefined ? allowed : [only]
  if (Array.isArray(values)) return { ...rest, type: 'string', enum: values.flatMap(spellings) }
  const types = (type === undefined ? [] : [type].flat()) as readonly string[]
  if (types.includes('boolean') && types.length === 1) {
    return { ...rest, type: 'string', enum: [...SPELLINGS.true, ...SPELLINGS.false] }
  }
  if (types.includes('integer')) {
    const format = WHOLE_NUMBERS[Number(minimum ?? 0)]
    if (format === undefined || rest['maximum'] !== undefined || types.length > 1) {
      throw new Error(`A number that has no text form: ${JSON.stringify(schema)}`)
    }
    return { ...rest, type: 'string', format }
  }
  const textTypes = [...new Set(types.map(name => (['array', 'object'].includes(name) ? name : 'string')))]
  return {
    ...rest,
    ...(textTypes.length === 0 ? {} : { type: textTypes.length === 1 ? (textTypes[0] ?? '') : textTypes }),
    ...(pattern === undefined || rest['format'] !== undefined ? {} : { pattern }),
  }
}

/**
 * Makes a schema object easier to name as a type: what stands beside a `$ref` is annotation only, and branches that
 * only require keys say nothing that TypeScript could say better.
 */
function forTypes(schema: JsonObject): JsonObject {
  if (schema['$ref'] !== undefined) return { $ref: schema['$ref'] }
  const { anyOf, ...rest } = schema
  const onlyRequires =
    Array.isArray(anyOf) && anyOf.every(branch => Object.keys(branch as JsonObject).join() === 'required')
  return onlyRequires ? rest : schema
}

async function compileTypes(schema: JsonObject, name: string): Promise<string> {
  const plain = mapSchema(schema, forTypes) as Parameters<typeof compile>[0]
  const { $id: _id, ...anonymous } = plain
  return await compile(anonymous, name, {
    bannerComment: '',
    additionalProperties: false,
    unknownAny: true,
    format: false,
    maxItems: -1,
    ignoreMinAndMaxItems: true,
  })
}

/** The validator's source as an ES module: ajv writes `require` for its run-time parts even there. */
function compileValidator(schema: JsonObject, validatorName: string, coerceTypes: boolean): string {
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    coerceTypes,
    discriminator: true,
    messages: false,
    verbose: true,
    strict: true,
    strictRequired: false,
    // Lengths in UTF-16 units: counting code points would import a helper of ajv at run time.
    unicode: false,
    logger: false,
    formats: textFormats,
    code: { source: true, esm: true, lines: true, formats: _`textFormats` },
  })
  ajv.addSchema(schema as AnySchemaObject, validatorName)
  const code = standaloneModule.default(ajv, { [validatorName]: validatorName })
  let modules = ''
  const body = code
    .replace('"use strict";', '')
    .replace(/const (\w+) = require\("(ajv\/[^"]+)"\)\.default/g, (_all, name: string, path: string) => {
      modules += `import ${name}Module from '${path}.js'\n`
      return `const ${name} = ${name}Module.default`
    })
    .replace(`export const ${validatorName} = `, `const compiled${validatorName} = `)
  if (body.includes('require(')) throw new Error(`The validator ${validatorName} still calls require.`)
  return `${modules}${body}\n`
}

async function generate(target: Target): Promise<string> {
  const published = JSON.parse(readFileSync(join(ROOT, target.schema), 'utf8')) as JsonObject
  const bare = mapSchema(withExamplesOfUse(published), withoutAnnotations)
  const schema = (target.scalars === 'text' ? mapSchema(bare, asText) : bare) as JsonObject
  const { $schema: _draft, $id: _id, ...anonymous } = schema
  const validatorName = `validate${target.type.replace(/^Raw/, '')}`
  const validator = compileValidator(anonymous, validatorName, target.scalars === 'coerced')
  const room = target.out.startsWith('src/schema/') ? '..' : '../../schema'
  return [
    '// @ts-nocheck',
    `// Compiled from ${target.schema} by scripts/generate-schema.ts; changes here are lost.`,
    ...(validator.includes('textFormats') ? [`import { textFormats } from '${room}/text-formats.ts'`] : []),
    `import type { Validator } from '${room}/validator.ts'`,
    '',
    await compileTypes(anonymous, target.type),
    validator,
    `/** Checks the shape of a raw document; what is wrong is in its \`errors\`. */`,
    `export const ${validatorName}: Validator<${target.type}> = compiled${validatorName}`,
    '',
  ].join('\n')
}

for (const target of TARGETS) {
  if (!existsSync(join(ROOT, target.schema))) continue
  const file = join(ROOT, target.out)
  const text = await generate(target)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
