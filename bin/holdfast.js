#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `holdfast needs Node.js 22.19 or newer and this is ${process.versions.node}: install it from https://nodejs.org, or run \`npx -p node@24 holdfast\`.\n`,
  )
  process.exitCode = 1
} else {
  const { run } = await import('../dist/cli/entry.js')
  await run()
}
