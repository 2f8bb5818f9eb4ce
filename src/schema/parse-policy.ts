import { checkShape } from './check-shape.ts'
import type { Diagnostic, SourceFile } from './diagnostic.ts'
import type { RawPolicy } from './generated/policy.ts'
import { validatePolicy } from './generated/policy.ts'
import { diagnoseAll, type Finding, type IndexedText, indexText } from './indexed-text.ts'
import { at, isTrue, items, type Located, lineOf, need, placeOf, type Reading } from './located.ts'
import type { DesiredState, FacetName, Policy } from './policy.ts'
import { readEntry } from './read-entry.ts'
import { instantOf, readState } from './read-state.ts'
import { readYaml } from './read-yaml.ts'
import type { Member } from './text-tree.ts'

/** Says whether the policy itself ends a hold: declared `false`, or imposed and lifted by the expiry. */
function lifts(state: DesiredState, liftsOnExpiry: boolean): boolean {
  const levels = [state.isolated?.value, state.restricted?.value]
  return levels.some(level => level === 'none' || (level !== undefined && liftsOnExpiry))
}

function checkLiftAfter(reading: Reading, policy: Located<RawPolicy>, state: DesiredState): void {
  const liftAfter = at(policy, 'liftAfter')
  if (liftAfter === undefined) return
  for (const facet of items(liftAfter)) {
    if (state[facet.value] !== undefined) continue
    const message = `\`${facet.value}\` is not declared in \`state\`, so no lift could wait for it: declare it, or remove it here`
    reading.findings.push({ code: 'lift-after-undeclared', message, span: facet.member.node.span })
  }
  const liftsOnExpiry = policy.value.expires !== undefined && policy.value.onExpiry !== 'report'
  if (lifts(state, liftsOnExpiry)) return
  reading.findings.push({
    code: 'lift-after-without-lift',
    message:
      'this policy lifts nothing that could wait: declare `isolated: false` or `restricted: false`, or a hold with `expires` (and `onExpiry: lift`)',
    span: liftAfter.member.name,
  })
}

function checkOffboarded(reading: Reading, policy: Located<RawPolicy>): void {
  if (policy.value.state.offboarded === undefined) return
  for (const entry of items(need(policy, 'machines'))) {
    const keys = Object.keys(entry.value)
    if (keys.includes('id') && keys.every(key => key === 'id' || key === 'missing')) continue
    const message =
      '`offboarded` is one way, so it takes entries that are `id` alone: name these machines by id'
    reading.findings.push({ code: 'offboarded-needs-ids', message, span: entry.member.name })
  }
}

function checkExpiry(reading: Reading, policy: Located<RawPolicy>): void {
  const onExpiry = at(policy, 'onExpiry')
  if (onExpiry === undefined || policy.value.expires !== undefined) return
  const message = '`onExpiry` has no effect without `expires`: add the time, or remove it'
  reading.findings.push({
    severity: 'warning',
    code: 'on-expiry-without-expires',
    message,
    span: onExpiry.member.name,
  })
}

function readPolicy(reading: Reading, policy: Located<RawPolicy>): Policy {
  const [owner, ticket, expires] = [at(policy, 'owner'), at(policy, 'ticket'), at(policy, 'expires')]
  const state = readState(reading, need(policy, 'state'))
  checkLiftAfter(reading, policy, state)
  checkOffboarded(reading, policy)
  checkExpiry(reading, policy)
  return {
    name: policy.value.policy,
    reason: lineOf(need(policy, 'reason')),
    ...(owner === undefined ? {} : { owner: lineOf(owner) }),
    ...(ticket === undefined ? {} : { ticket: lineOf(ticket) }),
    machines: items(need(policy, 'machines')).map(entry => readEntry(reading, entry)),
    except: items(at(policy, 'except')).map(entry => readEntry(reading, entry)),
    state,
    ...(expires === undefined ? {} : { expires: instantOf(expires) }),
    onExpiry: policy.value.onExpiry ?? 'lift',
    liftAfter: [...new Set<FacetName>(policy.value.liftAfter ?? [])],
    reassert: isTrue(at(policy, 'reassert')),
    place: placeOf(reading, need(policy, 'policy')),
  }
}

/** Reads one document: a policy only where nothing but warnings was found. */
function parseDocument(
  text: IndexedText,
  member: Member,
): { readonly policies: readonly Policy[]; readonly findings: readonly Finding[] } {
  const shape = checkShape(member, validatePolicy)
  if (shape.value === undefined) return { policies: [], findings: shape.findings }
  const reading: Reading = { text, findings: [] }
  const policy = readPolicy(reading, { value: shape.value, member })
  const isSound = reading.findings.every(({ severity }) => severity === 'warning')
  return { policies: isSound ? [policy] : [], findings: reading.findings }
}

/**
 * Reads the policies of a file, one per YAML document.
 *
 * Takes any text and never throws. A document with an error gives diagnostics and no policy; the others are read all the same.
 *
 * @returns The policies in the order of the file, and everything there is to say, with places. The `list` of an
 * entry has the path of its file, relative to the working directory like `source.path`, and no machines yet.
 */
export function parsePolicyFile(source: SourceFile): {
  readonly policies: readonly Policy[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const text = indexText(source)
  const { documents, findings } = readYaml(text)
  if (documents.length === 0 && findings.length === 0) {
    const message = 'expected a policy document, found none: write one, or remove the file'
    const nothing: Finding = { code: 'no-document', message, span: { start: 0, end: 1 } }
    return { policies: [], diagnostics: diagnoseAll(text, [nothing]) }
  }
  const parsed = documents.map(member => parseDocument(text, member))
  return {
    policies: parsed.flatMap(({ policies }) => policies),
    diagnostics: diagnoseAll(text, [...findings, ...parsed.flatMap(document => document.findings)]),
  }
}
