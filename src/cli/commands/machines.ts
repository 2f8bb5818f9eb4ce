import type { CommandGroup } from '../command.ts'

/** `holdfast machines`. */
export const machines: CommandGroup = {
  description: 'Shows machines with what holds on them now, and tags them.',
  subcommands: [
    {
      name: 'list',
      summary: 'list machines with their posture; --isolated: which ones are isolated now?',
      load: async () => (await import('./machines-list.ts')).machinesList,
    },
    {
      name: 'show',
      summary: 'show one machine: its record, its posture and the actions behind it',
      load: async () => (await import('./machines-show.ts')).machinesShow,
    },
    {
      name: 'tag',
      summary: 'put a tag on machines, or take it off',
      load: async () => (await import('./machines-tag.ts')).machinesTag,
    },
  ],
  examples: [
    {
      command: 'holdfast machines list --isolated',
      does: 'which machines are isolated now, and who did it?',
    },
    { command: 'holdfast machines show fin-ws-014.contoso.com', does: 'what happened to this one?' },
  ],
  exits: { ok: true, error: true, refused: true, partial: true, pending: true },
}
