import { compareText } from '../../posture/history.ts'
import type { Machine } from '../../posture/machine.ts'
import type { Duration } from '../../schema/duration.ts'
import { addMs, type Instant, nextTick } from '../../schema/instant.ts'
import type { MachineEntry, Policy } from '../../schema/policy.ts'
import type { Plan } from '../document/document.ts'
import { clockPoints, silencePoint } from '../judge/clock-points.ts'
import { isHoldItem } from '../judge/evaluate-hold.ts'
import { evaluateMachine } from '../judge/evaluate-machine.ts'
import type { Item } from '../judge/item.ts'
import { chooseItems, readPatterns } from '../select/choose.ts'
import { compileEntry } from '../select/match.ts'
import { indexMachines, type MachineIndex } from '../select/resolve.ts'
import type { Findings } from './assemble-plan.ts'
import { contextOf, type ReadFlag } from './evaluation-context.ts'
import { unlistedMachine } from './unlisted-machine.ts'
import { writeBlocked, writeChange, writeDrift, writeInFlight } from './write-items.ts'

/** A later plan of the same read, with what it was written down from. */
export interface Later {
  readonly findings: Findings
  readonly plan: Plan
}

/** An instant at which a plan may change: all of it, or what it says of one machine. */
interface Candidate {
  readonly at: Instant
  readonly machineId: string | null
}

/**
 * Finds the earliest instant at which a plan of the same read would say something else, messages apart
 * (docs/contract.md#next-look), or at which a hold could be over although its time says later.
 *
 * Candidates come from every rule of the clock and are tried in the order of time: one machine for what is of one
 * machine, a whole plan for what is of a policy. So the answer is exact, and seldom costs more than one try.
 *
 * @param replan - Makes the plan as of a later time.
 * @returns Undefined where nothing changes by time alone.
 */
export function nextLook(
  findings: Findings,
  plan: Plan,
  replan: (now: Instant) => Later,
): Instant | undefined {
  const doubtful = doubtfulEnd(findings)
  const index = indexMachines(findings.input.observation.machines)
  const differs = new Differing(findings, index, plan, replan)
  for (const candidate of candidatesOf(findings, index)) {
    if (doubtful !== undefined && doubtful <= candidate.at) return doubtful
    for (const tick of [candidate.at, nextTick(candidate.at)]) {
      if (tick > findings.at && differs.at({ ...candidate, at: tick })) return tick
    }
  }
  return doubtful
}

/** The earliest end to come of a declared hold whose time may count from its creation (docs/contract.md#until-uncertain). */
function doubtfulEnd({ items, at }: Findings): Instant | undefined {
  const ends = items
    .filter(isHoldItem)
    .filter(({ lead }) => lead !== null)
    .flatMap(({ posture: { couldEndAt } }) => (couldEndAt === null || couldEndAt <= at ? [] : [couldEndAt]))
  return ends.sort()[0]
}

function candidatesOf(findings: Findings, { byId, merges }: MachineIndex): readonly Candidate[] {
  const { input, claims, history, lens, at } = findings
  const { observation, configuration, policies } = input
  const ids = new Set([...claims.keys(), ...history.machineIds])
  // What was done to a record that lives on as another counts there.
  const devices = [...ids].filter(id => merges.ownerOf(id) === id)
  // A rule may take its instant for the one side or for the other, so that the tick after it counts as well.
  const isAhead = (time: Instant): boolean => time >= at
  const addressed = addressedDevices(findings.items, merges.ownerOf)
  const ofMachines = devices.flatMap(id => {
    const machine = byId.get(id) ?? unlistedMachine(id)
    const points = clockPoints(
      machine,
      history.of(id),
      claims.get(id) ?? [],
      lens.evidence,
      configuration,
      at,
    )
    const silence = addressed.has(id) ? silencePoint(machine) : []
    return [...silence, ...points].filter(isAhead).map((time): Candidate => ({ at: time, machineId: id }))
  })
  const ofAll = [
    ...policies.flatMap(({ expires }) => (expires === undefined ? [] : [expires])),
    ...sightPoints(observation.machines, entriesOf(findings), at),
  ]
    .filter(isAhead)
    .map((time): Candidate => ({ at: time, machineId: null }))
  return [...ofAll, ...ofMachines].sort((a, b) => compareText(a.at, b.at))
}

/**
 * The devices to which something is sent or in flight. On the others nothing changes with silence: whatever would be
 * sent to them later has an instant of its own that comes first.
 */
function addressedDevices(items: readonly Item[], ownerOf: (id: string) => string): ReadonlySet<string> {
  const addressed = items.filter(
    ({ decision, inFlight }) => decision.kind === 'change' || inFlight.length > 0,
  )
  return new Set(addressed.map(({ machine }) => ownerOf(machine.id)))
}

/** Every entry that chooses machines by when they were last seen. */
function entriesOf({ input: { policies, configuration } }: Findings): readonly MachineEntry[] {
  const entries = [
    ...policies.flatMap(({ machines, except }: Policy) => [...machines, ...except]),
    ...configuration.protected.map(({ match }) => match),
    ...(configuration.confirmByName ?? []),
  ]
  return entries.filter(({ lastSeenWithin }) => lastSeenWithin !== undefined)
}

/** When a machine that is chosen for having been seen lately is so no more. */
function sightPoints(
  machines: readonly Machine[],
  entries: readonly MachineEntry[],
  at: Instant,
): readonly Instant[] {
  return entries.flatMap(entry => {
    const { ms } = entry.lastSeenWithin as Duration
    // Whoever was seen within a time was seen.
    return machines.filter(compileEntry(entry, at)).map(({ lastSeen }) => addMs(lastSeen as Instant, ms))
  })
}

/** Says of a candidate whether the plan differs there; candidates are asked about in the order of time. */
class Differing {
  readonly #plan: Plan
  readonly #replan: (now: Instant) => Later
  readonly #index: MachineIndex
  readonly #base = new Map<string, string>()
  readonly #findings: Findings
  /** Whether a guard has blocked changes of its kind: then what one machine does can be seen in the whole plan alone. */
  readonly #isLimited: boolean
  /** What policies ask, as of the last instant at which that could change. */
  #claims: Findings['claims']

  constructor(findings: Findings, index: MachineIndex, plan: Plan, replan: (now: Instant) => Later) {
    this.#findings = findings
    this.#plan = plan
    this.#replan = replan
    this.#index = index
    this.#claims = findings.claims
    this.#isLimited = plan.blocked.some(({ code }) => code.startsWith('over-max-'))
  }

  at({ at, machineId }: Candidate): boolean {
    if (machineId !== null) return this.#machineDiffers(machineId, at)
    const { findings, plan } = this.#replan(at)
    this.#claims = findings.claims
    return textOfPlan(plan) !== textOfPlan(this.#plan)
  }

  #machineDiffers(id: string, at: Instant): boolean {
    const { at: now } = this.#findings
    const base = this.#base.get(id) ?? this.#textOf(this.#itemsAt(id, now), now)
    this.#base.set(id, base)
    if (this.#textOf(this.#itemsAt(id, at), at) === base) return false
    return !this.#isLimited || textOfPlan(this.#replan(at).plan) !== textOfPlan(this.#plan)
  }

  /** What would be said of one machine at a later time: as all of them were evaluated, for this one alone. */
  #itemsAt(id: string, now: Instant): readonly Item[] {
    const { input, history, lens } = this.#findings
    const { options, policies } = input
    const read: ReadFlag = (flag, texts) => readPatterns(flag, texts, policies, this.#index, [])
    const context = contextOf({ ...input, now }, { ...lens, now }, this.#index, read)
    const machine = this.#index.byId.get(id) ?? unlistedMachine(id)
    const items = evaluateMachine(machine, this.#claims.get(id) ?? [], history.of(id), context)
    return chooseItems(items, read('target', options.targets), read('exclude', options.excludes), options)
  }

  #textOf(items: readonly Item[], now: Instant): string {
    const { configuration } = this.#findings.input
    return textOf(
      items.map(item => [
        item.decision.kind === 'change' ? writeChange(item, item.decision).change : null,
        item.decision.kind === 'blocked' ? writeBlocked(item, item.decision) : null,
        writeInFlight(item, configuration, now),
        writeDrift(item, configuration.name),
      ]),
    )
  }
}

/** A value without its messages, and without what is computed from the clock in it. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => (CLOCKED.has(key) ? undefined : part))
}

const CLOCKED: ReadonlySet<string> = new Set(['message', 'until'])

function textOfPlan({ changes, blocked, inFlight, drift }: Plan): string {
  return textOf([changes, blocked, inFlight, drift])
}
