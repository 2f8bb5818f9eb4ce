import type { Timeline } from '../../analysis/explain/timeline.ts'
import type { UnchangedItem } from '../../plan/assemble/create-plan.ts'

/** How text for people is laid out. The CLI decides it, per stream; the renderers look at nothing else. */
export interface Style {
  /** Whether colour is written. Nothing is told by colour alone. */
  readonly color: boolean
  /** Columns to fit, at least {@link MIN_WIDTH}. Lines that are part of the contract or get copied are never wrapped. */
  readonly width: number
  /** Whether box and bar characters beyond ASCII may be used; off where absent. */
  readonly unicode?: boolean
  /** Lines that a live frame may take, 20 where absent. */
  readonly rows?: number
  /** What the plan leaves alone, listed after the rest where given. */
  readonly showUnchanged?: readonly UnchangedItem[]
  /** Whether every machine gets its own block, and a result lists what succeeded too. */
  readonly showAll?: boolean
  /** True while the plan is being applied, where no line says how to apply it. */
  readonly isApplying?: boolean
  /** Path of the saved plan, for the line that says how to apply it. */
  readonly planFile?: string
  /** What chose the changes of the plan, as the command line had it, for the same line. */
  readonly planningArguments?: readonly string[]
  /** What a pipeline with several configurations calls this one, as `isReportName` takes it. */
  readonly configurationName?: string
  /** Where paths of documents are relative to, from the top of the repository: empty, or with `/` at its end. */
  readonly folder?: string
  /** Where configuration and service were looked for, as the command line had it, for the same line. */
  readonly serviceArguments?: readonly string[]
  /** Names of the options of the command that prints, so that what a text advises can be typed. */
  readonly options?: readonly string[]
  /** Histories to draw below machines, by machine id, where the text is a page. */
  readonly timelines?: ReadonlyMap<string, Timeline>
}

/** The narrowest layout: below it lines run over rather than fall apart. */
export const MIN_WIDTH = 40

/** The columns that a layout really uses. */
export function usableWidth(style: Style): number {
  return Math.max(MIN_WIDTH, style.width)
}
