import { type Duration, parseDuration } from '../schema/duration.ts'
import { type Instant, parseInstant } from '../schema/instant.ts'

/** What an option takes. `switch` takes nothing; `list` is repeatable. */
export type OptionKind = 'switch' | 'text' | 'list' | 'duration' | 'instant' | 'integer' | 'number' | 'choice'

/** One option of a command, as `--help` shows it. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string
  readonly kind: OptionKind
  /** Name of the value in `--help`; absent for a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** Whether the command cannot do without it. */
  readonly required?: true
  readonly description: string
}

/** What a value must look like, for the message when it does not; undefined where it is good. */
export function faultOf(spec: OptionSpec, text: string): string | undefined {
  switch (spec.kind) {
    case 'duration':
      return parseDuration(text) === undefined
        ? 'Expected a whole number with a unit: s, m, h, d or w, such as 30m.'
        : undefined
    case 'instant':
      return parseInstant(text) === undefined
        ? 'Expected a date or a time with an offset, such as 2026-11-20 or 2026-11-20T06:00:00Z.'
        : undefined
    case 'integer':
      return /^\d{1,9}$/.test(text) ? undefined : 'Expected a whole number.'
    case 'number':
      return /^\d{1,9}(\.\d{1,6})?$/.test(text) && Number(text) > 0
        ? undefined
        : 'Expected a number greater than 0.'
    case 'choice':
      return spec.choices?.includes(text) ? undefined : `Expected one of: ${spec.choices?.join(', ')}.`
    default:
      return text.trim() === '' ? 'Expected a value that is not empty.' : undefined
  }
}

/** The options given on a command line, by their long names. Values were checked when they were read. */
export class Flags {
  readonly #values: ReadonlyMap<string, string | readonly string[] | true>

  constructor(values: ReadonlyMap<string, string | readonly string[] | true>) {
    this.#values = values
  }

  /** Whether the option was given at all. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The text of an option that the command cannot do without; it does not run where that is missing. */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw new TypeError(`--${name} is not a required option of this command.`)
    return value
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name)
    return typeof value === 'string' ? value : undefined
  }

  list(name: string): readonly string[] {
    const value = this.#values.get(name)
    return Array.isArray(value) ? value : []
  }

  /** The option as a command line has it, once per value; empty where it was not given. */
  words(name: string): readonly string[] {
    const value = this.#values.get(name)
    if (value === undefined) return []
    return value === true ? [`--${name}`] : [value].flat().flatMap(text => [`--${name}`, text])
  }

  duration(name: string): Duration | undefined {
    return parseDuration(this.text(name) ?? '')
  }

  instant(name: string): Instant | undefined {
    return parseInstant(this.text(name) ?? '')
  }

  number(name: string): number | undefined {
    const text = this.text(name)
    return text === undefined ? undefined : Number(text)
  }
}
