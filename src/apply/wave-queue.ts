import type { Amount } from '../schema/configuration.ts'
import { explain } from './codes.ts'
import type { Item } from './item.ts'
import { limitOf, tallyWave, type WaveTally } from './judge-wave.ts'
import type { Run } from './run.ts'

/** How often the machines of a wave that has ended are asked for, when they cannot be read at once. */
const TRIES = 3

/** What is said of machines that a rule counts. */
const HAPPENED = { failed: 'failed', silent: 'fell silent' } as const

/** Machines that a message names before it counts the rest. */
const SHOWN = 5

/**
 * Lets one wave after the other be sent, and stops everything where one goes wrong.
 *
 * Failures are judged at each step, since whatever happens to an item rings the loop. Silent machines are judged when
 * the wave has ended: in one look at all of them, together with those that gave no answer in time.
 */
export class WaveQueue {
  readonly #run: Run
  /** Machines that were there when they were last known untouched. */
  readonly #wasActive: ReadonlySet<string>
  /** Machines of the last wave of which some gave no answer in time. */
  #late: readonly string[] = []
  #hasLooked = false

  constructor(run: Run) {
    this.#run = run
    this.#wasActive = new Set(run.gate.waves.flat().filter(id => wasActive(run, id)))
  }

  /** Goes on to the next wave where this one has ended, and ends what is queued where the waves were stopped. */
  step(): void {
    while (this.#goesOn()) this.#openNext()
    if (this.#run.gate.stoppedBy !== null) this.#endQueued(this.#run.gate.stoppedBy)
  }

  /**
   * Waits no longer for the machines of the open wave that gave no answer, and counts them as silent: one laptop that
   * sleeps must not hold up all that come after it.
   *
   * @returns False where there is no rule to judge them by, or no wave to come: then the run has waited long enough.
   */
  giveUpWaiting(): boolean {
    const { gate } = this.#run
    if (!gate.isHolding || gate.stopWhen.silent === undefined) return false
    this.#late = this.#tally().open
    return true
  }

  #tally(): WaveTally {
    const run = this.#run
    return tallyWave(
      run.gate.machineIds,
      id => run.itemsOf(id),
      id => this.#wasActive.has(id),
    )
  }

  #goesOn(): boolean {
    const { gate } = this.#run
    if (gate.count === 0 || gate.stoppedBy !== null || gate.isLooking) return false
    const tally = this.#tally()
    const { failed, silent } = gate.stopWhen
    if (failed !== undefined && this.#stopsAt('failed', failed, tally.failed, tally.judged)) return false
    if (!gate.isHolding || tally.open.some(id => !this.#late.includes(id))) return false
    if (silent === undefined || this.#hasLooked) return true
    this.#lookForSilent(silent, tally.judged)
    return false
  }

  #openNext(): void {
    const run = this.#run
    const { gate } = run
    this.#hasLooked = false
    gate.openNext()
    // Time spent on the wave before is no time in which this one could have been sent.
    run.lastSubmitAt = run.clock.now()
    run.ring()
    this.#note('wave-opened', { machines: gate.machineIds.length })
  }

  /** Looks in one call, or as few as the service allows, which machines do not report any more. */
  #lookForSilent(rule: Amount, judged: number): void {
    const run = this.#run
    const { gate } = run
    const late = this.#late
    const touched = gate.machineIds.filter(id => this.#wasActive.has(id) && isTouched(run.itemsOf(id)))
    this.#hasLooked = true
    gate.isLooking = true
    run.spawn(async () => {
      const gone = touched.length === 0 ? [] : await this.#readSilent(touched)
      gate.isLooking = false
      if (gone === null) return
      const silent = gate.machineIds.filter(id => late.includes(id) || gone.includes(id))
      gate.noteSilent(silent.length)
      this.#stopsAt('silent', rule, silent, judged)
    })
  }

  /** Those of the machines that are not Active any more; null where they could not be read, which ends submitting. */
  async #readSilent(machineIds: readonly string[]): Promise<readonly string[] | null> {
    const run = this.#run
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries > 0) await run.clock.sleep(run.options.pollIntervalMs, run.options.signal)
      const machines = await run.deps.api.listMachines(machineIds, run.options.signal)
      if (machines === null) continue
      run.known.mergeMachines(machines)
      const active = new Set(machines.filter(isActive).map(({ id }) => id))
      return machineIds.filter(id => !active.has(id))
    }
    if (run.options.signal.aborted) return null
    const { number, count } = run.gate
    run.stop(
      'look-failed',
      `The machines of wave ${number} of ${count} could not be read after it had ended.`,
    )
    return null
  }

  /** Stops everything where so many machines are the limit and something is left to send; says whether it did. */
  #stopsAt(rule: 'failed' | 'silent', amount: Amount, ids: readonly string[], judged: number): boolean {
    const run = this.#run
    const { gate } = run
    const limit = limitOf(amount, judged)
    if (ids.length < limit || !this.#hasQueued()) return false
    const names = ids.slice(0, SHOWN).map(id => nameOf(run.itemsOf(id)) ?? id)
    const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : ''
    const counts = `${ids.length} of ${judged} ${judged === 1 ? 'machine' : 'machines'} ${HAPPENED[rule]}`
    const most = 'count' in amount ? String(limit) : `${limit} (${amount.text})`
    const what = `Wave ${gate.number} of ${gate.count} stopped the apply: ${counts} (${names.join(', ')}${more}), the limit is ${most}.`
    const message = explain('wave-stopped', what)
    gate.stop(message)
    run.diagnostics.push({ severity: 'error', code: 'wave-stopped', message })
    this.#note('wave-stopped', { rule, machines: ids.length, limit })
    this.#endQueued(message)
    return true
  }

  #endQueued(detail: string): void {
    const run = this.#run
    for (const { address, stage, opened } of run.inOrder()) {
      if (stage.kind !== 'queued' || opened) continue
      run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code: 'wave-stopped', detail })
    }
  }

  #hasQueued(): boolean {
    return this.#run.inOrder().some(({ stage, opened }) => stage.kind === 'queued' && !opened)
  }

  #note(event: string, details: Readonly<Record<string, unknown>>): void {
    const run = this.#run
    const { number, count } = run.gate
    run.spawn(async () => {
      await run.ledger.write(event, { wave: number, of: count, ...details })
    })
  }
}

function isActive({ healthStatus }: { readonly healthStatus: string | null }): boolean {
  return healthStatus?.toLowerCase() === 'active'
}

/**
 * Whether a machine was there before it was changed: as just read, or as planned where an earlier run of the plan
 * changed it. What nobody waits for has been given up before.
 */
function wasActive(run: Run, machineId: string): boolean {
  const items = run.itemsOf(machineId)
  if (!items.some(({ awaited }) => awaited)) return false
  const planned = items.find(({ change }) => change !== null)?.change?.machine
  const machine = isTouched(items) ? planned : run.known.machine(machineId)
  return machine !== undefined && isActive(machine)
}

/** Whether something was sent to a machine. */
function isTouched(items: readonly Item[]): boolean {
  return items.some(({ actionId }) => actionId !== null)
}

function nameOf(items: readonly Item[]): string | null {
  return items.find(({ dnsName }) => dnsName !== null)?.dnsName ?? null
}
