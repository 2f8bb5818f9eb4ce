import type { CommandGroup } from '../command.ts'

/** `holdfast actions`. */
export const actions: CommandGroup = {
  description: 'Shows what was asked of machines and how it ended, waits for it, and cancels what hangs.',
  subcommands: [
    {
      name: 'list',
      summary: 'list actions, the newest first',
      load: async () => (await import('./actions-list.ts')).actionsList,
    },
    {
      name: 'show',
      summary: 'show all there is about actions',
      load: async () => (await import('./actions-show.ts')).actionsShow,
    },
    {
      name: 'wait',
      summary: 'wait until actions have ended',
      load: async () => (await import('./actions-wait.ts')).actionsWait,
    },
    {
      name: 'cancel',
      summary: 'cancel actions that have not ended, and say what they really became',
      load: async () => (await import('./actions-cancel.ts')).actionsCancel,
    },
  ],
  examples: [
    { command: 'holdfast actions list --status Pending --since 4d', does: 'what is in flight?' },
    {
      command: 'holdfast actions cancel --own --stuck-over 24h --reason "offline laptops"',
      does: 'give up what machines do not answer',
    },
  ],
  exits: { ok: true, error: true, refused: true, partial: true, pending: true },
}
