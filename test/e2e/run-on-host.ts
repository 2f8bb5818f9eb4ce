import { main } from '../../src/cli/main.ts'
import { processIo, thisHost } from '../../src/cli/process-io.ts'

// The command line in a process of its own, on a machine of its own as far as anybody can tell, with a lease of a length
// that the test chooses.
const io = processIo()
const name = io.env['TEST_HOST'] ?? 'nowhere'
const identify: typeof thisHost.identify = async () => ({
  ...(await thisHost.identify()),
  host: name,
  bootId: `boot of ${name}`,
})
const host = { identify, storeLeaseMs: Number(io.env['TEST_LEASE_MS']) }
const code = await main(process.argv.slice(2), { ...io, host })
process.stdout.write('', () => process.exit(code))
