import { run } from '../../src/cli/entry.ts'

// The command line in a process of its own, from source.
await run()
