import type { CommandGroup } from '../command.ts'

/** `holdfast package`. */
export const packages: CommandGroup = {
  description: 'Fetches the investigation packages that machines collected.',
  subcommands: [
    {
      name: 'download',
      summary: 'download a package, of an action or of a machine; --wait collects first',
      load: async () => (await import('./package-download.ts')).packageDownload,
    },
  ],
  examples: [
    {
      command: 'holdfast package download fin-ws-014.contoso.com',
      does: 'the latest package of a machine',
    },
  ],
  exits: { ok: true, error: true, refused: true, partial: true, pending: true },
}
