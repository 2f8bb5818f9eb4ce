import { open } from 'node:fs/promises'

/** Makes the name of a file durable too: without it a crash can lose a file whose content was synced. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
