import { describe, expect, test } from 'vitest'
import { manualClock } from '../../src/emulator/clock.ts'
import { createEmulator } from '../../src/emulator/emulator.ts'
import { START } from './drive.ts'
import { randomScenario } from './random-scenario.ts'

const headers = { authorization: 'Bearer any' }
describe('at scale', () => {
  const scenario = randomScenario(1, 2000, 100_000)
  const emulator = createEmulator({ scenario, clock: manualClock(Date.parse(START)) })

  async function listed(query: string): Promise<readonly { readonly status: string }[]> {
    const answer = await emulator.handle({ method: 'GET', url: `/api/machineactions?${query}`, headers })
    const { value } = JSON.parse(answer.kind === 'response' ? answer.body.toString() : '')
    return value
  }

  test('100,000 actions are listed in ten pages, each once', async () => {
    let count = 0
    for (let skip = 0; skip < 100_000; skip += 10_000)
      count += (await listed(`$orderby=creationDateTimeUtc asc&$top=10000&$skip=${skip}`)).length
    expect(count).toBe(100_000)
  })

  test('a filter finds what ended badly among all of them', async () => {
    const rows = await listed("$top=10000&$filter=status eq 'Failed' or status eq 'TimeOut'")
    expect(new Set(rows.map(({ status }) => status))).toStrictEqual(new Set(['Failed', 'TimeOut']))
    const { length } = await listed("$top=10000&$filter=status eq 'Failed'")
    const { length: others } = await listed("$top=10000&$filter=status eq 'TimeOut'")
    expect(rows).toHaveLength(Math.min(10_000, length + others))
  })
})
