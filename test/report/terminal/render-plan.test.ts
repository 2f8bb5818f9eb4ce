import { describe, expect, test } from 'vitest'
import { renderPlan } from '../../../src/report/terminal/render-plan.ts'
import { renderPlanSummary } from '../../../src/report/words/render-plan-summary.ts'
import { blocked, drift, FINANCE, FULL, inFlight, isolation, machine, plan, SCAN } from '../sample-plan.ts'

const STYLE = { color: false, width: 100 }
const ORIGIN = 'contain-finance, policies/contain-finance.yaml:12, until 2026-12-01 06:00Z'

/** What is printed above the verdict. */
function blocksOf(
  change: Parameters<typeof plan>[0],
  style: Parameters<typeof renderPlan>[1] = STYLE,
): string {
  return renderPlan(plan(change), style).split('\n\nPlan: ')[0] as string
}

/** What is printed from the verdict on. */
function verdictOf(
  change: Parameters<typeof plan>[0],
  style: Parameters<typeof renderPlan>[1] = STYLE,
): string {
  const text = renderPlan(plan(change), style)
  return text.slice(text.search(/^(?:Plan: |No changes)/m))
}

test('a plan reads as the contract shows it, to the byte', () => {
  const summary = {
    impose: 3,
    change: 1,
    lift: 2,
    run: 5,
    cancel: 0,
    inFlight: 4,
    blocked: 1,
    unchanged: 1204,
    assumed: 0,
    renew: 0,
  }
  const estimate = { requests: 11, submitSeconds: 7, quota: { perMinute: 100, perHour: 1500 } }
  expect(renderPlan(plan({ changes: [FULL, SCAN], summary, estimate }), STYLE)).toBe(
    `  # fin-ws-014.contoso.com will be isolated (full)
  # (contain-finance, policies/contain-finance.yaml:12, until 2026-12-01 06:00Z; no earlier action)
+ isolated:   none -> full
> scanned:    never -> full since 2026-11-20

Plan: 3 to impose, 1 to change, 2 to lift, 5 to run, 0 to cancel; 4 in flight, 1 blocked, 1204 unchanged.
11 requests, about 7 s of quota (100 a minute, 1500 an hour).

Apply exactly this plan: holdfast apply --expect sha256:${'ab'.repeat(32)}
`,
  )
})

describe('the verdict', () => {
  test('nothing to do says the number and the time of what was read', () => {
    expect(renderPlan(plan(), STYLE)).toBe(
      `No changes. 1214 machines match the declaration (read 2026-11-22T18:03:11Z).

Plan sha256:${'ab'.repeat(32)}
`,
    )
  })

  test('one machine matches in the singular', () => {
    expect(renderPlan(plan({ observed: { ...plan().observed, machines: 1 } }), STYLE)).toContain(
      'No changes. 1 machine matches the declaration (read ',
    )
  })

  test.each(
    Object.entries({
      'something is changed': { changes: [FULL] },
      'something is blocked': { blocked: [blocked(1)] },
      'something is in flight': { inFlight: [inFlight(1)] },
      'a read failed': { complete: false, applyable: false },
      'the observation is incomplete': { observed: { ...plan().observed, complete: false } },
      'planning ended in an error': { errored: true, applyable: false },
    }),
  )('"No changes" is never printed where %s', (_rule, change) => {
    expect(renderPlan(plan(change), STYLE)).not.toContain('No changes')
  })

  test('a plan of named machines claims nothing about others', () => {
    const observed = { ...plan().observed, scope: 'named' as const }
    expect(verdictOf({ observed })).toContain(
      '\nOnly the named machines were read: nothing is said about others, nor about holds that no policy\ndeclares.\n',
    )
  })

  test('assumed holds are counted', () => {
    const summary = { ...plan().summary, assumed: 2, renew: 0 }
    expect(verdictOf({ summary })).toContain(
      '\n2 declared holds rest on an assumption: the machine is older than the history that was read (since\n2026-05-26 18:03Z) and has no action in it.\n',
    )
  })

  test('holds of others that no policy declares are counted, not listed', () => {
    expect(renderPlan(plan({ drift: [drift(1, { kind: 'undeclared' })] }), STYLE)).toContain(
      '\n. 1 hold of others that no policy declares: `holdfast drift` lists them.\n',
    )
  })

  test('a failed guard is shown with its message, a passed one is not', () => {
    const guards = [
      { name: 'maxMachines', limit: 50, actual: 60, status: 'fail', message: 'too many: raise it.' },
      { name: 'maxRuns', limit: 5, actual: 1, status: 'pass' },
      { name: 'maxLifts', limit: 5, actual: 9, status: 'overridden' },
    ] as const
    expect(verdictOf({ changes: [FULL], guards })).toContain(
      'hour).\n! guard maxMachines failed: too many: raise it.\n! guard maxLifts overridden: 9, at most 5\n\n',
    )
  })

  test('diagnostics stand below the verdict', () => {
    const diagnostics = [
      { severity: 'warning', code: 'empty', message: 'matches nothing.', file: 'a.yaml', line: 4, column: 5 },
      { severity: 'info', code: 'odd', message: 'so it is.' },
    ] as const
    expect(verdictOf({ diagnostics })).toContain(
      '\n\nwarning[empty]: matches nothing.\n  --> a.yaml:4:5\n\ninfo[odd]: so it is.\n\nPlan sha',
    )
  })

  test('a long submission is told in minutes', () => {
    const estimate = { requests: 1, submitSeconds: 750, quota: { perMinute: 100, perHour: 1500 } }
    expect(renderPlanSummary(plan({ estimate }))).toContain(
      '\n1 request, about 12m 30s of quota (100 a minute, 1500 an hour).',
    )
  })
})

describe('a plan that cannot be applied says so in its first line', () => {
  const error = { severity: 'error', code: 'x', message: 'y' } as const
  test.each(
    Object.entries({
      'with its error': [
        { errored: true, applyable: false, diagnostics: [error] },
        'there is 1 error, listed below.',
      ],
      'with its errors': [
        { errored: true, applyable: false, diagnostics: [error, error] },
        'there are 2 errors, listed below.',
      ],
      'with an error that left no diagnostic': [{ errored: true }, 'planning ended in an error.'],
      'with a failed read': [
        { complete: false },
        'a read failed, and what was not read is unknown, not absent.',
      ],
      'with a failed guard': [
        {
          applyable: false,
          guards: [{ name: 'maxMachines', limit: 50, actual: 60, status: 'fail' }],
        },
        'guard maxMachines failed (60, at most 50).',
      ],
      'with the time it was made for': [
        { applyable: false, asOf: '2026-12-01T06:00:00Z' },
        'it was made as of 2026-12-01 06:00Z.',
      ],
      'too many lifts stop the lifts alone, not the apply': [
        { applyable: false, guards: [{ name: 'maxLifts', limit: 5, actual: 6, status: 'fail' }] },
        'it is marked as not applyable.',
      ],
    } as const),
  )('%s', (_rule, [change, why]) => {
    const [first] = renderPlan(plan(change), { color: false, width: 120 }).split('\n')
    expect(first).toBe(`This plan cannot be applied: ${why}`)
  })

  test('a plan that is being applied does not say how to apply it', () => {
    const style = { ...STYLE, isApplying: true }
    expect(renderPlan(plan({ changes: [FULL] }), style)).not.toContain('Apply exactly')
  })

  test('and does not say how to apply it', () => {
    expect(renderPlan(plan({ changes: [FULL], applyable: false }), STYLE)).not.toContain('Apply exactly')
  })
})

describe('how to apply a plan', () => {
  test.each(
    Object.entries({
      'a plain path stands as it is': ['out/plan.json', 'holdfast apply out/plan.json'],
      'a path with a blank is quoted for the shell': ["it's a plan", "holdfast apply 'it'\\''s a plan'"],
    }),
  )('%s', (_rule, [planFile = '', want]) => {
    expect(verdictOf({ changes: [FULL] }, { ...STYLE, planFile })).toContain(
      `Apply exactly this plan: ${want}\n`,
    )
  })

  test('a plan that only awaits can be applied', () => {
    expect(verdictOf({ inFlight: [inFlight(1)] })).toContain(
      'Apply exactly this plan: holdfast apply --expect ',
    )
  })
})

describe('one machine', () => {
  const head = (sentence: string, reason: string): string =>
    `  # fin-ws-1.contoso.com ${sentence}\n  # (${ORIGIN}; ${reason})`

  test.each(
    Object.entries({
      'a lift': [
        { operations: ['lift'], before: 'full', after: 'none', reason: 'declared-released', basis: ['a'] },
        `${head('will be released from isolation', 'declared as released')}\n- isolated:   full -> none`,
      ],
      'a change of scope, its symbol as wide as it is': [
        {
          operations: ['lift', 'impose'],
          before: 'full',
          after: 'selective',
          reason: 'other-scope',
          basis: ['a'],
        },
        `${head('will be isolated anew (full to selective)', 'isolated in another scope')}\n-/+ isolated:   full -> selective`,
      ],
      'a cancel': [
        {
          operations: ['cancel'],
          before: 'none',
          after: 'none',
          reason: 'opposite-in-flight',
          basis: ['a'],
          requests: [{ type: 'Cancel', actionId: 'f00', body: { Comment: '' } }],
        },
        `${head('will have a pending isolation change cancelled (stays none)', 'the opposite is in flight')}\nx isolated:   stays none\n              cancels f00`,
      ],
      'a change of direction': [
        {
          operations: ['cancel', 'impose'],
          basis: ['a'],
          reason: 'not-isolated',
          requests: [{ type: 'Cancel', actionId: 'f00', body: { Comment: '' } }],
        },
        `${head('will be isolated (full)', 'not isolated now')}\n~ isolated:   none -> full\n              cancels f00`,
      ],
      'a reason that this version has no words for': [
        { reason: 'quite-new', basis: ['a'] },
        `${head('will be isolated (full)', 'quite new')}\n+ isolated:   none -> full`,
      ],
      'a change of a facet in a way that has no words': [
        { facet: 'collected', operations: ['lift'] },
        `${head('will have collected changed', 'no earlier action')}\n- isolated:   none -> full`,
      ],
      'what it waits for and warns of': [
        {
          dependsOn: [`${machine(1).id}/scanned`],
          warnings: [{ code: 'will-stay-pending', message: 'not seen for 3 days.' }],
        },
        `${head('will be isolated (full)', 'no earlier action')}\n+ isolated:   none -> full\n              waits for scanned\n              warning[will-stay-pending]: not seen for 3 days.`,
      ],
    } as const),
  )('%s', (_rule, [change, want]) => {
    expect(blocksOf({ changes: [isolation(1, change)] }, { color: false, width: 120 })).toBe(want)
  })

  test.each(
    Object.entries({
      restricted: ['impose', 'will be restricted to signed code'],
      'restricted ': ['lift', 'will be released from the restriction to signed code'],
      ' restricted': ['cancel', 'will have a pending restriction change cancelled (stays full)'],
      scanned: ['run', 'will be scanned'],
      'scanned ': ['cancel', 'will have a pending run called back (scanned)'],
      collected: ['run', 'will have an investigation package collected'],
      quarantined: ['run', 'will have a file stopped and quarantined'],
      liveResponse: ['run', 'will run live response commands'],
      offboarded: ['run', 'will be offboarded, for good'],
    } as const),
  )('the heading says in words what happens: %s', (facet, [operation, sentence]) => {
    const change = isolation(1, { facet: facet.trim() as 'scanned', operations: [operation] })
    expect(blocksOf({ changes: [change] })).toContain(`  # fin-ws-1.contoso.com ${sentence}\n`)
  })

  test('a restriction that is renewed has words too', () => {
    const change = isolation(1, { facet: 'restricted', operations: ['lift', 'impose'] })
    expect(blocksOf({ changes: [change] })).toContain('will be restricted anew\n')
  })

  test('the key of a list facet is shown, and times as people read them', () => {
    const change = isolation(1, {
      address: `${machine(1).id}/liveResponse/triage`,
      facet: 'liveResponse',
      operations: ['run'],
      before: 'run 2026-11-01T10:00:00.123Z',
      after: 'run since 2026-11-20T00:00:00Z',
    })
    expect(blocksOf({ changes: [change] })).toContain(
      '\n> liveResponse: triage, run 2026-11-01 10:00Z -> run since 2026-11-20',
    )
  })

  test('what only looks like a time stays as it is', () => {
    const change = isolation(1, { before: '2026-99-01T10:00:00Z' })
    expect(blocksOf({ changes: [change] })).toContain('2026-99-01T10:00:00Z -> full')
  })

  test('drift at the address of a change is named with who did it', () => {
    expect(blocksOf({ changes: [isolation(1)], drift: [drift(1, { kind: 'reverted' })] })).toContain(
      '\n              reverted: analyst alice@contoso.com, 2026-11-21 10:02Z',
    )
  })

  test('drift without an actor adds nothing', () => {
    const missing = drift(1, { kind: 'missing', actor: null })
    expect(blocksOf({ changes: [isolation(1)], drift: [missing] })).not.toContain('missing')
  })

  test('a line of another policy than the heading names its own', () => {
    const other = { ...SCAN, policy: { name: 'evidence', file: 'policies/e.yaml', line: 3, column: 1 } }
    expect(blocksOf({ changes: [FULL, other] })).toContain(
      '\n> scanned:    never -> full since 2026-11-20\n              policy evidence, policies/e.yaml:3',
    )
  })

  test('a change that no live policy asks for says so', () => {
    const change = isolation(1, { policy: null, reason: 'orphaned', basis: ['a'] })
    expect(blocksOf({ changes: [change] })).toContain(
      '\n  # (no live policy asks for it; no policy declares it any more)\n',
    )
  })

  test('holds stand before runs, whatever their addresses', () => {
    const collect = { ...SCAN, address: `${machine(14).id}/collected`, facet: 'collected' as const }
    expect(blocksOf({ changes: [collect, FULL] })).toMatch(/\n\+ isolated: .*\n> collected: /)
  })

  test('a machine without a name is called by its id', () => {
    const change = isolation(1, { machine: machine(1, null) })
    expect(blocksOf({ changes: [change] })).toContain(`  # ${machine(1).id} will be isolated (full)\n`)
  })

  test('re-imaged twins of one name are told apart by their ids', () => {
    const twins = [1, 2].map(number =>
      isolation(number, { machine: machine(number, number === 1 ? 'TWIN' : 'twin') }),
    )
    const text = blocksOf({ changes: twins })
    expect(text).toContain(`  # TWIN (${machine(1).id}) will be isolated (full)\n`)
    expect(text).toContain(`  # twin (${machine(2).id}) will be isolated (full)\n`)
  })

  test('a name that reads like our own words stands in quotes', () => {
    const change = isolation(1, { machine: machine(1, 'a "b" will be released') })
    expect(blocksOf({ changes: [change] })).toContain(
      '  # "a \\"b\\" will be released" will be isolated (full)\n',
    )
  })

  test('on a narrow terminal notes stand further left', () => {
    const change = isolation(1, { dependsOn: [`${machine(1).id}/scanned`] })
    expect(blocksOf({ changes: [change] }, { color: false, width: 60 })).toContain(
      '\n+ isolated:   none -> full\n    waits for scanned',
    )
  })
})

describe('what does not change', () => {
  test('a blocked item carries its code and way out', () => {
    expect(blocksOf({ blocked: [blocked(1)] })).toBe(
      `  # fin-ws-1.contoso.com is blocked
  # (${ORIGIN})
! isolated:   full -> none
              held-by-other: alice@contoso.com isolated it on 2026-11-20 10:02Z; to lift it all the
              same, use \`--reassert ADDR --reason TEXT\`.`,
    )
  })

  test('a name that did not resolve is a block of its own', () => {
    const item = { machine: null, facet: null, address: 'srv-gone', before: null, after: null, policy: null }
    expect(blocksOf({ blocked: [blocked(1, { ...item, code: 'unresolved', message: 'correct it.' })] })).toBe(
      `  # srv-gone is blocked
! machine:    not planned
              unresolved: correct it.`,
    )
  })

  test('an action in flight says whose it is and since when', () => {
    const foreign = { own: false, requestor: 'bob@contoso.com', awaited: false }
    expect(blocksOf({ inFlight: [inFlight(1), inFlight(2, foreign)] })).toBe(
      `  # fin-ws-1.contoso.com has an action in flight
= isolated:   Isolate Pending since 2026-11-22 10:00Z, own, a0000000-0000-4000-8000-000000000001

  # fin-ws-2.contoso.com has an action in flight
= isolated:   Isolate Pending since 2026-11-22 10:00Z, by bob@contoso.com, not awaited,
              a0000000-0000-4000-8000-000000000001`,
    )
  })

  test('a foreign action without a requestor is by somebody unknown', () => {
    expect(blocksOf({ inFlight: [inFlight(1, { own: false, requestor: null })] })).toContain(
      ', by somebody unknown,',
    )
  })

  test('a hold of ours that is no longer declared is listed and left alone', () => {
    const own = { class: 'own', requestor: 'app', at: '2026-11-01T00:00:00Z', actionId: 'x' } as const
    const text = renderPlan(plan({ drift: [drift(1, { actor: own })] }), STYLE)
    expect(text).toContain(
      `  # fin-ws-1.contoso.com is held and no longer declared
. isolated:   full, orphaned: no policy declares it any more; \`--prune\` lifts it
              set by: Holdfast, 2026-11-01

No changes.`,
    )
  })

  test('an expired hold that is only reported names its policy', () => {
    const text = renderPlan(plan({ drift: [drift(1, { kind: 'expired', policy: FINANCE })] }), STYLE)
    expect(text).toContain(
      `  # (${ORIGIN})\n. isolated:   full, expired: the policy has expired and only reports it\n`,
    )
  })

  test('a hold that the plan lifts is not listed as left alone', () => {
    expect(blocksOf({ changes: [isolation(1)], drift: [drift(1)] })).not.toContain('\n. ')
  })

  test('what is left alone is listed where it is asked for', () => {
    const showUnchanged = [
      { address: `${machine(1).id}/isolated`, dnsName: 'fin-ws-1.contoso.com', value: 'full' },
      { address: 'odd', dnsName: null, value: 'as it is' },
    ]
    expect(renderPlan(plan(), { ...STYLE, showUnchanged })).toContain(
      `  # fin-ws-1.contoso.com stays as it is
  isolated:   full

  # odd stays as it is
  machine:    as it is

No changes.`,
    )
  })

  test('changes stand first, then what is blocked, in flight and no longer declared', () => {
    const text = blocksOf({
      changes: [isolation(9)],
      blocked: [blocked(8)],
      inFlight: [inFlight(7)],
      drift: [drift(6)],
    })
    expect(text.match(/^[+!=.](?= isolated)/gm)).toEqual(['+', '!', '=', '.'])
  })
})

describe('many machines alike', () => {
  const many = Array.from({ length: 21 }, (_, index) => isolation(100 + index))

  test('more than twenty share one block, their names wrapped', () => {
    const text = blocksOf({ changes: many })
    expect(text).toContain(`  # 21 machines will be isolated (full)\n  # (${ORIGIN}; no earlier action)\n`)
    expect(text).toContain(
      '\n+ isolated:   none -> full\n    fin-ws-100.contoso.com, fin-ws-101.contoso.com, fin-ws-102.contoso.com, fin-ws-103.contoso.com,\n    fin-ws-104',
    )
    expect(text).toContain('fin-ws-120.contoso.com')
  })

  test('twenty get a block each', () => {
    expect(blocksOf({ changes: many.slice(1) }).match(/^\+ isolated/gm)).toHaveLength(20)
  })

  test('each gets its own block where all are asked for', () => {
    expect(blocksOf({ changes: many }, { ...STYLE, showAll: true }).match(/^\+ isolated/gm)).toHaveLength(21)
  })

  test('a machine with a warning is never hidden among others', () => {
    const warned = many.map(change => ({ ...change, warnings: [{ code: 'w', message: 'm' }] }))
    expect(blocksOf({ changes: warned }).match(/^\+ isolated/gm)).toHaveLength(21)
  })
})
