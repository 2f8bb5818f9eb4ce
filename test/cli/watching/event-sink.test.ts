import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openEventSink, signatureOf } from '../../../src/cli/watching/event-sink.ts'
import type { WatchEvent } from '../../../src/watch/watch-events.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { fakeIo } from '../fake-io.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const NO_SIGNAL = new AbortController().signal

function event(id: string): WatchEvent {
  return {
    specversion: '1.0',
    id,
    source: 'urn:holdfast:tenant:contoso',
    type: 'dev.holdfast.watch.outage',
    subject: 'watch',
    time: '2026-11-20T09:00:00.000Z',
    datacontenttype: 'application/json',
    data: {},
  }
}

interface Received {
  readonly type: string
  readonly signature: string | undefined
  readonly body: string
}

interface Answer {
  readonly status: number
  readonly retryAfter?: string
}

async function startReceiver(answers: readonly Answer[]) {
  const received: Received[] = []
  const rest = [...answers]
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { headers } = request
    received.push({
      type: headers['content-type'] ?? '',
      signature: headers['x-holdfast-signature-256'] as string | undefined,
      body,
    })
    const { status, retryAfter } = rest.shift() ?? { status: 204 }
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`
  return { received, url }
}

/** A clock whose sleeps are over at once, and remembered. */
function instantClock() {
  const clock = new FakeClock()
  const slept: number[] = []
  return {
    slept,
    clock: {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: async (ms: number) => void slept.push(ms),
    },
  }
}

describe('a file', () => {
  test('gets one line per event, after those it has', async () => {
    const cwd = await temporaryFolder({ 'events.jsonl': '{"id":"old"}\n' })
    const sink = await openEventSink('events.jsonl', fakeIo({ cwd }), 'holdfast')
    expect(await sink.deliver([event('a'), event('b')], NO_SIGNAL)).toBeUndefined()
    const lines = (await readFile(join(cwd, 'events.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map(line => JSON.parse(line).id)).toStrictEqual(['old', 'a', 'b'])
  })

  test('that cannot be written gets them the next time, once', async () => {
    const cwd = await temporaryFolder({})
    const sink = await openEventSink('no/such/events.jsonl', fakeIo({ cwd }), 'holdfast')
    expect(await sink.deliver([event('a')], NO_SIGNAL)).toMatch(/no such/i)
    await (await import('node:fs/promises')).mkdir(join(cwd, 'no/such'), { recursive: true })
    expect(await sink.deliver([event('b')], NO_SIGNAL)).toBeUndefined()
    expect(await sink.deliver([], NO_SIGNAL)).toBeUndefined()
    const lines = (await readFile(join(cwd, 'no/such/events.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map(line => JSON.parse(line).id)).toStrictEqual(['a', 'b'])
  })
})

describe('a webhook', () => {
  async function open(answers: readonly Answer[], env: Readonly<Record<string, string>> = {}) {
    const receiver = await startReceiver(answers)
    const { clock, slept } = instantClock()
    const sink = await openEventSink(receiver.url, fakeIo({ clock, env }), 'holdfast')
    onTestFinished(() => sink.close())
    return { ...receiver, slept, sink }
  }

  test('is sent one event as itself, and several as a batch', async () => {
    const { sink, received } = await open([])
    await sink.deliver([event('a')], NO_SIGNAL)
    await sink.deliver([event('b'), event('c')], NO_SIGNAL)
    expect(received.map(({ type }) => type.split(';')[0])).toStrictEqual([
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
    ])
    expect(JSON.parse(received[0]?.body ?? '').id).toBe('a')
    expect(JSON.parse(received[1]?.body ?? '').map(({ id }: WatchEvent) => id)).toStrictEqual(['b', 'c'])
  })

  test('gets requests that are signed with the secret, over the very bytes', async () => {
    const { sink, received } = await open([], { HOLDFAST_WEBHOOK_SECRET: 'shared' })
    await sink.deliver([event('a')], NO_SIGNAL)
    const [{ body = '', signature } = {}] = received
    expect(signature).toBe(signatureOf(body, 'shared'))
    expect(signature).toMatch(/^sha256=[0-9a-f]{64}$/)
  })

  test('that is away is tried again, waiting as long as it asks for', async () => {
    const { sink, received, slept } = await open([{ status: 503 }, { status: 429, retryAfter: '7' }])
    expect(await sink.deliver([event('a')], NO_SIGNAL)).toBeUndefined()
    expect([received.length, slept]).toStrictEqual([3, [1000, 7000]])
  })

  test('that stays away gets everything the next time, each once and in order', async () => {
    const away = Array.from({ length: 4 }, () => ({ status: 500 }))
    const { sink, received } = await open(away)
    expect(await sink.deliver([event('a')], NO_SIGNAL)).toMatch(/^127\.0\.0\.1:\d+ answered 500$/)
    expect(await sink.deliver([event('b')], NO_SIGNAL)).toBeUndefined()
    expect(JSON.parse(received[4]?.body ?? '').map(({ id }: WatchEvent) => id)).toStrictEqual(['a', 'b'])
  })

  test('that refuses is not asked again at once, and no message holds its address', async () => {
    const { sink, received } = await open([{ status: 401 }])
    const problem = await sink.deliver([event('a')], NO_SIGNAL)
    expect(problem).toMatch(/answered 401$/)
    expect(problem).not.toContain('secret-path')
    expect(received).toHaveLength(1)
  })

  test('that gives no answer is named by its host', async () => {
    const { clock } = instantClock()
    const sink = await openEventSink('http://127.0.0.1:9/secret-path', fakeIo({ clock }), 'holdfast')
    expect(await sink.deliver([event('a')], NO_SIGNAL)).toBe('127.0.0.1:9 gave no answer')
    await sink.close()
  })

  test('is not tried once the watch was ended', async () => {
    const { sink, received } = await open([])
    expect(await sink.deliver([event('a')], AbortSignal.abort())).toBe('the watch was ended')
    expect(received).toStrictEqual([])
  })

  test.each(['http://example.com/hook', 'ftp://example.com/hook', 'https://'])(
    '%s is refused',
    async target => {
      await expect(openEventSink(target, fakeIo(), 'holdfast')).rejects.toMatchObject({ code: 'usage' })
    },
  )
})
