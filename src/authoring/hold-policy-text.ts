import type { Machine } from '../posture/machine.ts'
import { displayInstant, formatInstant, type Instant } from '../schema/instant.ts'
import { commentOf, quoted } from './import-text.ts'

/** A policy that somebody declares on the command line. */
export interface HoldPolicy {
  readonly command: 'contain' | 'release'
  readonly name: string
  readonly reason: string
  readonly owner: string | undefined
  readonly ticket: string | undefined
  readonly machines: readonly Pick<Machine, 'id' | 'computerDnsName'>[]
  /** Lines of `state`, each `key: value`. */
  readonly state: readonly string[]
  readonly expires: Instant
  readonly writtenAt: Instant
}

/** Writes a machine as an entry of a policy: by id, with its name in a comment. */
export function machineEntry({ id, computerDnsName }: HoldPolicy['machines'][number]): string {
  return `id: ${quoted(id)}${computerDnsName === null ? '' : ` # ${commentOf(computerDnsName)}`}`
}

const EXPIRY: Readonly<Record<HoldPolicy['command'], string>> = {
  contain: 'from then on the next apply releases what is ours',
  release: 'a release declares nothing for ever; from then on others may declare a hold',
}

/** Writes the policy. Ends with a newline. */
export function holdPolicyText(policy: HoldPolicy): string {
  const { command, name, reason, owner, ticket, machines, state, expires, writtenAt } = policy
  return `${[
    `# Written by \`holdfast ${command}\` at ${displayInstant(writtenAt)}.`,
    'version: 1',
    `policy: ${name}`,
    `reason: ${quoted(reason)}`,
    ...(owner === undefined ? [] : [`owner: ${quoted(owner)}`]),
    ...(ticket === undefined ? [] : [`ticket: ${quoted(ticket)}`]),
    'machines:',
    ...machines.map(machine => `  - ${machineEntry(machine)}`),
    'state:',
    ...state.map(line => `  ${line}`),
    `expires: ${formatInstant(expires)} # ${EXPIRY[command]}`,
  ].join('\n')}\n`
}
