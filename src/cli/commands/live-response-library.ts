import type { CommandGroup } from '../command.ts'

/** `holdfast live-response library`. */
export const liveResponseLibrary: CommandGroup = {
  description: 'Keeps the files that live response puts on machines and runs there.',
  subcommands: [
    {
      name: 'list',
      summary: 'list the files of the library',
      load: async () => (await import('./library-list.ts')).libraryList,
    },
    {
      name: 'put',
      summary: 'put files into the library; unchanged ones are not sent again',
      load: async () => (await import('./library-put.ts')).libraryPut,
    },
    {
      name: 'remove',
      summary: 'remove files from the library; asks first',
      load: async () => (await import('./library-remove.ts')).libraryRemove,
    },
  ],
  examples: [{ command: 'holdfast live-response library list', does: 'what is there?' }],
  exits: { ok: true, error: true, refused: true, partial: true, pending: true },
}
