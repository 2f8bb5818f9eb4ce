import { describe, expect, test } from 'vitest'
import { renderResult } from '../../../src/report/terminal/render-result.ts'
import { resultLine } from '../../../src/report/words/result-summary.ts'
import { isolation, plan } from '../sample-plan.ts'
import { outcome, result } from '../sample-result.ts'

const STYLE = { color: false, width: 100 }
const HINT = 'Run the same command again to go on: nothing that was submitted is submitted twice.'

describe('the line of counts', () => {
  test('names every count that is not zero, good ones first', () => {
    const words = ['pending', 'succeeded', 'failed', 'pending', 'succeeded', 'succeeded'] as const
    expect(resultLine(result(words.map((word, index) => outcome(index, { outcome: word }))))).toBe(
      'Apply complete: 3 succeeded, 1 failed, 2 pending.',
    )
  })

  test.each(
    Object.entries({
      'nothing planned is never a success': [{ code: 0, name: 'ok' }, 'Nothing to apply.'],
      'a stale plan submitted nothing': [
        { code: 3, name: 'stale' },
        'Nothing was submitted: the plan is stale.',
      ],
      'a refused plan submitted nothing': [{ code: 4, name: 'refused' }, 'Nothing was submitted: refused.'],
      'a lease of another submitted nothing': [
        { code: 7, name: 'locked' },
        'Nothing was submitted: somebody else holds the lease.',
      ],
      'an error came first': [{ code: 1, name: 'error' }, 'Nothing was submitted: an error came first.'],
      'an interrupt came first': [
        { code: 130, name: 'signal' },
        'Interrupted before anything was submitted.',
      ],
    } as const),
  )('without outcomes: %s', (_rule, [exit, want]) => expect(resultLine(result([], { exit }))).toBe(want))

  test.each(
    Object.entries({
      'an interrupted run is not complete': [
        { code: 130, name: 'signal' },
        'Apply interrupted: 1 succeeded.',
      ],
      'a run that an error stopped is not complete': [
        { code: 1, name: 'error' },
        'Apply stopped by an error: 1 succeeded.',
      ],
      'a stale plan is not complete': [
        { code: 3, name: 'stale' },
        'Nothing was submitted, the plan is stale: 1 succeeded.',
      ],
      'a refused apply is not complete': [
        { code: 4, name: 'refused' },
        'Nothing was submitted, refused: 1 succeeded.',
      ],
      'an apply that somebody else locks out is not complete': [
        { code: 7, name: 'locked' },
        'Nothing was submitted, somebody else holds the lease: 1 succeeded.',
      ],
    } as const),
  )('%s', (_rule, [exit, want]) => expect(resultLine(result([outcome(1)], { exit }))).toBe(want))
})

test('what succeeded is counted, not listed', () => {
  expect(renderResult(result([outcome(1)]), null, STYLE)).toBe('Apply complete: 1 succeeded.\n')
})

test('what succeeded is listed where all is asked for', () => {
  expect(
    renderResult(result([outcome(1)]), plan({ changes: [isolation(1)] }), { ...STYLE, showAll: true }),
  ).toBe(
    '  fin-ws-1.contoso.com isolated: none -> full, succeeded (Isolate Succeeded, f00)\n\nApply complete: 1 succeeded.\nfin-ws-1.contoso.com is isolated (full).\nTo undo it: `holdfast undo abababab --reason TEXT`.\n',
  )
})

test('a machine that a chain left open comes first, then who is not contained, then what went wrong, then what is open', () => {
  const outcomes = [
    outcome(1, { outcome: 'pending', status: 'Pending' }),
    outcome(2, { outcome: 'failed', status: 'TimeOut', detail: 'it never answered; plan again.' }),
    outcome(3, { outcome: 'refused', code: 'moved', type: null, status: null, actionId: null }),
  ]
  const text = renderResult(
    result(outcomes, {
      exit: { code: 5, name: 'partial' },
      chainOpen: ['fin-ws-9.contoso.com'],
      notContained: ['fin-ws-2.contoso.com', 'a b'],
    }),
    plan({ changes: [isolation(2)] }),
    STYLE,
  )
  expect(text).toBe(
    `chain-open: 1 machine was released to be held anew, and the second half did not follow. Run the same
  command again: it does this first.
! fin-ws-9.contoso.com

Not contained now, although the plan wanted them held (2):
! fin-ws-2.contoso.com
! "a b"

! fin-ws-2.contoso.com isolated: none -> full, failed (Isolate TimeOut, f00)
    it never answered; plan again.
! fin-ws-3.contoso.com isolated: refused (moved)
= fin-ws-1.contoso.com isolated: pending (Isolate Pending, f00)

Apply complete: 1 failed, 1 refused, 1 pending.
${HINT}
`,
  )
})

test('a detail that outcomes in a row share stands once, below the last of them', () => {
  const shared = { outcome: 'not-attempted', detail: 'Another target.' } as const
  const outcomes = [outcome(1, shared), outcome(2, shared), outcome(3, { ...shared, detail: 'Another.' })]
  const [rows] = renderResult(result(outcomes), null, STYLE).split('\n\n')
  expect(rows).toBe(
    [1, 2, '    Another target.', 3, '    Another.']
      .map(row =>
        typeof row === 'string'
          ? row
          : `= fin-ws-${row}.contoso.com isolated: not-attempted (Isolate Succeeded, f00)`,
      )
      .join('\n'),
  )
})

test.each([
  { code: 3, name: 'stale' },
  { code: 4, name: 'refused' },
] as const)('a plan that ends $name is not to be applied again as it is', exit => {
  const open = outcome(1, { outcome: 'not-attempted' })
  expect(renderResult(result([open], { exit }), null, STYLE)).not.toContain('Run the same command')
})

test.each([
  { rule: 'met before anything was sent is met again', touched: [], says: false },
  {
    rule: 'met while a request was out is resumed',
    touched: [{ outcome: 'uncertain', actionId: null }],
    says: true,
  },
  { rule: 'met after an action was found is resumed', touched: [{ outcome: 'not-attempted' }], says: true },
  {
    rule: 'met beside what the configuration refuses is met again',
    touched: [{ outcome: 'refused', actionId: null }],
    says: false,
  },
] as const)('an error $rule', ({ touched, says }) => {
  const untouched = outcome(1, { outcome: 'not-attempted', actionId: null })
  const rest = touched.map((over, index) => outcome(index + 2, over))
  const failed = result([untouched, ...rest], { exit: { code: 1, name: 'error' } })
  expect(renderResult(failed, null, STYLE).includes(HINT)).toBe(says)
})

test('an interrupted run says how to go on', () => {
  const text = renderResult(result([outcome(1)], { exit: { code: 130, name: 'signal' } }), null, STYLE)
  expect(text).toBe(`Apply interrupted: 1 succeeded.\n${HINT}\n`)
})

test('a machine without a name is called by its id, a bare outcome stands alone', () => {
  const bare = outcome(1, {
    dnsName: null,
    outcome: 'not-attempted',
    type: null,
    status: null,
    actionId: null,
  })
  expect(renderResult(result([bare]), null, STYLE)).toMatch(/^= 0{39}1 isolated: not-attempted\n/)
})

test('an action that this run did not submit is named as such', () => {
  const adopted = outcome(1, { outcome: 'failed', status: 'Failed', adopted: true })
  expect(renderResult(result([adopted]), null, STYLE)).toContain(
    'failed (Isolate Failed, f00, not submitted by this run)',
  )
})

test('what moved is shown with what moved it', () => {
  const moved = [{ address: 'abc/isolated', message: 'alice released it.' }]
  expect(renderResult(result([], { exit: { code: 3, name: 'stale' }, moved }), null, STYLE)).toBe(
    '! abc/isolated moved: alice released it.\n\nNothing was submitted: the plan is stale.\n',
  )
})

test('guards that were overridden are named with the reason', () => {
  const overriddenGuards = ['maxMachines', 'maxRuns']
  expect(renderResult(result([], { overriddenGuards, reason: 'INC-1' }), null, STYLE)).toContain(
    'Guards overridden: maxMachines, maxRuns (INC-1)\n',
  )
  expect(renderResult(result([], { overriddenGuards }), null, STYLE)).toContain(
    'Guards overridden: maxMachines, maxRuns\n',
  )
})

test('diagnostics stand above the counts', () => {
  const diagnostics = [{ severity: 'error', code: 'marker-lost', message: 'stopped.' }] as const
  expect(renderResult(result([], { diagnostics }), null, STYLE)).toBe(
    'error[marker-lost]: stopped.\n\nNothing to apply.\n',
  )
})
