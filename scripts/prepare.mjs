// Makes a checkout ready to run: installs what the lockfile names and builds dist, each only where it is due.
// `npm run demo` and `npm test` start with it, so it is plain JavaScript that Node 20 runs with nothing installed.

import { join } from 'node:path'
import { build, buildIsDue } from './prepare/build.mjs'
import { install, installIsDue } from './prepare/install.mjs'
import { withLock } from './prepare/lock.mjs'

const root = join(import.meta.dirname, '..')

try {
  if (installIsDue(root) || buildIsDue(root)) {
    await withLock(join(root, '.prepare.lock'), async () => {
      // Asked again under the lock: another run may have done the work while this one waited.
      if (installIsDue(root)) await install(root)
      if (buildIsDue(root)) build(root)
    })
  }
} catch (error) {
  process.stderr.write(`prepare: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
