import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Progress } from '../../../src/apply/progress.ts'
import { openLiveView } from '../../../src/cli/applying/live-view.ts'
import type { CommandContext } from '../../../src/cli/command.ts'
import { Flags } from '../../../src/cli/flags.ts'
import { parseInstant } from '../../../src/schema/instant.ts'
import { fakeIo } from '../fake-io.ts'

const NOW = parseInstant('2026-11-20T10:00:00Z')

function frame(state: 'sending' | 'in-flight'): Progress {
  if (NOW === undefined) throw new Error('no instant')
  const item = {
    address: 'a/isolated',
    dnsName: 'ws-1.contoso.com',
    type: 'Isolate',
    status: null,
    outcome: null,
  }
  return {
    phase: 'submitting',
    now: NOW,
    startedAt: NOW,
    items: [{ ...item, state, submittedAt: null }],
    deadline: null,
    heldUntil: null,
    submitMsLeft: 0,
  }
}

async function show(env: Readonly<Record<string, string>>, terminal: boolean) {
  const io = fakeIo({ terminal, env })
  let drawn = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      drawn += String(chunk)
      done()
    },
  })
  const context: CommandContext = {
    io: terminal ? { ...io, stderr: { ...io.stderr, stream } } : io,
    flags: new Flags(new Map()),
    args: [],
    signal: new AbortController().signal,
    color: 'never',
    main: async () => 0,
    commands: [],
    options: [],
  }
  const view = await openLiveView(context)
  view.show(frame('sending'))
  view.show(frame('in-flight'))
  view.end()
  return { drawn, lines: io.stderr.text() }
}

test('a terminal gets frames that redraw themselves', async () => {
  const { drawn, lines } = await show({}, true)
  expect(drawn).toContain('Submitting: 1 sending')
  expect(drawn).toContain('ws-1.contoso.com  Isolate  sending')
  expect(drawn).toContain('\u001b[')
  expect(lines).toBe('')
})

test.each([
  ['a pipe', {}, false],
  ['CI, even on a terminal', { CI: 'true' }, true],
  ['a dumb terminal', { TERM: 'dumb' }, true],
])('%s gets a line for what changed, without control characters', async (_where, env, terminal) => {
  const { drawn, lines } = await show(env, terminal)
  expect(drawn).toBe('')
  expect(lines.split('\n')).toStrictEqual([
    '2026-11-20T10:00:00Z submitting',
    '2026-11-20T10:00:00Z ws-1.contoso.com isolated: Isolate sending',
    '2026-11-20T10:00:00Z ws-1.contoso.com isolated: Isolate sent',
    '',
  ])
})
