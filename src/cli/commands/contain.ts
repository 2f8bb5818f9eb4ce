import type { IsolationLevel } from '../../schema/policy.ts'
import { HOLD_OPTIONS, readFor } from '../authoring/holding/hold-options.ts'
import { runHold } from '../authoring/holding/run-hold.ts'
import type { Command } from '../command.ts'

/** `holdfast contain`. */
export const contain: Command = {
  description:
    'Isolates named machines at once and leaves the declaration behind: a policy file with an end. Names are resolved first, then the plan for just these machines is shown and asked for; the file is written once you agree, right before anything is sent, and taken back where that failed. What is held already is declared too, unless it is for as long. A policy that declares these machines free gets an `except`. Without a configuration it writes a first one.',
  arguments: '<machines...>',
  options: [
    { name: 'for', kind: 'duration', value: 'DUR', description: 'how long, such as 24h', required: true },
    {
      name: 'scope',
      kind: 'choice',
      value: 'SCOPE',
      choices: ['full', 'selective'],
      description: 'full (default), or selective: Outlook and Teams still work',
    },
    { name: 'restrict', kind: 'switch', description: 'also let only programs signed by Microsoft run' },
    ...HOLD_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast contain fin-ws-014.contoso.com --for 24h --reason "INC-4211 ransomware"',
      does: 'one machine, at three in the morning',
    },
    {
      command:
        'holdfast contain fin-ws-014.contoso.com fin-ws-015.contoso.com --for 3d --reason INC-4211 --restrict --commit',
      does: 'two, with a commit of the policy',
    },
  ],
  exits: {
    ok: 'the machines are held, or were already',
    error: 'a name is not one machine, usage, authentication; nothing was written or submitted',
    stale: true,
    refused: true,
    partial: true,
    pending: true,
    locked: true,
  },
  run(context) {
    const { flags } = context
    const forMs = readFor(flags, 0)
    const isolated = (flags.text('scope') ?? 'full') as IsolationLevel
    const restricted = flags.has('restrict') ? true : undefined
    return runHold({ command: 'contain', isolated, restricted, forMs }, context)
  },
}
