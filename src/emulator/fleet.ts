import { HISTORY } from './fleet/history.ts'
import { FLEET } from './fleet/machines.ts'
import type { Scenario } from './scenario-types.ts'

/**
 * The tenant that an emulator without a scenario has: about forty machines of a company with a hospital, and the
 * history of an incident there. The same every time; all times are relative to the start.
 */
export function believableScenario(): Scenario {
  return {
    machines: FLEET,
    actions: HISTORY,
    libraryFiles: [
      {
        fileName: 'triage.ps1',
        description: 'Collects process, network and autorun lists',
        content: 'param([switch]$Deep)\nGet-Process | Export-Csv C:\\temp\\processes.csv\n',
        creationTime: '-90d',
        createdBy: 'maria.lopez@contoso.com',
      },
    ],
  }
}
