import { describe, expect, test } from 'vitest'
import { addMs } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { permissive, policyFor } from '../support/apply-harness.ts'
import {
  action,
  actionId,
  entry,
  machine,
  machineId,
  NOW,
  ownComment,
  PLACE,
  placed,
} from '../support/build-core.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { QUIET } from './commands.ts'
import { converge } from './converge.ts'
import { RULES } from './judge.ts'
import type { Chronicle, Entry, Submission } from './record.ts'
import { Tenant } from './tenant.ts'
import { type Run, World } from './world.ts'

/** Machines 1 to 3 to be isolated, the third with another scope; machine 4, protected, that nobody names. */
async function runWell(policies: readonly Policy[] = [policyFor([1, 2, 3], { isolated: placed('full') })]) {
  const machines = [1, 2, 3, 4].map(number =>
    machine({
      id: machineId(number),
      computerDnsName: `ws-${number}`,
      machineTags: number === 4 ? ['domain-controller'] : [],
    }),
  )
  const held = action({
    id: actionId(3),
    machineId: machineId(3),
    scope: 'Selective',
    requestorComment: ownComment(),
  })
  const configuration = permissive({
    protected: [{ match: entry({ fields: { tag: ['domain-controller'] } }), allow: [], place: PLACE }],
  })
  const world = new World(
    new Tenant(new FakeClock(NOW, 1), machines, [held], 'enqueue'),
    policies,
    configuration,
  )
  const [run] = await world.apply([{ planned: await world.plan(), manner: QUIET, afterMs: 0 }])
  if (run === undefined) throw new Error('no run')
  return { world, run, record: world.tenant.record }
}

type Forged = (run: Run, record: Chronicle) => readonly [Run, Chronicle]

/** Changes what the service took down of the first submission of a machine. */
function submitted(number: number, over: (sent: Submission) => Partial<Submission>): Forged {
  return (run, record) => {
    const index = record.submissions.findIndex(({ machineId: id }) => id === machineId(number))
    const submissions = record.submissions.map((sent, at) =>
      at === index ? { ...sent, ...over(sent) } : sent,
    )
    return [run, { ...record, submissions }]
  }
}

/** Adds something that somebody asked for, as if it had been there when the run looked. */
function happened(over: Partial<Entry['action']>, more: Partial<Entry> = {}): Forged {
  return (run, record) => {
    const before = addMs(NOW, -3_600_000)
    const bare = { id: actionId(99), creationDateTimeUtc: before, lastUpdateDateTimeUtc: before }
    const added: Entry = {
      action: action({ ...bare, ...over }),
      own: false,
      by: null,
      cancelledBy: null,
      listedFrom: before,
      endsAt: null,
      fate: { afterMs: 0, end: 'Succeeded' },
      endsAs: 'Succeeded',
      ...more,
    }
    return [run, { ...record, entries: [...record.entries, added] }]
  }
}

/** Tells the result otherwise. */
function told(over: (result: NonNullable<Run['result']>) => Partial<NonNullable<Run['result']>>): Forged {
  return (run, record) => {
    const { result } = run
    return [{ ...run, result: result === null ? null : { ...result, ...over(result) } }, record]
  }
}

/** Every rule, and what breaks it. */
const FORGERIES: Readonly<{ [rule: string]: Readonly<{ [what: string]: Forged }> }> = {
  'no two opposite actions of ours in flight': {
    'an own release is in flight': happened({ type: 'Unisolate', status: 'Pending' }, { own: true }),
  },
  'nothing is asked for twice': {
    'the same submission again': (run, record) => [
      run,
      { ...record, submissions: [...record.submissions, ...record.submissions.slice(0, 1)] },
    ],
    'an own isolation by another plan is in flight': happened({ status: 'Pending' }, { own: true }),
  },
  'a submission is one that the plan held, on a look at most 60 s old': {
    'without a marker': submitted(1, () => ({ comment: 'INC-1' })),
    'with another body': submitted(1, ({ body }) => ({ body: { ...body, IsolationType: 'Selective' } })),
    'an hour later': submitted(1, ({ at }) => ({ at: addMs(at, 3_600_000) })),
  },
  'nothing outside the selectors': {
    'a machine that nobody names': submitted(1, () => ({ machineId: machineId(4) })),
    'a scope that nobody declares': submitted(1, ({ body }) => ({
      body: { ...body, IsolationType: 'Selective' },
    })),
    'a run that nobody declares': submitted(1, () => ({
      type: 'RunAntiVirusScan',
      body: { ScanType: 'Quick' },
    })),
    'a machine that was excluded': (run, record) => {
      const options = { ...run.planned.options, excludes: [machineId(1)] }
      return [{ ...run, planned: { ...run.planned, options } }, record]
    },
  },
  'nothing contested without reassert': {
    'an analyst had released the machine': happened({ type: 'Unisolate', requestSource: 'Portal' }),
    'an analyst had cancelled our isolation': happened(
      { status: 'Cancelled' },
      { own: true, cancelledBy: 'other' },
    ),
    'an analyst holds what the chain lifts': happened({ machineId: machineId(3), requestSource: 'Portal' }),
  },
  'protected machines are untouched': {
    'an isolation of the domain controller': submitted(1, () => ({ machineId: machineId(4) })),
  },
  'one-way actions only where allowed': {
    'an offboarding': (run, record) => {
      const { configuration } = run
      const forbidden = { ...configuration, allow: { ...configuration.allow, offboarded: false } }
      const [, sent] = submitted(1, () => ({ type: 'Offboard' }))(run, record)
      return [{ ...run, configuration: forbidden }, sent]
    },
  },
  'nothing is sent past a freeze, a guard or an expiry': {
    'a freeze': (run, record) => {
      const freeze = { owner: 'a', reason: 'b', until: addMs(NOW, 3_600_000), place: PLACE }
      return [{ ...run, configuration: { ...run.configuration, freeze } }, record]
    },
    'a guard': (run, record) => [
      { ...run, configuration: { ...run.configuration, guards: { maxMachines: 1 } } },
      record,
    ],
    'an expired plan': (run, record) => {
      const plan = { ...run.planned.plan, expiresAt: '2026-11-22T17:00:00Z' }
      return [{ ...run, planned: { ...run.planned, plan } }, record]
    },
    'a plan that is not applyable': (run, record) => {
      const plan = { ...run.planned.plan, applyable: false }
      return [{ ...run, planned: { ...run.planned, plan } }, record]
    },
    'an exit that says that nothing was sent': told(() => ({ exit: { code: 3, name: 'stale' } })),
  },
  'no machine is reached before its wave': {
    'all at once': (run, record) => {
      const rollout = { waves: [{ text: '1', count: 1 }] }
      const { configuration } = run
      const apply = { ...configuration.apply, rollout }
      return [{ ...run, configuration: { ...configuration, apply } }, record]
    },
  },
  'an undo touches only what carries its marker and nobody touched since': {
    'the undo of another plan': (run, record) => {
      const undoes = { ...run.planned.plan, planId: 'sha256:00000000' }
      return [{ ...run, planned: { ...run.planned, undoes } }, record]
    },
  },
  'every change has exactly one outcome': {
    'none of one': told(({ outcomes }) => ({ outcomes: outcomes.slice(1) })),
    'two of one': told(({ outcomes }) => ({ outcomes: [...outcomes, ...outcomes.slice(0, 1)] })),
    'a count that is wrong': told(() => ({ summary: { succeeded: 7 } })),
  },
  'what the result says is what the history says': {
    'an end that was none': (run, record) => [
      run,
      {
        ...record,
        entries: record.entries.map(each => ({ ...each, action: { ...each.action, status: 'Failed' } })),
      },
    ],
    'a device that is not held': (run, record) => [run, { ...record, turns: [] }],
    'not attempted, and it was': told(({ outcomes }) => ({
      outcomes: outcomes.map(each => ({ ...each, outcome: 'not-attempted', code: 'locked' })),
    })),
    'an action that is not there': told(({ outcomes }) => ({
      outcomes: outcomes.map(each => ({ ...each, actionId: 'none' })),
    })),
  },
  'a machine that a chain leaves open is told': {
    'its second half had no effect': (run, record) => [
      run,
      { ...record, turns: record.turns.filter(({ level }) => level !== 'full') },
    ],
  },
  'the exit says what the outcomes say': {
    'failed, and all is well': told(({ outcomes }) => ({
      outcomes: outcomes.map(each => ({ ...each, outcome: 'failed' })),
    })),
    'pending, and all is well': told(({ outcomes }) => ({
      outcomes: outcomes.map(each => ({ ...each, outcome: 'pending' })),
    })),
  },
}

test('a run that went well breaks no rule', async () => {
  const { run, record } = await runWell()
  expect(record.submissions).toHaveLength(4)
  expect(Object.values(RULES).flatMap(rule => rule(run, record))).toStrictEqual([])
})

test('every rule has a forgery that breaks it', () => {
  expect(Object.keys(FORGERIES)).toStrictEqual(Object.keys(RULES))
})

describe.each(Object.entries(FORGERIES))('%s', (rule, forgeries) => {
  test.each(Object.entries(forgeries))('is broken by: %s', async (_what, forge) => {
    const { run, record } = await runWell()
    const [forgedRun, forgedRecord] = forge(run, record)
    expect(RULES[rule]?.(forgedRun, forgedRecord)).not.toStrictEqual([])
  })
})

test('an undo that somebody forestalled would be seen', async () => {
  const { world, run } = await runWell()
  const planned = await world.plan({}, run.planned.plan)
  const [undo] = await world.apply([{ planned, manner: QUIET, afterMs: 0 }])
  if (undo === undefined) throw new Error('no run')
  const rule = RULES['an undo touches only what carries its marker and nobody touched since']
  expect(world.tenant.record.submissions.filter(({ by }) => by === undo.id)).not.toStrictEqual([])
  expect(rule?.(undo, world.tenant.record)).toStrictEqual([])
  const touched = addMs(undo.startedAt, -1000)
  const over = { creationDateTimeUtc: touched, lastUpdateDateTimeUtc: touched, requestSource: 'Portal' }
  const [, record] = happened(over)(undo, world.tenant.record)
  expect(rule?.(undo, record)).not.toStrictEqual([])
})

test('a tenant that never comes to rest would be seen', async () => {
  const { world } = await runWell()
  expect(await converge(world)).toStrictEqual([])
  // Nothing that was ever asked for is listed.
  Object.defineProperty(world.tenant, 'listed', { get: () => [] })
  const violations = await converge(world)
  expect(violations.filter(what => what.includes('is planned again'))).toHaveLength(3)
})

test('a tenant that is not as declared although the plan is empty would be seen', async () => {
  const { world } = await runWell()
  const { record } = world.tenant
  Object.defineProperty(world.tenant, 'record', { get: () => ({ ...record, turns: [] }) })
  const violations = await converge(world)
  expect(violations.filter(what => what.includes('is none instead of full'))).toHaveLength(3)
})
