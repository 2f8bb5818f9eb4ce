import type { Timeline } from '../../analysis/explain/timeline.ts'
import type { Tone } from '../terminal/paint.ts'
import type { LineNote } from '../words/plan-line.ts'

/** One part of the bar at the top and its entry in the legend; `key` is also what rows are filtered by. */
export interface Share {
  readonly key: string
  readonly label: string
  readonly count: number
  readonly tone: Tone
}

/** A small chart of labelled bars, the longest first. */
export interface Chart {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly count: number }[]
}

/** One thing that is said of a machine. */
export interface PageLine {
  /** What happens in one word, the same as the label of its share. */
  readonly badge: string
  readonly tone: Tone
  readonly facet: string
  readonly value: string
  readonly notes: readonly LineNote[]
}

/** Everything that is said of one machine. */
export interface MachineRow {
  readonly name: string
  /** Empty where the machine did not resolve. */
  readonly id: string
  /** Platform, device group, health, last seen. */
  readonly about: string
  /** Keys of the shares that its lines belong to. */
  readonly keys: readonly string[]
  readonly lines: readonly PageLine[]
  /** Which policies ask, each with its place. */
  readonly policies: readonly string[]
  /** Its history, drawn below the lines where it is known. */
  readonly timeline?: Timeline
}

/** A titled table of texts. */
export interface PageTable {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A report as a page, in the order in which it is read. Texts are not yet escaped. */
export interface Page {
  readonly title: string
  /** The verdict, short enough to be a heading. */
  readonly verdict: string
  /** `calm` where nothing is to be done, `blocked` where something is in the way. */
  readonly tone: Extract<Tone, 'calm' | 'strong' | 'blocked'>
  /** What must be known before anything else. */
  readonly alarms: readonly string[]
  readonly leads: readonly string[]
  readonly shares: readonly Share[]
  readonly charts: readonly Chart[]
  /** The history of the one machine that the page is about. */
  readonly timeline?: Timeline
  readonly tables: readonly PageTable[]
  readonly rows: readonly MachineRow[]
  /** Where it comes from: label and text. */
  readonly facts: readonly (readonly [label: string, text: string])[]
}
