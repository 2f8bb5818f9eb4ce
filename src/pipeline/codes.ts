/** Every code of what can go wrong between a document and the system that a pipeline runs on. */
export const PIPELINE_CODES = {
  'document-unknown': {
    meaning: 'A file is not a plan, drift, result or failure document of this version.',
    wayOut:
      'Give the file that `holdfast plan --json-into FILE` or `holdfast plan --out FILE` of this version wrote.',
  },
  'pipeline-incomplete': {
    meaning: 'The environment lacks what is needed to write a comment.',
    wayOut:
      'Run it inside the workflow, pass GITHUB_TOKEN by `env`, and give `--issue` where the event has none.',
  },
  'github-address': {
    meaning: 'GITHUB_API_URL is no address that a token may be sent to.',
    wayOut: 'Use https; plain http only to this computer itself.',
  },
  'github-unauthorized': {
    meaning: 'GitHub does not take the token.',
    wayOut: 'Pass the token of the job as GITHUB_TOKEN; it ends with the job.',
  },
  'github-forbidden': {
    meaning: 'The token may not write comments here.',
    wayOut:
      'Give the job `permissions: pull-requests: write`; a pull request from a fork never gets it, so read the job summary there.',
  },
  'github-not-found': {
    meaning: 'GitHub knows no such pull request or issue, or hides it from the token.',
    wayOut: 'Compare repository and number in the message, and the permissions of the job.',
  },
  'github-limited': {
    meaning: 'GitHub takes no more requests of this token for a while.',
    wayOut: 'Run the job again later; the document is in the job summary.',
  },
  'github-refused': {
    meaning: 'GitHub refused a request for another reason.',
    wayOut: 'The message holds what GitHub says; the document is in the job summary.',
  },
  'github-unavailable': {
    meaning: 'GitHub gave no usable answer, also when asked again.',
    wayOut: 'Run the job again; an earlier comment is found and edited, none is written twice.',
  },
} as const

/** A key of {@link PIPELINE_CODES}. */
export type PipelineCode = keyof typeof PIPELINE_CODES
