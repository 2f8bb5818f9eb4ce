import { expect, test } from 'vitest'
import { identifyCi } from '../../../src/local/record/ci-identity.ts'

test.each([
  [
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTOR: 'eve',
      GITHUB_RUN_ID: '7',
      GITHUB_SHA: 'abc',
      GITHUB_TOKEN: 'secret',
    },
    { provider: 'github-actions', actor: 'eve', run: '7', commit: 'abc' },
  ],
  [
    { TF_BUILD: 'True', BUILD_REQUESTEDFOR: 'Eve', BUILD_BUILDID: '8', SYSTEM_ACCESSTOKEN: 'secret' },
    { provider: 'azure-pipelines', actor: 'Eve', run: '8' },
  ],
  [
    { GITLAB_CI: 'true', GITLAB_USER_LOGIN: 'eve', CI_PIPELINE_ID: '9', CI_JOB_TOKEN: 'secret' },
    { provider: 'gitlab-ci', actor: 'eve', run: '9' },
  ],
  [
    { JENKINS_URL: 'https://j', BUILD_USER_ID: 'eve', BUILD_NUMBER: '10' },
    { provider: 'jenkins', actor: 'eve', run: '10' },
  ],
  [
    { GITHUB_ACTIONS: 'true', GITHUB_ACTOR: 'x'.repeat(999) },
    { provider: 'github-actions', actor: 'x'.repeat(200) },
  ],
  [{ CI: 'true', GITHUB_ACTOR: 'eve' }, null],
  [{}, null],
])('of %j a pipeline says %j', (env, want) => {
  expect(identifyCi(env)).toStrictEqual(want)
})
