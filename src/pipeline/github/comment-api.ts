/** A comment of a pull request or issue. */
export interface IssueComment {
  readonly id: number
  readonly body: string
  /** Login of who wrote it; null where the account is gone. */
  readonly author: string | null
  /** Where people see it. */
  readonly url: string
}

/** The comments of one pull request or issue. Every method throws PipelineError. */
export interface CommentApi {
  /** All of them, the oldest first. */
  list(): Promise<readonly IssueComment[]>
  create(body: string): Promise<IssueComment>
  update(id: number, body: string): Promise<IssueComment>
  remove(id: number): Promise<void>
}

/** Which pull request or issue of which repository. */
export interface CommentTarget {
  /** `OWNER/NAME`. */
  readonly repository: string
  readonly issue: number
}
