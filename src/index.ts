export type { ApplyResult, ChangeOutcome, Outcome } from './apply/result.ts'
export { type EmulatorClock, type ManualClock, manualClock, realClock } from './emulator/clock.ts'
export { createEmulator, type Emulator, type EmulatorOptions } from './emulator/emulator.ts'
export { believableScenario } from './emulator/fleet.ts'
export { parseScenario } from './emulator/scenario.ts'
export type { Scenario } from './emulator/scenario-types.ts'
export { type EmulatorServer, type ServeOptions, serveEmulator } from './emulator/serve.ts'
export { createPlan } from './plan/assemble/create-plan.ts'
export type {
  Blocked,
  Change,
  Drift,
  Guard,
  InFlight,
  Plan,
  PlanSource,
  Target,
} from './plan/document/document.ts'
export { readPlan, sealPlan } from './plan/document/plan-file.ts'
export { needOf } from './plan/select/need.ts'
export type { Need, Observation } from './plan/select/observation.ts'
export { NO_OPTIONS, type PlanInput, type PlanOptions } from './plan/select/plan-input.ts'
export { foldHold } from './posture/fold-hold.ts'
export { foldRun } from './posture/fold-run.ts'
export { type History, indexHistory } from './posture/history.ts'
export { type HoldLens, lensOf } from './posture/hold-lens.ts'
export { HOLD_PAIRS } from './posture/holds.ts'
export type { Machine } from './posture/machine.ts'
export type { MachineAction } from './posture/machine-action.ts'
export { serializeDocument } from './report/documents/serialize-document.ts'
export { loadReportFormat, type ReportFormat, type ReportFormatName } from './report/report-formats.ts'
export type { Style } from './report/terminal/style.ts'
export { attachConfigurationLists, attachLists, listPaths } from './schema/attach-lists.ts'
export { checkPolicySet } from './schema/check-policy-set.ts'
export type { Configuration } from './schema/configuration.ts'
export type { Diagnostic, Place, SourceFile } from './schema/diagnostic.ts'
export { formatInstant, type Instant, parseInstant } from './schema/instant.ts'
export { defaultConfiguration, parseConfiguration } from './schema/parse-configuration.ts'
export { parseListFile } from './schema/parse-list.ts'
export { parsePolicyFile } from './schema/parse-policy.ts'
export type { Policy } from './schema/policy.ts'
