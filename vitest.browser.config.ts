import { defineConfig } from 'vitest/config'

/** The pages in a real browser: apart from `npm test`, which needs nothing but Node. */
export default defineConfig({
  test: { include: ['test/browser/**/*.browser.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
})
