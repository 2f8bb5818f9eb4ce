/** The variables of the process that a command runs in. */
export type Environment = Readonly<Record<string, string | undefined>>
