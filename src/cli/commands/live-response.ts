import type { CommandGroup } from '../command.ts'

/** `holdfast live-response`. */
export const liveResponse: CommandGroup = {
  description:
    'Runs scripts on one machine and brings files from it, and keeps the library of the tenant. What should be so on many machines belongs into a policy.',
  subcommands: [
    {
      name: 'run',
      summary: 'put files, run a script and get files on one machine; asks first',
      load: async () => (await import('./live-response-run.ts')).liveResponseRun,
    },
    {
      name: 'result',
      summary: 'fetch what a live response brought, by its action id',
      load: async () => (await import('./live-response-result.ts')).liveResponseResult,
    },
    {
      name: 'library',
      summary: 'list, put and remove the files that live response can use',
      load: async () => (await import('./live-response-library.ts')).liveResponseLibrary,
    },
  ],
  examples: [
    {
      command:
        'holdfast live-response run fin-ws-014.contoso.com --script triage.ps1 --reason INC-4211 --wait',
      does: 'run a script of the library, and see its output',
    },
    { command: 'holdfast live-response library put triage.ps1', does: 'put the script there first' },
  ],
  exits: { ok: true, error: true, refused: true, partial: true, pending: true },
}
