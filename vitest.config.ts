import { defineConfig } from 'vitest/config'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  throw new Error(
    `The tests need Node 22.19 or newer, this is ${process.versions.node}: run them with \`npm test\`, and install with scripts on (\`npm ci\` without --ignore-scripts).`,
  )
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // By default one core is left idle, which on two cores is half of them.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/generated/**'],
      reporter: ['text-summary', 'html'],
      thresholds: {
        'src/schema/**': { lines: 100, branches: 100 },
        'src/posture/**': { lines: 100, branches: 100 },
        'src/plan/**': { lines: 100, branches: 100 },
        'src/analysis/**': { lines: 100, branches: 100 },
        'src/authoring/**': { lines: 100, branches: 100 },
        'src/report/**': { lines: 100, branches: 100 },
        'src/audit/**': { lines: 100, branches: 100 },
        'src/apply/**': { lines: 95, branches: 95 },
      },
    },
  },
})
