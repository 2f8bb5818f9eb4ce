import fc from 'fast-check'
import { machineId, ownComment } from '../support/build-core.ts'
import { hasEnded, markerIn } from './record.ts'
import type { CancelFate, Fate, Tenant } from './tenant.ts'

/** Machines of the tenant. */
export const MACHINES = 4

const SECOND = 1000
const HOUR = 3_600_000

/** Something that somebody other than us does, or that happens to a machine. */
export type Act =
  | {
      readonly does: 'ask'
      /** Through the portal; through the API without a marker; through the portal with a copy of one of ours. */
      readonly who: 'analyst' | 'automation' | 'forger'
      readonly type: string
      readonly machine: number
      readonly scope: string | null
      readonly fate: Fate
    }
  /** Cancels one of the actions in flight, the n-th in order. */
  | {
      readonly does: 'cancel'
      readonly nth: number
      readonly comment: string | null
      readonly fate: CancelFate
    }
  /** One of the actions in flight ends, out of order. */
  | { readonly does: 'end'; readonly nth: number; readonly status: Fate['end'] }
  /** A script frees a device: no action tells. */
  | { readonly does: 'free'; readonly machine: number }
  | { readonly does: 'tag'; readonly machine: number; readonly tags: readonly string[] }
  | { readonly does: 'health'; readonly machine: number; readonly health: string }

export const anyMachine: fc.Arbitrary<number> = fc.integer({ min: 1, max: MACHINES })

/** How a device ends an action: mostly soon and well. */
export const anyFate: fc.Arbitrary<Fate> = fc.record({
  afterMs: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: SECOND, max: 90 * SECOND }) },
    { weight: 1, arbitrary: fc.integer({ min: 60 * SECOND, max: 1500 * SECOND }) },
    { weight: 1, arbitrary: fc.integer({ min: SECOND, max: 30 * HOUR }) },
  ),
  end: fc.constantFrom('Succeeded', 'Succeeded', 'Succeeded', 'Failed', 'TimeOut'),
})

/** How a cancel ends. */
export const anyCancelFate: fc.Arbitrary<CancelFate> = fc.record({
  afterMs: fc.integer({ min: 100, max: 60 * SECOND }),
  tooLate: fc.boolean(),
})

const TYPES = [
  'Isolate',
  'Unisolate',
  'Isolate',
  'Unisolate',
  'RestrictCodeExecution',
  'UnrestrictCodeExecution',
  'RunAntiVirusScan',
]

export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        who: fc.constantFrom('analyst' as const, 'automation' as const, 'forger' as const),
        type: fc.constantFrom(...TYPES),
        machine: anyMachine,
        isFull: fc.boolean(),
        fate: anyFate,
      })
      .map(({ isFull, ...one }): Act => {
        const scopes: Readonly<{ [type: string]: string }> = isFull
          ? { Isolate: 'Full', RunAntiVirusScan: 'Full' }
          : { Isolate: 'Selective', RunAntiVirusScan: 'Quick' }
        return { does: 'ask', scope: scopes[one.type] ?? null, ...one }
      }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('cancel' as const),
      nth: fc.nat(3),
      comment: fc.constantFrom(null, 'wrong machine'),
      fate: anyCancelFate,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('end' as const),
      nth: fc.nat(3),
      status: fc.constantFrom('Succeeded' as const, 'Failed' as const, 'TimeOut' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('free' as const), machine: anyMachine }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('tag' as const),
      machine: anyMachine,
      tags: fc.subarray(['a', 'b', 'domain-controller']),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('health' as const),
      machine: anyMachine,
      health: fc.constantFrom('Active', 'Active', 'Inactive'),
    }),
  },
)

/** Lets it happen now. */
export function perform(act: Act, tenant: Tenant): void {
  if (act.does === 'tag') tenant.change(machineId(act.machine), { machineTags: act.tags })
  else if (act.does === 'free') tenant.free(machineId(act.machine))
  else if (act.does === 'health') tenant.change(machineId(act.machine), { healthStatus: act.health })
  else if (act.does === 'ask') ask(act, tenant)
  else {
    // A second cancel would take the place of the comment of the first, by which we know ours.
    const open = tenant.entries.filter(
      ({ action }) => !hasEnded(action) && action.cancellationRequestor === null,
    )
    const id = open[act.nth % Math.max(1, open.length)]?.action.id
    if (id === undefined) return
    if (act.does === 'end') tenant.end(id, act.status)
    else tenant.cancel(id, 'other', act.comment, act.fate)
  }
}

function ask({ who, type, machine, scope, fate }: Act & { readonly does: 'ask' }, tenant: Tenant): void {
  const ours = tenant.entries.findLast(({ own, action }) => own && markerIn(action.requestorComment) !== null)
  const forged = ours?.action.requestorComment ?? ownComment()
  tenant.create({
    type,
    machineId: machineId(machine),
    requestor: who === 'automation' ? 'Playbook' : 'anna@contoso.com',
    requestSource: who === 'automation' ? 'PublicApi' : 'Portal',
    comment: who === 'forger' ? forged : 'seen on the console',
    scope,
    fate,
    listedLateMs: 0,
    by: null,
  })
}
