import type { CommandEntry } from './command.ts'

/** The commands, in the order of `holdfast --help`. Each lives in a file of its own, which only its use loads. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'write a first configuration, policy and scenario to try them on',
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'validate',
    summary: 'check the configuration and the policies without asking the service',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'test',
    summary: 'run the tests of the policies, offline',
    load: async () => (await import('./commands/test.ts')).test,
  },
  {
    name: 'plan',
    summary: 'show what has to be done for the machines to be as declared',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'show',
    summary: 'show a saved plan, or what differs between two',
    load: async () => (await import('./commands/show.ts')).show,
  },
  {
    name: 'apply',
    summary: 'submit the actions of a plan and wait until they end',
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'contain',
    summary: 'isolate named machines now, and leave the policy that says so',
    load: async () => (await import('./commands/contain.ts')).contain,
  },
  {
    name: 'release',
    summary: 'release named machines now, and leave the policy that says so',
    load: async () => (await import('./commands/release.ts')).release,
  },
  {
    name: 'undo',
    summary: 'make and apply the plan that undoes what another plan did',
    load: async () => (await import('./commands/undo.ts')).undo,
  },
  {
    name: 'drift',
    summary: 'report what is no longer as declared, and who moved it',
    load: async () => (await import('./commands/drift.ts')).drift,
  },
  {
    name: 'watch',
    summary: 'look again and again, tell what changed, and do what is due where allowed',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    name: 'explain',
    summary: 'explain one machine: policy lines, actions, plan, and what would change it',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'timeline',
    summary: 'draw the history of one machine: what held it, who acted, what is asked',
    load: async () => (await import('./commands/timeline.ts')).timeline,
  },
  {
    name: 'simulate',
    summary: 'replay the policies of today over the recorded history',
    load: async () => (await import('./commands/simulate.ts')).simulate,
  },
  {
    name: 'import',
    summary: 'write policies for what is held now and no policy declares',
    load: async () => (await import('./commands/import.ts')).importHolds,
  },
  {
    name: 'publish',
    summary: 'tell GitHub or Azure Pipelines what a plan, drift or result says',
    load: async () => (await import('./commands/publish.ts')).publish,
  },
  {
    name: 'status',
    summary: 'show who is held, by whom and until when, what runs and what is frozen',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'machines',
    summary: 'list and show machines with what holds on them, and tag them',
    load: async () => (await import('./commands/machines.ts')).machines,
  },
  {
    name: 'package',
    summary: 'download an investigation package; --wait collects first',
    load: async () => (await import('./commands/package.ts')).packages,
  },
  {
    name: 'live-response',
    summary: 'run scripts on a machine and bring files from it; keep the library',
    load: async () => (await import('./commands/live-response.ts')).liveResponse,
  },
  {
    name: 'actions',
    summary: 'list, show, await and cancel actions',
    load: async () => (await import('./commands/actions.ts')).actions,
  },
  {
    name: 'freeze',
    summary: 'stop every apply of the tenant for a while, or end that',
    load: async () => (await import('./commands/freeze.ts')).freeze,
  },
  {
    name: 'unlock',
    summary: 'show who is applying to the tenant, or remove a lease by its id',
    load: async () => (await import('./commands/unlock.ts')).unlock,
  },
  {
    name: 'audit',
    summary: 'verify and export the records of what was done, and by whom',
    load: async () => (await import('./commands/audit.ts')).audit,
  },
  {
    name: 'doctor',
    summary: 'check configuration, token and permissions; --probe proves that writing is allowed',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'emulator',
    summary: 'serve an emulated Defender API until interrupted',
    load: async () => (await import('./commands/emulator.ts')).emulator,
  },
  {
    name: 'demo',
    summary: 'watch plan, apply and drift at work on an emulated fleet, in 20 seconds',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'completion',
    summary: 'print what makes bash, zsh, fish or PowerShell complete command lines',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'schema',
    summary: 'print a JSON schema for editors and pipelines',
    load: async () => (await import('./commands/schema.ts')).schema,
  },
]
