import { once } from 'node:events'
import { fileLease } from '../../src/cli/file-lease.ts'
import { identifyProcess } from '../../src/cli/process-identity.ts'
import { systemClock } from '../../src/cli/system-clock.ts'

// A process of its own that reaches for the lease when it is told to, and stays alive until it is let go.
const lease = fileLease(process.argv[2] ?? '', await identifyProcess(), systemClock)
process.send?.('ready')
await once(process, 'message')
process.send?.((await lease.acquire()).kind)
await once(process, 'disconnect')
