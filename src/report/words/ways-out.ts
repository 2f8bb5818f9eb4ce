/** Options that a text advises, in backticks and without a command: `--reassert ADDR --reason TEXT`. */
const ADVISED = /`(--[a-z][a-z-]*(?: [^`]*)?)`/g

/** The names of the options that a way out asks for: `--reassert ADDR --reason TEXT` asks for `reassert` and `reason`. */
export function optionsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name)
}

/**
 * Makes what a text advises something that can be typed: options that the running command does not have are those of
 * `holdfast apply`, and say so.
 *
 * @param options - Names of the options of the command that shows the text; undefined where no command does.
 */
export function followable(text: string, options: readonly string[] | undefined): string {
  if (options === undefined) return text
  return text.replace(ADVISED, (whole, words: string) =>
    optionsIn(words).every(name => options.includes(name)) ? whole : `\`holdfast apply ${words}\``,
  )
}

/**
 * Whether a command has what a way out names outside of backticks: options, and a plan file. What stands in backticks is
 * a command of its own, or becomes one by {@link followable}.
 *
 * @param usage - The arguments of the command, as in its usage line.
 */
export function canFollow(way: string, options: readonly string[], usage: string): boolean {
  const bare = way.replace(/`[^`]*`/g, '')
  if (/\bPLANFILE\b/.test(bare) && !/planfile/i.test(usage)) return false
  return optionsIn(bare).every(name => options.includes(name))
}
