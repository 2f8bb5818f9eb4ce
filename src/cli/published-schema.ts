import { readFile } from 'node:fs/promises'

/** The documents that have a published JSON schema. */
export const SCHEMA_NAMES = [
  'policy',
  'configuration',
  'plan',
  'drift',
  'result',
  'failure',
  'status',
  'scenario',
  'test',
] as const

export type SchemaName = (typeof SCHEMA_NAMES)[number]

/** Reads a JSON schema as it is published with this version, in `schemas/` two folders up. */
export function readPublishedSchema(name: SchemaName): Promise<string> {
  return readFile(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')
}
