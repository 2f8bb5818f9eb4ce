import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW } from '../support/build-core.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { COMMANDS, type Model } from './commands.ts'
import { converge } from './converge.ts'
import { anySetting } from './setting.ts'
import { Tenant } from './tenant.ts'
import { World } from './world.ts'

const RUNS = seededRuns('whole commands', 200)
const REPLAY = process.env['PROPERTY_REPLAY_PATH'] ?? ''

test('whatever we, analysts, other automation and the devices do in whatever order, the rules hold', {
  timeout: 600_000 + RUNS.numRuns * 1000,
}, async () => {
  const commands = fc.commands([...COMMANDS], {
    maxCommands: 12,
    ...(REPLAY === '' ? {} : { replayPath: REPLAY }),
  })
  await fc.assert(
    fc.asyncProperty(anySetting, commands, async (setting, given) => {
      const { machines, history, policies, duplicates, nature } = setting
      const tenant = new Tenant(new FakeClock(NOW, 1), machines, history, duplicates, nature)
      const world = new World(tenant, policies, setting.configuration)
      await fc.asyncModelRun(() => {
        const model: Model = { plans: 0, applied: 0 }
        return { model, real: world }
      }, given)
      expect(await converge(world)).toStrictEqual([])
    }),
    RUNS,
  )
})
