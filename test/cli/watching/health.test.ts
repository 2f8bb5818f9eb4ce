import { describe, expect, onTestFinished, test } from 'vitest'
import { serveHealth } from '../../../src/cli/watching/health-server.ts'
import { measureWatch } from '../../../src/cli/watching/watch-metrics.ts'
import type { LookAnswer } from '../../../src/watch/look.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const MINUTE = 60_000
const EVERY = 5 * MINUTE
const NOTHING = { added: [], resolved: [] }
const FAILED: LookAnswer = { kind: 'failed', failure: { code: 'unreachable', message: 'secret of nobody' } }

function good(clock: FakeClock, secondsToNextEnd: number | null = 90): LookAnswer {
  const counts = { machines: 12, held: 3, changes: 2, blocked: 1, inFlight: 4, apiCalls: 5, secondsToNextEnd }
  return { kind: 'seen', look: { at: clock.now(), clockSkewMs: 0, findings: [], nextLookAt: null, counts } }
}

async function start() {
  const clock = new FakeClock()
  const metrics = measureWatch(clock, EVERY)
  const server = await serveHealth('127.0.0.1:0', metrics)
  onTestFinished(() => server.close())
  const get = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${server.url}${path}`, init)
    return { status: answer.status, text: await answer.text() }
  }
  return { clock, metrics, get }
}

describe('/healthz', () => {
  test('is 503 before the first good look, 200 after it, and 503 once three intervals went by without one', async () => {
    const { clock, metrics, get } = await start()
    expect((await get('/healthz')).status).toBe(503)
    metrics.note(good(clock), NOTHING)
    expect(await get('/healthz')).toStrictEqual({ status: 200, text: 'ok\n' })
    await clock.advance(3 * EVERY)
    metrics.note(FAILED, NOTHING)
    expect((await get('/healthz')).status).toBe(200)
    await clock.advance(1000)
    expect((await get('/healthz')).status).toBe(503)
  })
})

describe('/metrics', () => {
  test('counts looks, calls and errors by code, and tells how old the last good look is', async () => {
    const { clock, metrics, get } = await start()
    metrics.note(good(clock), NOTHING)
    metrics.note(FAILED, NOTHING)
    metrics.noteUndelivered()
    await clock.advance(MINUTE)
    const { status, text } = await get('/metrics')
    expect(status).toBe(200)
    for (const line of [
      'holdfast_looks_total{result="good"} 1',
      'holdfast_looks_total{result="failed"} 1',
      'holdfast_look_errors_total{code="unreachable"} 1',
      'holdfast_api_calls_total 5',
      'holdfast_event_delivery_failures_total 1',
      'holdfast_machines{state="read"} 12',
      'holdfast_machines{state="held"} 3',
      'holdfast_planned_changes 2',
      'holdfast_next_end_seconds 90',
      'holdfast_last_good_look_age_seconds 60',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).not.toContain('secret of nobody')
  })

  test('says NaN where no hold ends by itself', async () => {
    const { clock, metrics, get } = await start()
    metrics.note(good(clock, null), NOTHING)
    expect((await get('/metrics')).text).toContain('holdfast_next_end_seconds Nan')
  })
})

test('nothing else is served, and nothing but reading', async () => {
  const { get } = await start()
  expect((await get('/')).status).toBe(404)
  expect((await get('/metrics', { method: 'POST', body: 'x' })).status).toBe(405)
})

test.each(['9464', 'localhost:', '127.0.0.1:70000', ':9464'])('--listen %s is refused', async text => {
  await expect(serveHealth(text, measureWatch(new FakeClock(), EVERY))).rejects.toMatchObject({
    code: 'usage',
  })
})

test('a port that is taken is an error', async () => {
  const server = await serveHealth('127.0.0.1:0', measureWatch(new FakeClock(), EVERY))
  onTestFinished(() => server.close())
  const taken = new URL(server.url).host
  await expect(serveHealth(taken, measureWatch(new FakeClock(), EVERY))).rejects.toMatchObject({
    code: 'port-not-free',
  })
})
