import { addException } from '../../../authoring/add-exception.ts'
import { holdPolicyText, machineEntry } from '../../../authoring/hold-policy-text.ts'
import { indexMachines, resolvePolicies } from '../../../plan/select/resolve.ts'
import type { Machine } from '../../../posture/machine.ts'
import type { Diagnostic } from '../../../schema/diagnostic.ts'
import { quoteSources } from '../../../schema/indexed-text.ts'
import { addMs, formatInstant, type Instant, parseInstant } from '../../../schema/instant.ts'
import type { IsolationLevel, Policy } from '../../../schema/policy.ts'
import type { Declaration } from '../../declaration/declaration.ts'
import { fail } from '../../fail.ts'
import { type PolicyFolder, policyPath } from './policy-folder.ts'

/** What somebody asks of machines. */
export interface HoldRequest {
  readonly command: 'contain' | 'release'
  readonly machines: readonly Machine[]
  readonly reason: string
  readonly owner: string | undefined
  readonly ticket: string | undefined
  /** What holds are to be: `isolated`, and `restricted` where it is declared. */
  readonly isolated: IsolationLevel
  readonly restricted: boolean | undefined
  /** How long it is declared. */
  readonly forMs: number
  readonly now: Instant
}

/** The files that a request becomes; nothing is written yet. */
export interface HoldDraft {
  /** Name of the new policy. */
  readonly policy: string
  readonly path: string
  readonly expires: Instant
  /** New texts by path, of files that are there and that are not. */
  readonly texts: ReadonlyMap<string, string>
  /** Policies out of which the machines are taken, with their files. */
  readonly edited: readonly { readonly policy: string; readonly path: string }[]
}

/** `contain-fin-ws-014-20261123-0312`: the first machine, and the minute; at most 63 characters. */
function nameOf({ command, machines, now }: HoldRequest, taken: ReadonlySet<string>): string {
  const [first] = machines
  const label = (first?.computerDnsName ?? first?.id ?? '').split('.', 1)[0] as string
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 34)
  const minute = formatInstant(now).slice(0, 16).replaceAll('-', '').replace('T', '-').replace(':', '')
  const name = `${command}-${plain}-${minute}`
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name}-${number}`
    if (!taken.has(tried)) return tried
  }
}

/** The end of a request, on a whole second: people read it. */
function expiryOf({ now, forMs }: HoldRequest): Instant {
  return parseInstant(`${formatInstant(addMs(now, forMs)).slice(0, 19)}Z`) as Instant
}

function stateOf({ isolated, restricted }: HoldRequest): readonly string[] {
  return [
    `isolated: ${isolated === 'none' ? 'false' : isolated}`,
    ...(restricted === undefined ? [] : [`restricted: ${restricted}`]),
  ]
}

/** Says whether a policy declares the opposite of what is asked on a hold that is asked. */
function opposes({ state }: Policy, { command, restricted }: HoldRequest): boolean {
  const levels = [state.isolated?.value, restricted === undefined ? undefined : state.restricted?.value]
  return levels.some(level => level !== undefined && (level === 'none') === (command === 'contain'))
}

/** A live policy that declares the opposite, and the machines of the request that it reaches. */
interface Opposed {
  readonly policy: Policy
  readonly machines: readonly Machine[]
}

function findOpposed(request: HoldRequest, { policies }: Declaration): readonly Opposed[] {
  const { machines, now } = request
  const live = policies.filter(policy => policy.expires === undefined || policy.expires > now)
  const { matches } = resolvePolicies(
    live.filter(policy => opposes(policy, request)),
    indexMachines(machines),
    now,
  )
  return matches
    .map(({ policy, machines: reached }) => ({
      policy,
      machines: machines.filter(({ id }) => reached.has(id)),
    }))
    .filter(opposed => opposed.machines.length > 0)
}

function notEditable({ policy, machines }: Opposed): Diagnostic {
  const entries = machines.map(({ id }) => `\`- id: ${id}\``).join(', ')
  const message = `the policy ${policy.name} declares the opposite for these machines, and is not written so that it can be added to safely; add ${entries} to its \`except\`, each on a line of its own.`
  return { severity: 'error', code: 'policy-not-editable', message, place: policy.place }
}

/** Takes the machines out of every policy that declares the opposite. Throws Failure `policy-not-editable`. */
function takeOut(
  opposed: readonly Opposed[],
  { sources }: Declaration,
  texts: Map<string, string>,
): HoldDraft['edited'] {
  const stuck: Diagnostic[] = []
  const edited = opposed.map(each => {
    const { name, place } = each.policy
    const text = texts.get(place.file) ?? sources.find(({ path }) => path === place.file)?.text ?? ''
    const added = addException({ path: place.file, text }, name, each.machines.map(machineEntry))
    if (added === undefined) stuck.push(notEditable(each))
    else texts.set(place.file, added)
    return { policy: name, path: place.file }
  })
  if (stuck.length > 0) {
    throw fail('policy-not-editable', 'A policy has to be changed by hand first; nothing was written.', {
      diagnostics: quoteSources(stuck, sources),
    })
  }
  return edited
}

/**
 * Drafts the files of a request: a new policy that names the machines by id, and exceptions in those policies that
 * declare the opposite for them, so that they cannot contradict each other.
 *
 * @throws Failure `policy-not-editable` where such a policy cannot be added to safely, with what to write.
 */
export function draftHold(request: HoldRequest, declaration: Declaration, folder: PolicyFolder): HoldDraft {
  const { command, machines, reason, owner, ticket, now } = request
  const policy = nameOf(request, new Set(declaration.policies.map(({ name }) => name)))
  const path = policyPath(folder, policy)
  const expires = expiryOf(request)
  const state = stateOf(request)
  const texts = new Map<string, string>()
  const edited = takeOut(findOpposed(request, declaration), declaration, texts)
  const terms = { command, name: policy, reason, owner, ticket, machines, state, expires, writtenAt: now }
  texts.set(path, holdPolicyText(terms))
  return { policy, path, expires, texts, edited }
}

/**
 * The policies that take part in a request: the new one, and those that reach its machines. What other policies name,
 * and whether that is still there, must not stop it; nor may what these name besides.
 */
export function policiesFor(
  { machines, now }: HoldRequest,
  drafted: string,
  policies: readonly Policy[],
): readonly Policy[] {
  const { matches } = resolvePolicies(policies, indexMachines(machines), now)
  const lenient = (entries: Policy['machines']): Policy['machines'] =>
    entries.map(entry => ({ ...entry, missing: 'warn' }))
  return matches
    .filter(({ policy, machines: reached }) => reached.size > 0 || policy.name === drafted)
    .map(({ policy }) =>
      policy.name === drafted
        ? policy
        : { ...policy, machines: lenient(policy.machines), except: lenient(policy.except) },
    )
}
