import { codeCell } from '../../report/markdown/markdown-cells.ts'

/** Where a report comes from, for the last line of a comment. */
export interface CommentOrigin {
  /** Null where nobody says. */
  readonly commit: string | null
  /** Address of the run. */
  readonly run: string | null
}

/** The address of a run of GitHub Actions, from what the runner says; null where it says too little or something odd. */
export function runAddress(env: Readonly<Record<string, string | undefined>>): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  if (server === undefined || repository === undefined || run === undefined) return null
  const address = `${server}/${repository}/actions/runs/${run}`
  return /^https?:\/\/[\w.:-]+(\/[\w.-]+)*$/.test(address) ? address : null
}

/** Ends a report with the commit and the run that it is of. */
export function commentBody(markdown: string, { commit, run }: CommentOrigin): string {
  const parts = [
    ...(commit === null ? [] : [`of commit ${codeCell(commit.slice(0, 12))}`]),
    ...(run === null ? [] : [`[the run with its log](${run})`]),
  ]
  return parts.length === 0 ? markdown : `${markdown}\n<sub>${parts.join(', ')}</sub>\n`
}
