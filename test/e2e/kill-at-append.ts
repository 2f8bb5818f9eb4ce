import { type FileHandle, open } from 'node:fs/promises'

// Loaded before the command line: kills the process at one of the moments at which a journal line becomes durable.
// KILL_AT counts them: an even number is the moment before a line is on disk, an odd one the moment after.
const killAt = Number(process.env['KILL_AT'])
let moment = 0

function pass(): void {
  if (moment === killAt) process.kill(process.pid, 'SIGKILL')
  moment += 1
}

const file = await open('/dev/null', 'r')
const prototype = Object.getPrototypeOf(file) as Pick<FileHandle, 'datasync'>
await file.close()
const { datasync } = prototype
prototype.datasync = async function datasyncOrDie(this: FileHandle): Promise<void> {
  pass()
  await datasync.call(this)
  pass()
}
