import { defineConfig } from 'vitest/config'

/**
 * The tests that a mutant of posture or plan has to survive: the table tests of both rooms and the goldens. The
 * properties stay out, so that a rule is proved by a row that names it and not by an example that was drawn.
 *
 * The files of one run share one worker, and each run gets a new one: a mutant in a table that is built when its module
 * loads is loaded anew, and a run costs a second instead of ten.
 */
export default defineConfig({
  test: {
    include: ['test/posture/**/*.test.ts', 'test/plan/**/*.test.ts', 'test/golden.test.ts'],
    setupFiles: ['test/support/fixed-examples.ts'],
    isolate: false,
  },
})
