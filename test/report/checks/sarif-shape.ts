import { Ajv } from 'ajv'

const text = { type: 'string', minLength: 1 }
const message = {
  type: 'object',
  properties: { text: { ...text, not: { pattern: '\\{|\\}|\\]\\(' } } },
  required: ['text'],
  additionalProperties: false,
}
const level = { enum: ['none', 'note', 'warning', 'error'] }
/** RFC 3986, relative references without a scheme: what a path may become. */
const uri = { type: 'string', pattern: "^(?![^/]*:)(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})*$" }

/** What SARIF 2.1.0 asks of the properties that we write, and no others. */
const SHAPE = {
  type: 'object',
  required: ['$schema', 'version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: text,
                  version: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: {
                        id: text,
                        shortDescription: message,
                        help: message,
                        defaultConfiguration: {
                          type: 'object',
                          properties: { level },
                          additionalProperties: false,
                        },
                      },
                    },
                  },
                },
              },
            },
          },
          automationDetails: {
            type: 'object',
            properties: { id: text },
            additionalProperties: false,
          },
          invocations: {
            type: 'array',
            items: {
              type: 'object',
              required: ['executionSuccessful'],
              properties: { executionSuccessful: { type: 'boolean' } },
              additionalProperties: false,
            },
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message', 'locations'],
              additionalProperties: false,
              properties: {
                ruleId: text,
                ruleIndex: { type: 'integer', minimum: 0 },
                level,
                message,
                partialFingerprints: {
                  type: 'object',
                  additionalProperties: { type: 'string' },
                },
                locations: {
                  type: 'array',
                  minItems: 1,
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    required: ['physicalLocation'],
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        required: ['artifactLocation', 'region'],
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            required: ['uri'],
                            properties: { uri },
                            additionalProperties: false,
                          },
                          region: {
                            type: 'object',
                            required: ['startLine'],
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                            additionalProperties: false,
                          },
                        },
                      },
                      logicalLocations: {
                        type: 'array',
                        items: {
                          type: 'object',
                          properties: {
                            name: { type: 'string' },
                            fullyQualifiedName: { type: 'string' },
                            kind: { const: 'resource' },
                          },
                          additionalProperties: false,
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
}

const validate = new Ajv().compile(SHAPE)

/** The parts of a SARIF document that tests look at. */
export interface SarifDocument {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly rules: readonly { readonly id: string }[]; readonly version?: string }
      }
      readonly invocations: readonly [{ readonly executionSuccessful: boolean }]
      readonly results: readonly {
        readonly ruleId: string
        readonly ruleIndex: number
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations?: readonly {
          readonly physicalLocation?: {
            readonly artifactLocation: { readonly uri: string }
            readonly region: { readonly startLine: number; readonly startColumn: number }
          }
          readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[]
        }[]
        readonly partialFingerprints?: Readonly<Record<string, string>>
      }[]
    },
  ]
}

/** Reads a text as SARIF and says what is wrong with it; the faults are empty where nothing is. */
export function readSarif(json: string): {
  readonly faults: readonly string[]
  readonly document: SarifDocument
} {
  const document: SarifDocument = JSON.parse(json)
  const isValid = validate(document)
  const shape = isValid
    ? []
    : (validate.errors ?? []).map(({ instancePath, message: what }) => `${instancePath} ${what}`)
  const [run] = document.runs
  const indexes = run.results
    .filter(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id !== ruleId)
    .map(({ ruleId }) => `the index of ${ruleId} points elsewhere`)
  return { faults: [...shape, ...indexes], document }
}
