import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { CommandContext } from '../../../src/cli/command.ts'
import { openDownloadView } from '../../../src/cli/downloads/download-view.ts'
import { Flags } from '../../../src/cli/flags.ts'
import { addMs, type Instant, msBetween } from '../../../src/schema/instant.ts'
import { NOW } from '../../support/build-core.ts'
import { type FakeIo, fakeIo } from '../fake-io.ts'

/** A view on a terminal or not, on a clock that a test moves. */
async function view(env: Readonly<Record<string, string>>, terminal: boolean) {
  const stream = new PassThrough()
  let now: Instant = NOW
  const clock = { now: () => now, monotonicMs: () => msBetween(NOW, now), sleep: () => Promise.resolve() }
  const plain: FakeIo = fakeIo({ terminal, env, clock })
  const io = { ...plain, stderr: { ...plain.stderr, stream } }
  const context: CommandContext = {
    io,
    flags: new Flags(new Map()),
    args: [],
    signal: new AbortController().signal,
    color: 'never',
    main: () => Promise.resolve(0),
    commands: [],
    options: [],
  }
  return {
    opened: await openDownloadView('a.zip', context),
    lines: plain.stderr.text,
    drawn: () => String(stream.read() ?? ''),
    pass: (ms: number) => {
      now = addMs(now, ms)
    },
  }
}

describe('a download on stderr', () => {
  test.each([
    ['where there is no terminal', {}, false],
    ['in CI', { CI: 'true' }, true],
    ['on a dumb terminal', { TERM: 'dumb' }, true],
  ])('is lines %s', async (_where, env, terminal) => {
    const { opened, lines, drawn } = await view(env, terminal)
    for (const received of [10, 30, 60, 100]) opened.show(received, 100)
    opened.tell('told')
    opened.end()
    expect(lines()).toBe('a.zip: 30 B of 100 B\na.zip: 60 B of 100 B\ntold\n')
    expect(drawn()).toBe('')
  })

  test('is a bar on a terminal, drawn at most ten times a second and taken away at the end', async () => {
    const { opened, lines, drawn, pass } = await view({ TERM: 'xterm' }, true)
    opened.show(10, 100)
    expect(drawn()).toBe('')
    pass(1000)
    opened.show(50, 100)
    expect(drawn()).toContain('a.zip [############............]  50 % 50 B of 100 B, 50 B/s')
    opened.show(60, 100)
    expect(drawn()).toBe('')
    opened.tell('told')
    expect(lines()).toBe('told\n')
    opened.end()
    expect(drawn()).not.toContain('60 %')
  })
})
