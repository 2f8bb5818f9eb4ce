import { HOLD_OPTIONS, readFor } from '../authoring/holding/hold-options.ts'
import { runHold } from '../authoring/holding/run-hold.ts'
import type { Command } from '../command.ts'

/** How long a release is declared where nothing else is asked for. */
const LIFE_MS = 7 * 86_400_000

/** `holdfast release`. */
export const release: Command = {
  description:
    'Releases named machines from isolation and restriction at once, and leaves the declaration behind: a policy that declares them free, and an `except` in every policy that holds them. Names are resolved first, then the plan for just these machines is shown and asked for; files are written once you agree, right before anything is sent, and taken back where nothing was sent. What somebody else imposed is released only with --reassert.',
  arguments: '<machines...>',
  options: [
    {
      name: 'for',
      kind: 'duration',
      value: 'DUR',
      description: 'how long the release stays declared; 7d by default',
    },
    ...HOLD_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast release fin-ws-014.contoso.com --reason "INC-4211 closed"',
      does: 'whatever policy holds it',
    },
    {
      command:
        'holdfast release fin-ws-014.contoso.com --reassert fin-ws-014.contoso.com --reason "agreed with anna@contoso.com"',
      does: 'also where an analyst isolated it in the portal',
    },
  ],
  exits: {
    ok: 'the machines are free, or were already',
    error:
      'a name is not one machine, a policy cannot be edited, usage, authentication; nothing was written or submitted',
    stale: true,
    refused: true,
    partial: true,
    pending: true,
    locked: true,
  },
  run(context) {
    const forMs = readFor(context.flags, LIFE_MS)
    return runHold({ command: 'release', isolated: 'none', restricted: false, forMs }, context)
  },
}
