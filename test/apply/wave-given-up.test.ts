import { expect, test } from 'vitest'
import { apply } from '../support/apply-harness.ts'
import { rolloutScene } from '../support/rollout-scene.ts'

test('machines that cannot be read because of an interrupt are no error', async () => {
  const { scene, plan, configuration } = await rolloutScene(3)
  const controller = new AbortController()
  scene.service.listMachines = async () => {
    controller.abort()
    return null
  }
  const result = await apply(scene, plan, { signal: controller.signal }, { configuration })
  expect([result.exit.name, result.diagnostics]).toStrictEqual(['signal', []])
})

test('waves that were given up before their turn are not told as ended', async () => {
  const { scene, plan, configuration } = await rolloutScene(6, { settleMs: { Isolate: 300_000 } })
  const result = await apply(scene, plan, { submitTimeoutMs: 300_000 }, { configuration })
  expect(result.exit.name).toBe('pending')
  expect(result.rollout?.waves.map(({ state }) => state)).toStrictEqual(['ended', 'open', 'not-started'])
})
