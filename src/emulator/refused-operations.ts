import type { RefusedOperation } from './scenario-types.ts'
import type { StoredMachine } from './stored-machine.ts'
import type { Submission } from './submit-body.ts'

/** The category of each action (docs/service.md#restricted-devices); quarantine and offboarding belong to none. */
const CATEGORIES: Readonly<Record<string, RefusedOperation>> = {
  RunAntiVirusScan: 'BasicResponse',
  CollectInvestigationPackage: 'BasicResponse',
  Isolate: 'AdvancedResponse',
  Unisolate: 'AdvancedResponse',
  RestrictCodeExecution: 'AdvancedResponse',
  UnrestrictCodeExecution: 'AdvancedResponse',
  LiveResponse: 'LiveResponse',
}

/** Says whether a device that was onboarded restricted refuses an action; scripts never run on one. */
export function isRefused(
  { refuses }: Pick<StoredMachine, 'refuses'>,
  type: string,
  { commands }: Pick<Submission, 'commands'>,
): boolean {
  if (refuses === undefined) return false
  const category = CATEGORIES[type]
  const runsScript = commands.some(command => command.type === 'RunScript')
  return runsScript || (category !== undefined && refuses.includes(category))
}
