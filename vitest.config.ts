import { defineConfig } from 'vitest/config'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  throw new Error(
    `The tests need Node 22.19 or newer, this is ${process.versions.node}: run them with \`npm test\`, and install with scripts on (\`npm ci\` without --ignore-scripts).`,
  )
}

/** Rooms whose tests leave nothing behind in the process, so that their files share workers and what these loaded. */
const PURE = [
  'test/{schema,posture,plan,analysis,apply,audit,report,authoring,properties,watch}/**/*.test.ts',
  'test/golden.test.ts',
]

/** They pack, install and build the package anew: CI has the time. */
const OF_CI = ['test/house/package.test.ts', 'test/house/prepare.test.ts']

export default defineConfig({
  test: {
    // Ends what hangs; no test is held to a time, since a busy machine must not fail one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // By default one core is left idle, which on two cores is half of them.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        test: {
          name: 'edges',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, ...(process.env['CI'] ? [] : OF_CI)],
        },
      },
    ],
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
        'src/watch/**': { lines: 100, branches: 100 },
        'src/audit/**': { lines: 100, branches: 100 },
        'src/apply/**': { lines: 95, branches: 95 },
      },
    },
  },
})
