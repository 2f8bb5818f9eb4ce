import { expect, test, vi } from 'vitest'
import { watchInterrupt } from '../../src/cli/interrupt.ts'
import { fakeIo } from './fake-io.ts'

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s aborts and means %i', (name, code) => {
  const io = fakeIo()
  const interrupt = watchInterrupt(io)
  expect(interrupt.code).toBeNull()
  io.send(name)
  expect(interrupt.signal.aborted).toBe(true)
  expect(interrupt.code).toBe(code)
  expect(io.exits).toStrictEqual([])
  interrupt.stop()
})

test('the second signal ends the process at once', () => {
  const io = fakeIo()
  const interrupt = watchInterrupt(io)
  io.send('SIGINT')
  io.send('SIGTERM')
  expect(io.exits).toStrictEqual([143])
  expect(interrupt.code).toBe(130)
  interrupt.stop()
})

test('a command that does not end is ended within five seconds of the signal', () => {
  vi.useFakeTimers()
  try {
    const io = fakeIo()
    watchInterrupt(io).stop()
    const interrupt = watchInterrupt(io)
    io.send('SIGINT')
    vi.advanceTimersByTime(4000)
    expect(io.exits).toStrictEqual([])
    vi.advanceTimersByTime(999)
    expect(io.exits).toStrictEqual([130])
    interrupt.stop()
  } finally {
    vi.useRealTimers()
  }
})

test('after it is stopped nothing listens and nothing ends the process', () => {
  vi.useFakeTimers()
  try {
    const io = fakeIo()
    const interrupt = watchInterrupt(io)
    io.send('SIGINT')
    interrupt.stop()
    vi.advanceTimersByTime(10_000)
    expect(io.exits).toStrictEqual([])
    expect(io.listening()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
