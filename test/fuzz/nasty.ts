import fc from 'fast-check'

const laughs = Array.from({ length: 12 }, (_, level) =>
  level === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
    : `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
).join('\n')

/** YAML that has broken readers somewhere; each ends in about as many milliseconds as it has kilobytes. */
export const NASTY_YAML: Readonly<{ [what: string]: string }> = {
  'billion laughs': laughs,
  'a cycle': 'a: &a [*a]\n',
  'a cycle through a map': 'version: 1\npolicy: &p { machines: *p }\n',
  'an alias as a merge': 'version: 1\nbase: &b { policy: a }\n<<: *b\n',
  'a merge of a cycle': 'a: &a\n  <<: *a\n',
  'deep lists': '['.repeat(100_000),
  'deep maps': '{a: '.repeat(20_000),
  'deep dashes': '- '.repeat(20_000),
  'deep indentation': Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'a long value': `version: 1\npolicy: ${'x'.repeat(100_000)}\n`,
  'a long key': `${'k'.repeat(100_000)}: 1\n`,
  'a long line of brackets': `machines: ${'[]'.repeat(1500)}\n`,
  'a long quoted value with escapes': `policy: "${'\\u0041'.repeat(20_000)}"\n`,
  'a long folded value': `reason: >\n${'  word\n'.repeat(20_000)}`,
  'many keys': Array.from({ length: 3000 }, (_, index) => `k${index}: 1`).join('\n'),
  'many equal keys': 'policy: a\n'.repeat(1000),
  'many documents': '---\nversion: 1\n'.repeat(300),
  'many empty documents': '---\n'.repeat(1500),
  'many anchors': Array.from({ length: 1500 }, (_, index) => `- &a${index} x`).join('\n'),
  'many aliases': `- &a x\n${'- *a\n'.repeat(1500)}`,
  'many comments': '# nothing\n'.repeat(10_000),
  'a lone surrogate': 'policy: "\ud800"\n',
  'a byte order mark in the middle': 'policy: \ufeffa\n',
  'only a byte order mark': '\ufeff',
  'a NUL': 'policy: a\0b\n',
  'a prototype': '__proto__: { polluted: yes }\nconstructor: { prototype: { polluted: yes } }\n',
  'a prototype in a policy':
    'version: 1\npolicy: a\nreason: r\nmachines: [{ __proto__: { polluted: yes } }]\nstate: { __proto__: 1, constructor: 2 }\n',
  'keys of every object': 'toString: 1\nvalueOf: 1\nhasOwnProperty: 1\nlength: 1\n__defineGetter__: 1\n',
  tabs: 'version:\t1\n\tpolicy: a\n',
  'huge numbers': 'version: 1e999\nmachines: [{ id: 99999999999999999999999999999999999999999999 }]\n',
  'strange numbers': 'version: 0x1\na: .inf\nb: -.nan\nc: 0o17\nd: 1_000\ne: 12e03\n',
  'a tag that makes code': 'version: !!js/function "function(){}"\npolicy: !!python/object:os.system x\n',
  'a binary tag': 'policy: !!binary aGVsbG8=\n',
  'carriage returns': 'version: 1\rpolicy: a\r',
  'question marks': `${'? '.repeat(500)}a\n`,
  'an unclosed quote': `policy: "${'x'.repeat(10_000)}`,
  'a percent sign': '%YAML 1.2\n%TAG ! tag:x,2000:\n--- !x\na: 1\n',
}

/** Keys that mean something to every object. */
const HOSTILE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'hasOwnProperty',
  'length',
  'then',
  'id',
  'value',
  'error',
  'type',
]

/** Texts and numbers that are right nowhere, or right in the wrong place. */
const hostileLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    Number.MAX_VALUE,
    2 ** 53,
    '',
    ' ',
    '\0',
    '\ud800',
    '\ufeff',
    '\u202e',
    '__proto__',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.9999999Z',
    '2026-02-30T00:00:00Z',
    '2026-11-22T18:00:00.12345678Z',
    'NaN',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.nat(40).map(lot => (lot === 0 ? 'x'.repeat(100_000) : `text ${lot}`)),
)

/** Any JSON value, with keys that mean something to every object. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ readonly value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostileLeaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.constantFrom(...HOSTILE_KEYS), fc.string({ maxLength: 4 })), tie('value')),
        {
          maxLength: 4,
        },
      )
      // As JSON.parse makes it: `__proto__` is a key like any other.
      .map(pairs =>
        JSON.parse(
          `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
        ),
      ),
  ),
})).value

/** Values of a document that a mutation can reach, by path. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put
  if (Array.isArray(value))
    return value.map((each, index) => (String(index) === key ? replaced(each, rest, put) : each))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, name === key ? replaced(each, rest, put) : each]),
  )
}

/** A document that is right but for one to three values, keys that were left out, and keys that nobody knows. */
export function mutatedJson(document: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(document)
  const change = fc.record({
    path: fc.constantFrom(...paths),
    put: hostileJson,
    extra: fc.constantFrom(...HOSTILE_KEYS),
    adds: fc.boolean(),
  })
  return fc.array(change, { minLength: 1, maxLength: 3 }).map(changes =>
    changes.reduce((before, { path, put, extra, adds }) => {
      if (!adds) return replaced(before, path, put)
      const parent = path.slice(0, -1)
      const at = parent.reduce<unknown>(
        (value, key) => (value as { [name: string]: unknown } | null)?.[key],
        before,
      )
      const text = JSON.stringify(at ?? {})
      if (!text.startsWith('{')) return replaced(before, path, put)
      const more = `${JSON.stringify(extra)}:${JSON.stringify(put)}`
      return replaced(
        before,
        parent,
        JSON.parse(text === '{}' ? `{${more}}` : `${text.slice(0, -1)},${more}}`),
      )
    }, document),
  )
}

/** Pieces that mean something to YAML. */
const PIECES = [
  ': ',
  '- ',
  '? ',
  '[',
  '{',
  ']',
  '}',
  ',',
  '\n',
  '\r',
  '\t',
  ' #',
  '&a ',
  '*a',
  '!x ',
  '"',
  "'",
  '|\n',
  '>\n',
  '---\n',
  '...\n',
  '\0',
  '\ufeff',
  '\ud800',
  '<<: ',
  '__proto__',
  'constructor: ',
  '1e999',
  '%',
  '@',
  '`',
  '~',
] // prettier-ignore

/** A text that was right, some stretches of it replaced by what means something. */
export function mutatedText(text: string): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat({ max: text.length }),
    drop: fc.nat({ max: 20 }),
    put: fc.oneof(fc.constantFrom('', ...PIECES), fc.string({ unit: 'binary', maxLength: 6 })),
  })
  return fc
    .array(change, { minLength: 1, maxLength: 8 })
    .map(changes =>
      changes.reduce((all, { at, drop, put }) => all.slice(0, at) + put + all.slice(at + drop), text),
    )
}

/** What a decoder makes of any bytes. */
export const anyBytes: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 300 })
  .map(bytes => new TextDecoder().decode(bytes))

/** Fails where something has got onto the prototype of all objects. */
export function isPolluted(): boolean {
  const fresh: { readonly polluted?: unknown } = {}
  return fresh.polluted !== undefined || Object.keys(Object.prototype).length > 0
}
