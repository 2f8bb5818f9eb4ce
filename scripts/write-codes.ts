import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODES_BEGIN, renderCodes } from './error-codes.ts'
import { PLATFORMS_BEGIN, renderPlatforms } from './platforms-page.ts'

/** Brings a page up to date with the sources; what stands above the mark is left as it is. */
function write(page: string, mark: string, text: string): void {
  const path = join(import.meta.dirname, '../docs', page)
  const [introduction = ''] = readFileSync(path, 'utf8').split(mark)
  writeFileSync(path, introduction + text)
}

write('errors.md', CODES_BEGIN, renderCodes())
write('platforms.md', PLATFORMS_BEGIN, renderPlatforms())
