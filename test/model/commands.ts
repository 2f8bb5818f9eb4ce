import fc from 'fast-check'
import type { PlanOptions } from '../../src/plan/select/plan-input.ts'
import { addMs } from '../../src/schema/instant.ts'
import type { Policy } from '../../src/schema/policy.ts'
import { lasting, machineId, PLACE } from '../support/build-core.ts'
import { importHolds } from './import-holds.ts'
import { judge } from './judge.ts'
import { type Act, anyAct, anyMachine, perform } from './people.ts'
import { validPolicy } from './setting.ts'
import { timeline } from './timeline.ts'
import { anyManner } from './weather.ts'
import type { Manner, Planned, World } from './world.ts'

/** What decides whether a command can be given: it is all that the model has to remember beside the tenant itself. */
export interface Model {
  plans: number
  applied: number
}

type Command = fc.AsyncCommand<Model, World>

/** Makes commands of one kind: shown with what was drawn for them, so that a counterexample can be read. */
function commandsOf<T>(
  name: string,
  drawn: fc.Arbitrary<T>,
  {
    when,
    run,
  }: { readonly when?: (model: Model) => boolean; run(drawn: T, world: World, model: Model): Promise<void> },
): fc.Arbitrary<Command> {
  return drawn.map(given => ({
    check: model => when?.(model) ?? true,
    run: (model, world) => run(given, world, model),
    toString: () => `${name} ${JSON.stringify(given)}`,
  }))
}

const HOUR = 3_600_000
/** The manner in which nothing goes wrong. */
export const QUIET: Manner = {
  skipMoved: false,
  noWait: false,
  killAt: null,
  interruptAfterMs: null,
  overrides: [],
  weather: { fates: [], cancels: [], mishaps: [], readFailures: [], latencyMs: 50, listedLateMs: 0 },
  meanwhile: [],
}

const machineIds = fc.uniqueArray(anyMachine.map(machineId), { maxLength: 2 })

const anyOptions: fc.Arbitrary<Partial<PlanOptions>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        targets: fc.oneof(fc.constant([]), machineIds),
        excludes: fc.oneof(fc.constant([]), machineIds),
        reassert: fc.oneof(fc.constant([]), machineIds),
        prune: fc.boolean(),
      })
      .map(options => ({ ...options, reason: 'INC-2 by hand' })),
  },
)

/** Runs applies and holds each of them against the tenant's record. */
async function applyAndJudge(
  world: World,
  starts: Parameters<World['apply']>[0],
  model: Model,
): Promise<void> {
  model.applied += 1
  const runs = await world.apply(starts)
  const { record } = world.tenant
  const violations = runs.flatMap(run => judge(run, record))
  if (violations.length > 0) throw new Error(`${violations.join('\n')}\n${timeline(world.runs, record)}`)
}

/** The saved plan that a number means; the latest more often than any other. */
function chosen(world: World, back: number): Planned {
  const planned = world.plans[Math.max(0, world.plans.length - 1 - back)]
  if (planned === undefined) throw new Error('no plan was saved')
  return planned
}

const anyBack = fc.constantFrom(0, 0, 0, 1, 2)

const plan = commandsOf('plan', anyOptions, {
  async run(options, world, model) {
    model.plans += 1
    await world.plan(options)
  },
})

const apply = commandsOf('apply', fc.record({ options: anyOptions, manner: anyManner }), {
  async run({ options, manner }, world, model) {
    model.plans += 1
    await applyAndJudge(world, [{ planned: await world.plan(options), manner, afterMs: 0 }], model)
  },
})

const applySaved = commandsOf('apply a saved plan', fc.record({ back: anyBack, manner: anyManner }), {
  when: ({ plans }) => plans > 0,
  run: ({ back, manner }, world, model) =>
    applyAndJudge(world, [{ planned: chosen(world, back), manner, afterMs: 0 }], model),
})

const resume = commandsOf('resume', fc.record({ keepsJournal: fc.boolean(), manner: anyManner }), {
  when: ({ applied }) => applied > 0,
  async run({ keepsJournal, manner }, world, model) {
    if (!keepsJournal) await world.loseJournal()
    const last = world.runs.at(-1)
    if (last !== undefined) await applyAndJudge(world, [{ planned: last.planned, manner, afterMs: 0 }], model)
  },
})

const twoAtOnce = commandsOf(
  'apply twice at once',
  fc.record({ back: anyBack, other: anyBack, first: anyManner, second: anyManner, afterMs: fc.nat(90_000) }),
  {
    when: ({ plans }) => plans > 0,
    run: ({ back, other, first, second, afterMs }, world, model) =>
      applyAndJudge(
        world,
        [
          { planned: chosen(world, back), manner: first, afterMs: 0 },
          { planned: chosen(world, other), manner: second, afterMs },
        ],
        model,
      ),
  },
)

const undo = commandsOf('undo', fc.record({ back: anyBack, manner: anyManner }), {
  when: ({ applied }) => applied > 0,
  async run({ back, manner }, world, model) {
    const run = world.runs.at(-1 - back) ?? world.runs.at(-1)
    if (run === undefined) return
    model.plans += 1
    await applyAndJudge(
      world,
      [{ planned: await world.plan({}, run.planned.plan), manner, afterMs: 0 }],
      model,
    )
  },
})

const act = commandsOf<Act>('somebody', anyAct, {
  run: async (drawn, world) => perform(drawn, world.tenant),
})

const pass = commandsOf(
  'time passes',
  fc.oneof(fc.integer({ min: 1000, max: 10 * 60_000 }), fc.integer({ min: HOUR, max: 100 * HOUR })),
  { run: (ms, world) => world.tenant.clock.advance(ms) },
)

const NAMES = ['alpha', 'beta', 'gamma']

/** A policy in place of the one of its name, or none of that name any more. */
const declare = commandsOf(
  'declare',
  fc
    .constantFrom(...NAMES)
    .chain(name => fc.record({ name: fc.constant(name), policy: fc.option(validPolicy(name)) })),
  {
    async run({ name, policy }, world) {
      const others = world.policies.filter(one => one.name !== name)
      world.policies = policy === null ? others : [...others, policy]
    },
  },
)

/** Edits of one policy that are small: its scope, its end, its exception, whether it may reassert. */
const edit = commandsOf(
  'edit',
  fc.record({
    nth: fc.nat(2),
    level: fc.option(fc.constantFrom('full' as const, 'selective' as const, 'none' as const)),
    expiresInMs: fc.option(fc.integer({ min: -HOUR, max: 2 * HOUR })),
    except: fc.option(anyMachine),
    reassert: fc.boolean(),
  }),
  {
    async run({ nth, level, expiresInMs, except, reassert }, world) {
      const { clock } = world.tenant
      const edited = (policy: Policy): Policy => ({
        ...policy,
        reassert,
        ...(expiresInMs === null ? {} : { expires: addMs(clock.now(), expiresInMs) }),
        state: level === null ? policy.state : { ...policy.state, isolated: { value: level, place: PLACE } },
        except:
          except === null
            ? policy.except
            : [{ fields: { id: [machineId(except)] }, all: false, missing: 'error', place: PLACE }],
      })
      world.policies = world.policies.map((policy, index) => (index === nth ? edited(policy) : policy))
    },
  },
)

const configure = commandsOf(
  'configure',
  fc.record({
    allow: fc.record({
      quarantined: fc.boolean(),
      liveResponse: fc.boolean(),
      offboarded: fc.boolean(),
      scopeChange: fc.constantFrom(true, true, false),
    }),
    isProtected: fc.boolean(),
    maxMachines: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
    maxLifts: fc.option(fc.constantFrom(0, 1), { nil: undefined }),
    frozenForMs: fc.option(fc.constant(HOUR), { freq: 8, nil: null }),
    contested: fc.constantFrom('1h', '24h'),
    firstWave: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
  }),
  {
    async run({ allow, isProtected, maxMachines, maxLifts, frozenForMs, contested, firstWave }, world) {
      const { freeze: _over, ...rest } = world.configuration
      const { rollout: _waves, ...apply } = rest.apply
      const until = addMs(world.tenant.clock.now(), frozenForMs ?? 0)
      world.configuration = {
        ...rest,
        allow,
        apply:
          firstWave === undefined
            ? apply
            : { ...apply, rollout: { waves: [{ text: String(firstWave), count: firstWave }] } },
        contested: { within: lasting(contested) },
        guards: {
          ...(maxMachines === undefined ? {} : { maxMachines }),
          ...(maxLifts === undefined ? {} : { maxLifts }),
        },
        protected: isProtected
          ? [
              {
                match: { fields: { tag: ['domain-controller'] }, all: false, missing: 'error', place: PLACE },
                allow: ['scanned'],
                place: PLACE,
              },
            ]
          : [],
        ...(frozenForMs === null
          ? {}
          : { freeze: { owner: 'duty officer', reason: 'hands off', until, place: PLACE } }),
      }
    },
  },
)

const adopt = commandsOf('import', fc.constant(null), {
  async run(_nothing, world) {
    world.policies = [...world.policies, ...(await importHolds(world))]
  },
})

/** Everything that can be done to the world, in the weights that keep it moving. */
export const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  apply,
  apply,
  apply,
  plan,
  applySaved,
  applySaved,
  resume,
  resume,
  twoAtOnce,
  undo,
  undo,
  act,
  act,
  act,
  pass,
  pass,
  declare,
  edit,
  configure,
  adopt,
]
