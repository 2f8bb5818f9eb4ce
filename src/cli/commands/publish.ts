import type { CommandGroup } from '../command.ts'

/** `holdfast publish`. */
export const publish: CommandGroup = {
  description:
    'Tells the system that a pipeline runs on what a plan, drift or result document says. Asks nothing of the service and changes no machine.',
  subcommands: [
    {
      name: 'github',
      summary: 'job summary, outputs, annotations and one comment in the pull request',
      load: async () => (await import('./publish-github.ts')).publishGithub,
    },
    {
      name: 'azure',
      summary: 'summary, output variables and issues of Azure Pipelines',
      load: async () => (await import('./publish-azure.ts')).publishAzure,
    },
  ],
  examples: [
    {
      command: 'holdfast plan --json-into plan.json && holdfast publish github plan.json --comment try',
      does: 'in a pull request on GitHub',
    },
    { command: 'holdfast publish azure plan.json', does: 'in Azure Pipelines' },
  ],
  exits: { ok: true, error: true },
}
