import { readFile } from 'node:fs/promises'

/** What the event that started a workflow says of where a comment belongs. */
export interface GitHubEvent {
  /** Number of the pull request or issue; null where the event has none, such as a push. */
  readonly issue: number | null
  /** The commit that people see; a pull request runs on a merge of it. Null where the event does not say. */
  readonly headCommit: string | null
  /** Whether the pull request comes from a fork, whose jobs get no token that writes. */
  readonly isFork: boolean
}

const NOTHING: GitHubEvent = { issue: null, headCommit: null, isFork: false }

function field(value: unknown, ...path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    found =
      typeof found === 'object' && found !== null
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined
  }
  return found
}

function issueNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}

/** Reads the payload of an event; what is not there or not as documented is taken for not said. */
export function parseEvent(text: string): GitHubEvent {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    return NOTHING
  }
  const commit = field(event, 'pull_request', 'head', 'sha')
  const [head, base] = ['head', 'base'].map(side => field(event, 'pull_request', side, 'repo', 'full_name'))
  return {
    issue:
      issueNumber(field(event, 'pull_request', 'number')) ?? issueNumber(field(event, 'issue', 'number')),
    headCommit: typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null,
    isFork: head !== base,
  }
}

/** Reads the file of GITHUB_EVENT_PATH; without one nothing is said. */
export async function readEvent(path: string | undefined): Promise<GitHubEvent> {
  if (path === undefined || path === '') return NOTHING
  return parseEvent(await readFile(path, 'utf8').catch(() => ''))
}
