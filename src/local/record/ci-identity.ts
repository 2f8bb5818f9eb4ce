import type { CiIdentity } from '../../audit/entry.ts'
import type { Environment } from '../environment.ts'

/** How one kind of pipeline is known, and what its variables say of a run. */
interface CiKind {
  readonly provider: string
  /** The variable that only this kind sets. */
  readonly mark: string
  readonly variables: Readonly<Record<string, string>>
}

/**
 * Well-known variables.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/variables
 * @see https://learn.microsoft.com/azure/devops/pipelines/build/variables
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
const KINDS: readonly CiKind[] = [
  {
    provider: 'github-actions',
    mark: 'GITHUB_ACTIONS',
    variables: {
      actor: 'GITHUB_ACTOR',
      triggeredBy: 'GITHUB_TRIGGERING_ACTOR',
      repository: 'GITHUB_REPOSITORY',
      run: 'GITHUB_RUN_ID',
      attempt: 'GITHUB_RUN_ATTEMPT',
      ref: 'GITHUB_REF',
      commit: 'GITHUB_SHA',
    },
  },
  {
    provider: 'azure-pipelines',
    mark: 'TF_BUILD',
    variables: {
      actor: 'BUILD_REQUESTEDFOR',
      actorId: 'BUILD_REQUESTEDFORID',
      repository: 'BUILD_REPOSITORY_NAME',
      project: 'SYSTEM_TEAMPROJECT',
      run: 'BUILD_BUILDID',
      ref: 'BUILD_SOURCEBRANCH',
      commit: 'BUILD_SOURCEVERSION',
    },
  },
  {
    provider: 'gitlab-ci',
    mark: 'GITLAB_CI',
    variables: {
      actor: 'GITLAB_USER_LOGIN',
      repository: 'CI_PROJECT_PATH',
      run: 'CI_PIPELINE_ID',
      job: 'CI_JOB_ID',
      ref: 'CI_COMMIT_REF_NAME',
      commit: 'CI_COMMIT_SHA',
    },
  },
  {
    provider: 'jenkins',
    mark: 'JENKINS_URL',
    variables: { actor: 'BUILD_USER_ID', job: 'JOB_NAME', run: 'BUILD_NUMBER', commit: 'GIT_COMMIT' },
  },
]

/** The longest value that is taken from a variable, in characters. */
const LONGEST = 200

/** Says which pipeline runs this, and for whom, as its variables tell; null outside of the ones that are known. */
export function identifyCi(env: Environment): CiIdentity | null {
  const read = (name: string): string => (env[name] ?? '').trim().slice(0, LONGEST)
  const kind = KINDS.find(({ mark }) => read(mark) !== '')
  if (kind === undefined) return null
  const told = Object.entries(kind.variables).map(([key, name]) => [key, read(name)] as const)
  return { provider: kind.provider, ...Object.fromEntries(told.filter(([, value]) => value !== '')) }
}
