import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS_BEGIN, renderCommands } from './commands-page.ts'
import { CODES_BEGIN, renderCodes } from './error-codes.ts'
import { KEYS_BEGIN, renderKeys } from './keys-page.ts'
import { PLATFORMS_BEGIN, renderPlatforms } from './platforms-page.ts'

/** Brings a page up to date with the sources; what stands above the mark is left as it is. */
function write(page: string, mark: string, text: string): void {
  const path = join(import.meta.dirname, '../docs', page)
  const [introduction = ''] = readFileSync(path, 'utf8').split(mark)
  writeFileSync(path, introduction + text)
}

write('commands.md', COMMANDS_BEGIN, await renderCommands())
write('errors.md', CODES_BEGIN, renderCodes())
write('keys.md', KEYS_BEGIN, renderKeys())
write('platforms.md', PLATFORMS_BEGIN, renderPlatforms())
