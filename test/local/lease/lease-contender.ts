import { once } from 'node:events'
import { systemClock } from '../../../src/cli/system-clock.ts'
import { fileLease } from '../../../src/local/lease/file-lease.ts'
import { identifyProcess } from '../../../src/local/process-identity.ts'

// A process of its own that reaches for the lease when it is told to, and stays alive until it is let go.
const lease = fileLease(process.argv[2] ?? '', await identifyProcess(), systemClock)
process.send?.('ready')
await once(process, 'message')
process.send?.((await lease.acquire()).kind)
await once(process, 'disconnect')
