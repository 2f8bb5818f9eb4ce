import type { Plan } from '../../src/plan/document/document.ts'
import { blocked, drift, inFlight, isolation, machine, plan, SCAN } from '../report/sample-plan.ts'

/** What a machine may be called by somebody who wants to get into the page. */
export const HOSTILE_NAMES: readonly string[] = [
  '<script>window.pwned=1</script>',
  '"><img src=x onerror="window.pwned=1">',
  "' onmouseover='window.pwned=1",
  '</td></tr></table><h1>gone</h1>',
  '</script><script>window.pwned=1</script>',
  '<svg/onload=window.pwned=1>',
  'javascript:window.pwned=1',
  'a\u202egnp.exe\u0000\u001b[31m',
  '&lt;b&gt; &amp; {{window.pwned=1}}',
]

const PLATFORMS = ['Windows11', 'Windows10', 'WindowsServer2022', 'macOS', 'Linux'] as const
const GROUPS = ['Finance', 'Engineering', 'Branch offices', null] as const

/** A plan of so many changed machines, a few blocked, in flight and drifted besides, and every hostile name. */
export function largePlan(count: number): Plan {
  const named = (number: number, name?: string) => ({
    ...machine(number, name ?? `ws-${String(number).padStart(5, '0')}.contoso.com`),
    osPlatform: PLATFORMS[((number * 7) % 11) % PLATFORMS.length] as string,
    rbacGroupName: GROUPS[number % GROUPS.length] as string | null,
  })
  const changes = Array.from({ length: count }, (_, at) => {
    const target = named(at + 1)
    if (at % 5 === 0) return { ...SCAN, address: `${target.id}/scanned`, machine: target }
    return at % 17 === 0
      ? isolation(at + 1, { machine: target, operations: ['lift'], before: 'full', after: 'none' })
      : isolation(at + 1, { machine: target })
  })
  const hostile = HOSTILE_NAMES.map((name, at) =>
    isolation(count + 100 + at, { machine: named(count + 100 + at, name), before: name, after: name }),
  )
  const all = [...changes, ...hostile]
  const countOf = (word: 'impose' | 'lift' | 'run'): number =>
    all.filter(({ operations }) => operations.some(operation => operation === word)).length
  return plan({
    changes: all,
    blocked: [1, 2, 3].map(at => blocked(count + at)),
    inFlight: [inFlight(count + 10)],
    drift: [drift(count + 20), drift(count + 21, { kind: 'expired' })],
    summary: {
      ...plan().summary,
      impose: countOf('impose'),
      lift: countOf('lift'),
      run: countOf('run'),
      blocked: 3,
      inFlight: 1,
    },
  })
}
