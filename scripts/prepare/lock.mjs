import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100
const GIVE_UP_MS = 15 * 60_000

/**
 * Runs `work` while no other process of this checkout runs its own: two commands may be started side by side.
 *
 * A lock whose owner is gone is taken over. Throws where the owner still runs after 15 minutes.
 */
export async function withLock(path, work) {
  await acquire(path)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

async function acquire(path) {
  for (let waited = 0; waited < GIVE_UP_MS; waited += POLL_MS) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (ownerIsGone(path)) rmSync(path, { force: true })
    else await sleep(POLL_MS)
  }
  throw new Error(`another process has prepared this checkout for 15 minutes; end it, or remove ${path}`)
}

function ownerIsGone(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    // An empty file is a lock whose owner is just about to write its number.
    if (pid === 0) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
