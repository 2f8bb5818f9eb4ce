import { registerHooks } from 'node:module'

// Loaded before the command line: tells on stderr which packages it loads.
const packages = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
    if (name !== undefined) packages.add(name)
    return nextLoad(url, context)
  },
})
process.on('exit', () => process.stderr.write(`\nloaded: ${JSON.stringify([...packages].sort())}\n`))
