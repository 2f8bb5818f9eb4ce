import { applyEvent, changeDevice, takeAction } from './apply-event.ts'
import type { EmulatorClock } from './clock.ts'
import { createWorld } from './create-world.ts'
import type { Device } from './device.ts'
import { createEvents } from './events.ts'
import type { EmulatorAnswer, EmulatorRequest, LoggedRequest } from './exchange.ts'
import { createFaults } from './faults.ts'
import { createGateway } from './gateway.ts'
import { bringsForm, readForm } from './multipart.ts'
import type { Scenario, ScenarioAction, ScenarioEvent } from './scenario-types.ts'
import { scenarioMs } from './span.ts'
import { hasEnded, toWireAction, type WireAction } from './stored-action.ts'
import { toWireMachine, type WireMachine } from './stored-machine.ts'
import { TokenIssuer } from './tokens.ts'

/** A machine as the service sends it, and what really holds on it. */
export interface EmulatedMachine extends WireMachine {
  readonly truth: Pick<Device, 'isolation' | 'restricted'>
}

/** The Defender API in process. Nothing moves on its own: state is worked out from the clock at each call. */
export interface Emulator {
  /** Answers one request. Never rejects for anything a client sends. */
  handle(request: EmulatorRequest): Promise<EmulatorAnswer>
  /** Every action of the history as it is now, oldest first, also those not listed yet. */
  actions(): readonly WireAction[]
  /** Every machine as it is now. */
  machines(): readonly EmulatedMachine[]
  /** What was asked so far, oldest first. */
  requests(): readonly LoggedRequest[]
  /**
   * Lets somebody else take an action now, or at the time it states. Without a status it has Succeeded; one in
   * flight goes on by the status machine, or by its `fate`.
   */
  addAction(action: ScenarioAction): WireAction
  /**
   * Lets somebody else cancel an action in flight.
   *
   * @throws RangeError where there is no such action in flight.
   */
  cancelAs(id: string, by: { readonly requestor: string; readonly comment?: string }): WireAction
  /** Frees or isolates a device now, without any action: only evidence tells. */
  setDevice(change: NonNullable<ScenarioEvent['device']>): void
  /** Ends at once everything in flight that would end by itself. */
  settleAll(): void
  /** Milliseconds of the emulator's own clock. */
  nowMs(): number
}

export interface EmulatorOptions {
  readonly scenario: Scenario
  readonly clock: EmulatorClock
  /** Equal seeds give equal ids and chances. 1 by default. */
  readonly seed?: number
  /** Origin of nextLinks where a request has a relative URL. */
  readonly baseUrl?: string
}

function truthOf({ isolation, restricted }: Device): EmulatedMachine['truth'] {
  return { isolation, restricted }
}

/**
 * Starts an emulator from a scenario.
 *
 * @throws RangeError where the scenario, built in code, holds a time or length of time that is none.
 */
export function createEmulator(options: EmulatorOptions): Emulator {
  const { scenario, clock, seed = 1, baseUrl = 'http://127.0.0.1' } = options
  const clockStartMs = clock.nowMs()
  const startMs = scenario.now === undefined ? clockStartMs : scenarioMs(scenario.now, clockStartMs)
  const nowMs = (): number => clock.nowMs() - clockStartMs + startMs
  const { world, schedule, actionContext } = createWorld(scenario, startMs, nowMs, seed)
  const requests: LoggedRequest[] = []
  const stage = { world, schedule, actionContext }
  const countRequest = createEvents(scenario.events ?? [], schedule, startMs, (event, atMs) =>
    applyEvent(stage, event, atMs),
  )
  const gateway = createGateway({
    world,
    tokens: new TokenIssuer(world.settings, scenario.tenantId, world.random, nowMs, world.replies),
    pickFault: createFaults(scenario.behaviour?.faults ?? [], seed, startMs),
    baseUrl,
    startMs,
    countRequest,
    log: record => requests.push(record),
  })
  const settle = (): number => {
    const now = nowMs()
    schedule.advance(now)
    return now
  }
  const words = world.settings.statusWords
  return {
    async handle(request) {
      const form = bringsForm(request) ? await readForm(request) : undefined
      return gateway(request, form, settle())
    },
    actions() {
      settle()
      return world.actions.all().map(record => toWireAction(record, words))
    },
    machines() {
      const now = settle()
      return world.machines
        .all()
        .map(record => ({ ...toWireMachine(record, now), truth: truthOf(record.device) }))
    },
    requests: () => requests,
    addAction(action) {
      return toWireAction(takeAction(stage, action, settle()), words)
    },
    cancelAs(id, { requestor, comment = null }) {
      const now = settle()
      const record = world.actions.find(id)
      if (record === undefined || hasEnded(record))
        throw new RangeError(`There is no action ${id} in flight.`)
      world.statuses.cancel(record, { requestor, comment }, now)
      return toWireAction(record, words)
    },
    setDevice: change => changeDevice(stage, change, settle()),
    settleAll() {
      world.statuses.settleAll(settle())
    },
    nowMs,
  }
}
