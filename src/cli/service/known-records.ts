import { type RecordFolder, readRecords } from '../../local/record/read-records.ts'
import type { CommandContext } from '../command.ts'
import { loadConfiguration } from '../declaration/declaration.ts'
import { storeOf } from './open-state.ts'
import { openService } from './service.ts'

/**
 * Reads the records that a command is about: those that its argument names, else all of this host and all in the store
 * of the configuration.
 *
 * @throws Failure `audit-not-read` where there are none, `store-not-usable`.
 */
export async function readKnownRecords(context: CommandContext): Promise<readonly RecordFolder[]> {
  const { args, flags, io } = context
  const [argument] = args
  if (argument !== undefined) return readRecords(argument, io)
  const configuration = await loadConfiguration({ cwd: io.cwd, config: flags.text('config') })
  if (storeOf(configuration, context) === undefined) return readRecords(undefined, io)
  const service = await openService(context, configuration)
  try {
    return await readRecords(undefined, io, await service.storedRecords())
  } finally {
    await service.close()
  }
}
