/** One thing ajv found wrong, in the shape its standalone validators report. */
export interface SchemaError {
  readonly keyword: string
  /** JSON pointer of the value in the document. */
  readonly instancePath: string
  readonly schemaPath: string
  readonly params: { readonly [name: string]: unknown }
  /** The schema object whose keyword failed. */
  readonly parentSchema: { readonly [keyword: string]: unknown }
}

/** A validator compiled from a JSON Schema: a type guard that leaves what it found wrong on itself. */
export interface Validator<T> {
  (data: unknown): data is T
  readonly errors?: readonly SchemaError[] | null
}
