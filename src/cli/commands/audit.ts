import type { CommandGroup } from '../command.ts'

/** `holdfast audit`. */
export const audit: CommandGroup = {
  description:
    'Verifies and exports the records that apply, undo and every other command that writes leave in the state directory: who did what with which plan, each request with the correlation id of the service, and how it ended. Asks nothing of the service.',
  subcommands: [
    {
      name: 'verify',
      summary: 'find what was altered, cut or removed in the records',
      load: async () => (await import('./audit-verify.ts')).auditVerify,
    },
    {
      name: 'export',
      summary: 'write the records as JSON lines or CSV, for a SIEM or an auditor',
      load: async () => (await import('./audit-export.ts')).auditExport,
    },
  ],
  examples: [
    { command: 'holdfast audit verify', does: 'are the records as they were written?' },
    { command: 'holdfast audit export --since 7d --format csv --out week.csv', does: 'for an auditor' },
  ],
  exits: { ok: true, error: true, stale: 'a record was altered, cut or removed' },
}
