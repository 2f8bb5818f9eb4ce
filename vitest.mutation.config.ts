import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What runs after the test that mirrors the mutated file: pages and the whole planner next, what takes long last. */
const ORDER = [/\/house\//, /\/create-plan\.test\.ts$/, /\/test\/(posture|plan)\//, /\/golden\.test\.ts$/]

/** Runs first what notices most mutants: the first failure ends a run. */
class MirrorFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const mirrors = (this.ctx.config.related ?? []).map(path => basename(path).replace('.ts', '.test.ts'))
    const rank = ({ moduleId }: TestSpecification): number =>
      mirrors.includes(basename(moduleId)) ? -1 : ORDER.findIndex(pattern => pattern.test(moduleId))
    const sorted = [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1))
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}

/**
 * The tests that a mutant of posture or plan has to survive: the table tests of both rooms, the goldens, and the pages
 * that are written from a table. The properties of whole plans stay out, so that a rule is proved by a row that names
 * it and not by an example that was drawn; the few properties of single functions draw the same examples each time.
 *
 * The files of one run share one worker, and each run gets a new one: a mutant in a table that is built when its module
 * loads is loaded anew, and a run costs a second instead of ten.
 */
export default defineConfig({
  test: {
    include: [
      'test/{posture,plan,analysis}/**/*.test.ts',
      'test/golden.test.ts',
      'test/house/{codes,platforms}.test.ts',
    ],
    env: { PROPERTY_RUNS: '20', PROPERTY_SEED: '1' },
    isolate: false,
    sequence: { sequencer: MirrorFirst },
  },
})
