import { expect, test } from 'vitest'
import { diffPlans } from '../../../src/report/terminal/diff-plans.ts'
import { blocked, drift, FULL, inFlight, isolation, plan, SCAN } from '../sample-plan.ts'

const STYLE = { color: false, width: 120 }
const A = `- plan sha256:${'ab'.repeat(32)}, made 2026-11-22 18:03Z`
const B = '+ plan sha256:b, made 2026-11-22 18:03Z'

test('two plans are told by id and by what only one of them says', () => {
  const first = plan({ changes: [isolation(1), FULL, SCAN], drift: [drift(3)] })
  const second = plan({
    planId: 'sha256:b',
    changes: [isolation(1, { after: 'selective' }), FULL, SCAN],
    blocked: [blocked(4, { code: 'c', message: 'm' })],
    inFlight: [inFlight(5)],
  })
  expect(diffPlans(first, second, STYLE)).toBe(
    `${A}
${B}

- fin-ws-1.contoso.com + isolated: none -> full
- fin-ws-3.contoso.com drift isolated: orphaned, expected none, is full
+ fin-ws-1.contoso.com + isolated: none -> selective
+ fin-ws-4.contoso.com ! isolated: full -> none [c: m]
+ fin-ws-5.contoso.com = isolated: Isolate Pending since 2026-11-22 10:00Z, own, a0000000-0000-4000-8000-000000000001

2 only in the first, 3 only in the second, 2 items in both.
`,
  )
})

test('plans that say the same are told so', () => {
  const same = plan({ changes: [FULL] })
  expect(diffPlans(same, same, STYLE)).toBe(
    `${A}\n${A.replace('-', '+')}\n\nBoth plans say the same (1 item).\n`,
  )
})

test('plans with little in common are told right all the same', () => {
  const numbers = Array.from({ length: 1500 }, (_, index) => index)
  const first = plan({ changes: numbers.map(number => isolation(number)) })
  const second = plan({ changes: numbers.map(number => isolation(number + 1499)) })
  expect(diffPlans(first, second, STYLE)).toContain(
    '\n1499 only in the first, 1499 only in the second, 1 item in both.\n',
  )
})

test('two things at one address keep their order, changes before drift', () => {
  const first = plan({ changes: [isolation(1)], drift: [drift(1, { kind: 'reverted' })] })
  expect(diffPlans(first, plan({ planId: 'sha256:b' }), STYLE)).toContain(
    `
- fin-ws-1.contoso.com + isolated: none -> full
- fin-ws-1.contoso.com drift isolated: reverted, expected none, is full
`,
  )
})
