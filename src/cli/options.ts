import type { OptionSpec } from './flags.ts'

/** Of every command. */
export const COLOR_OPTION: OptionSpec = {
  name: 'color',
  kind: 'choice',
  value: 'WHEN',
  choices: ['auto', 'always', 'never'],
  description: 'colour the output: auto, always or never',
}

/** Where the declaration is. */
export const CONFIGURATION_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'config',
    kind: 'text',
    value: 'FILE',
    description: 'the configuration; else holdfast.yaml here or in the nearest folder above',
  },
]

/** Which service is asked. */
export const SERVICE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'endpoint',
    kind: 'text',
    value: 'URL',
    description: 'API base, such as https://eu.api.security.microsoft.com (or HOLDFAST_ENDPOINT)',
  },
  {
    name: 'emulate',
    kind: 'text',
    value: 'FILE',
    description: 'run against an emulated service that starts from a scenario file',
  },
]

type DocumentFormat = 'json' | 'markdown' | 'html' | 'junit' | 'sarif'

const COPIES: Readonly<Record<DocumentFormat, string>> = {
  json: 'write the JSON document into a file too',
  markdown: 'write Markdown into a file too',
  html: 'write a page into a file too',
  junit: 'write JUnit XML into a file too',
  sarif: 'write SARIF 2.1.0 into a file too',
}

function outputOptions(formats: readonly DocumentFormat[]): readonly OptionSpec[] {
  const choices = ['human', ...formats]
  const named = `${choices.slice(0, -1).join(', ')} or ${choices.slice(-1).join()}`
  return [
    { name: 'json', kind: 'switch', description: 'same as --format json' },
    { name: 'format', kind: 'choice', value: 'FORMAT', choices, description: `what stdout gets: ${named}` },
    ...formats.map(
      (format): OptionSpec => ({
        name: `${format}-into`,
        kind: 'text',
        value: 'FILE',
        description: COPIES[format],
      }),
    ),
  ]
}

/** What is printed, and into which files besides. */
export const OUTPUT_OPTIONS: readonly OptionSpec[] = outputOptions([
  'json',
  'markdown',
  'html',
  'junit',
  'sarif',
])

/** The same for documents that are no list of findings. */
export const PAGE_OUTPUT_OPTIONS: readonly OptionSpec[] = outputOptions(['json', 'markdown', 'html'])

/** The same for documents that have no page either. */
export const TEXT_OUTPUT_OPTIONS: readonly OptionSpec[] = outputOptions(['json', 'markdown'])

/** That a list of machines that came empty is right. */
export const ACCEPT_EMPTY_OPTION: OptionSpec = {
  name: 'accept-empty',
  kind: 'switch',
  description:
    'take a list of machines that came empty for right although the history names machines; nothing is lifted (needs --reason)',
}

/** What is planned; not together with a saved plan. */
export const PLANNING_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'target',
    kind: 'list',
    value: 'ADDR',
    description:
      'only these changes: a machine id or name, policy:NAME, or either with /facet (repeatable, as the next ones)',
  },
  {
    name: 'exclude',
    kind: 'list',
    value: 'ADDR',
    description: 'not these changes, nor what depends on them',
  },
  { name: 'prune', kind: 'switch', description: 'lift own holds that no policy declares any more' },
  {
    name: 'reassert',
    kind: 'list',
    value: 'ADDR',
    description: 'let these through although they undo what somebody else did (needs --reason)',
  },
  {
    name: 'retry',
    kind: 'list',
    value: 'ADDR',
    description: 'allow one more attempt where they are used up (needs --reason)',
  },
  {
    name: 'resubmit',
    kind: 'list',
    value: 'ADDR',
    description: 'send although the history says that it holds (needs --reason)',
  },
  {
    name: 'keep-going',
    kind: 'switch',
    description: 'block unresolved, ambiguous and conflicting entries instead of stopping at them',
  },
  ACCEPT_EMPTY_OPTION,
]

/** Another time than now. */
export const AS_OF_OPTION: OptionSpec = {
  name: 'as-of',
  kind: 'instant',
  value: 'TIME',
  description: 'report on another time: the past from the history, the future by expiries',
}

/** Everything at once. */
export const NO_WAVES_OPTION: OptionSpec = {
  name: 'no-waves',
  kind: 'switch',
  description:
    'send everything at once, without waves and stop rules, whatever the configuration says (needs --reason)',
}

/** What to do about somebody else who applies. */
export const YIELD_OPTION: OptionSpec = {
  name: 'ask-to-yield',
  kind: 'switch',
  description:
    'where another run holds the lease: ask it to make room, and wait up to two minutes for that instead of ending with 7',
}

/** Why a safety is overridden. */
export const REASON_OPTION: OptionSpec = {
  name: 'reason',
  kind: 'text',
  value: 'TEXT',
  description: 'why a safety is overridden; goes into comments, journal and result',
}

/** How long a command that applies a plan submits and waits. */
export const WAIT_OPTIONS: readonly OptionSpec[] = [
  { name: 'no-wait', kind: 'switch', description: 'submit and end without waiting' },
  {
    name: 'timeout',
    kind: 'duration',
    value: 'DUR',
    description: 'how long to wait after the last submission',
  },
  { name: 'submit-timeout', kind: 'duration', value: 'DUR', description: 'how long submitting may take' },
]

/** Where a command that applies a plan keeps its journal. */
export const JOURNAL_OPTION: OptionSpec = {
  name: 'journal',
  kind: 'text',
  value: 'DIR',
  description:
    'keep the journal here; else in the state directory (XDG_STATE_HOME), where the lease always is',
}

/** How a command that applies a plan comes to the lease. */
export const LEASE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'lease-timeout',
    kind: 'duration',
    value: 'DUR',
    description: 'where another run holds the lease: wait for it so long instead of ending with 7',
  },
  {
    name: 'without-store',
    kind: 'switch',
    description:
      'in an incident, while the store is away: lease, journal and record on this host alone; nobody else may apply meanwhile (needs --reason)',
  },
]
