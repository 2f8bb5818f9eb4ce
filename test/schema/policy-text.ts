/** Parts of a policy document; each replaces its default, and an empty one leaves it out. */
export interface PolicyParts {
  readonly version?: string
  readonly policy?: string
  readonly reason?: string
  readonly machines?: string
  readonly state?: string
  /** Further lines at the end. */
  readonly more?: string
}

/** A policy with one line per key, so that a test knows its lines: version 1, policy 2, reason 3, machines 4, state 5, more from 6. */
export function policyText(parts: PolicyParts = {}): string {
  const {
    version = 'version: 1',
    policy = 'policy: p',
    reason = 'reason: INC-1',
    machines = 'machines: [{ tag: x }]',
    state = 'state: { isolated: full }',
    more = '',
  } = parts
  return [version, policy, reason, machines, state, more].filter(line => line !== '').join('\n')
}

/** A policy whose live response has these commands, from line 10 and column 11 on. */
export function commands(...lines: readonly string[]): PolicyParts {
  const head = 'state:\n  liveResponse:\n    - name: a\n      since: 2026-11-20\n      commands:'
  return { state: [head, ...lines.map(line => `        - ${line}`)].join('\n') }
}
