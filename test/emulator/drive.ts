import { type ManualClock, manualClock } from '../../src/emulator/clock.ts'
import { createEmulator, type Emulator } from '../../src/emulator/emulator.ts'
import type { EmulatorAnswer, Reply } from '../../src/emulator/exchange.ts'
import type { Scenario } from '../../src/emulator/scenario-types.ts'

/** When the clock of these tests starts. */
export const START = '2026-11-22T18:00:00Z'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The one machine of most tests. */
export const HOST = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07'

/** An answer with its body read. */
export interface Read extends Reply {
  readonly text: string
  readonly json: { readonly [key: string]: unknown } & {
    readonly value?: readonly Row[]
    readonly error?: ErrorBody
  }
}

export interface Row {
  readonly [key: string]: unknown
}

export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly target: string
}

export interface Drive {
  readonly emulator: Emulator
  readonly clock: ManualClock
  readonly ask: (method: string, path: string, body?: unknown) => Promise<EmulatorAnswer>
  readonly get: (path: string) => Promise<Read>
  readonly post: (path: string, body?: unknown) => Promise<Read>
}

function read(answer: EmulatorAnswer): Read {
  if (answer.kind !== 'response') throw new Error(`The connection ended: ${answer.kind}`)
  const text = answer.body.toString()
  const isJson = answer.headers['content-type']?.includes('json') === true
  return { ...answer, text, json: isJson ? JSON.parse(text) : {} }
}

/** Starts an emulator on a hand-driven clock, with ways to ask it. Without machines it has {@link HOST}. */
export function drive(scenario: Scenario = {}, headers: Record<string, string> = {}): Drive {
  const clock = manualClock(Date.parse(START))
  const machines = scenario.machines ?? [{ id: HOST, computerDnsName: 'fin-ws-014.contoso.com' }]
  const emulator = createEmulator({ scenario: { ...scenario, machines }, clock })
  const ask: Drive['ask'] = (method, path, body) =>
    emulator.handle({
      method,
      url: path,
      headers: { authorization: 'Bearer any', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    emulator,
    clock,
    ask,
    get: async path => read(await ask('GET', path)),
    post: async (path, body = { Comment: 'INC-4211' }) => read(await ask('POST', path, body)),
  }
}

/** The rows of a list answer. */
export function rowsOf({ json }: Read): readonly Row[] {
  return json.value ?? []
}

/** The path of a POST that creates an action on {@link HOST}. */
export function onHost(method: string): string {
  return `/api/machines/${HOST}/${method}`
}
