import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODES_BEGIN, renderCodes } from './error-codes.ts'

/** Brings docs/errors.md up to date with the registries of codes; what stands above the mark is left as it is. */
const path = join(import.meta.dirname, '../docs/errors.md')
const [introduction = ''] = readFileSync(path, 'utf8').split(CODES_BEGIN)
writeFileSync(path, introduction + renderCodes())
