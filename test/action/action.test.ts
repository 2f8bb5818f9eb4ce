import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { chooseCredential } from '../../src/defender/sign-in/choose-credential.ts'
import type { Plan } from '../../src/plan/document/document.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { ISOLATE_TWO, machines, policy } from '../e2e/emulated-tenant.ts'
import { commit, GIT_ENV, startRepository } from '../e2e/git-repository.ts'
import { ROOT } from '../house/source-files.ts'
import { BOT, REPOSITORY, startGitHub, TOKEN } from '../pipeline/github-stand-in.ts'
import { type ActionRun, readAction, runAction, runBash, whenWriting } from './composite-runner.ts'

// Many processes one after the other: on a busy machine they take their time.
vi.setConfig({ testTimeout: 90_000 })

const action = readAction(join(ROOT, 'action.yml'))
const SHA = 'a'.repeat(40)
const CONTAIN = 'policies/contain.yaml'
const QUICK = 'version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 1s, lookup: 1s }\n'

const UNGUARDED = `${QUICK.replace('apply: {', 'apply: { waves: [rest],')}guards: { maxMachines: 1000 }\n`

/** A repository with a commit behind its declaration, an emulated service, a stand-in of GitHub, and pull request 7. */
async function startPullRequest(event: object = {}) {
  const tenant = await startRepository({ machines: machines(4) }, { ...ISOLATE_TWO, 'holdfast.yaml': QUICK })
  await writeFile(
    join(tenant.folder, CONTAIN),
    policy('contain', 'isolated: full', ['ws-1.contoso.com', 'ws-3.contoso.com']),
  )
  commit(tenant.folder, 'second')
  const github = await startGitHub()
  const head = { sha: SHA, repo: { full_name: REPOSITORY } }
  const payload = join(tenant.folder, '.git', 'event.json')
  await writeFile(payload, JSON.stringify({ pull_request: { number: 7, head, base: head }, ...event }))
  const env = {
    ...GIT_ENV,
    ...tenant.env,
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: payload,
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_RUN_ID: '99',
    GITHUB_SERVER_URL: 'https://github.example',
    HOME: tenant.folder,
  }
  return {
    tenant,
    github,
    run: (
      inputs: Readonly<Record<string, string>>,
      more: Readonly<Record<string, string>> = {},
    ): Promise<ActionRun> =>
      runAction(ROOT, { workspace: tenant.folder, inputs, env: { ...env, ...more }, token: TOKEN }),
  }
}

describe('the action, run as it is written', () => {
  test('plans a pull request, comments once, and edits the comment when the declaration changes', async () => {
    const { tenant, github, run } = await startPullRequest()
    const first = await run({ command: 'plan', base: 'HEAD^1', name: 'emea', 'plan-file': 'reviewed.plan' })
    expect(first.code, first.log).toBe(0)
    expect(first.ran).toStrictEqual(['install', 'run', 'publish'])
    expect(first.outputs).toMatchObject({
      exit: 'ok',
      'exit-code': '0',
      work: 'true',
      applyable: 'true',
      changes: '2',
      blocked: '0',
      new: '1',
      'no-longer': '1',
      altered: '0',
      'comment-url': `https://github.example/${REPOSITORY}/pull/7#issuecomment-1`,
    })
    expect(first.outputs['verdict']).toMatch(/^Plan: 2 to impose, [^\n]+\n2 requests, /)
    const saved = JSON.parse(await readFile(join(tenant.folder, 'reviewed.plan'), 'utf8')) as Plan
    expect(first.outputs['plan-id']).toBe(saved.planId)
    expect(first.summary).toContain('### Holdfast plan (emea): 2 changes, 0 blocked\n')
    expect(github.comments).toStrictEqual([
      {
        id: 1,
        issue: 7,
        login: BOT,
        body: expect.stringMatching(/^<!-- holdfast:plan:emea -->\n[\s\S]*aaaaaaaaaaaa/),
      },
    ])
    expect(github.comments[0]?.body).toContain('#### New with this declaration (1)')

    await writeFile(join(tenant.folder, CONTAIN), policy('contain', 'isolated: false', ['ws-1.contoso.com']))
    const second = await run({ command: 'plan', name: 'emea' })
    expect(second.code, second.log).toBe(0)
    expect(second.log).toContain('Comment updated: ')
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toContain('### Holdfast plan (emea): no changes\n')
    expect(github.requests.every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true)
  })

  test('applies exactly the plan that was approved, and nothing where it is another', async () => {
    const { tenant, github, run } = await startPullRequest()
    const planned = await run({ command: 'plan', 'plan-file': 'reviewed.plan', comment: 'no' })
    const zeros = `sha256:${'0'.repeat(64)}`
    const other = await run({ command: 'apply', 'plan-file': 'reviewed.plan', expect: zeros })
    expect(other.code).toBe(3)
    expect(other.outputs).toMatchObject({ exit: 'stale', 'exit-code': '3' })
    expect(tenant.writes()).toBe(0)
    const expected = planned.outputs['plan-id'] ?? ''
    const applied = await run({
      command: 'apply',
      'plan-file': 'reviewed.plan',
      expect: expected,
      issue: '7',
      comment: 'require',
    })
    expect(applied.code, applied.log).toBe(0)
    expect(applied.outputs).toMatchObject({
      exit: 'ok',
      'plan-id': expected,
      verdict: 'Apply complete: 2 succeeded.',
    })
    expect(applied.summary).toContain('**Apply complete: 2 succeeded.**')
    expect(tenant.writes()).toBe(2)
    expect(github.comments.map(({ body }) => body.split('\n')[0])).toStrictEqual(['<!-- holdfast:result -->'])
  })

  test('a plan that fails keeps its exit code, marks the line and takes the place of the comment before', async () => {
    const { tenant, github, run } = await startPullRequest()
    await run({ command: 'plan' })
    await writeFile(join(tenant.folder, CONTAIN), 'version: 1\npolice: x\n')
    const failed = await run({ command: 'plan' })
    expect(failed.code).toBe(1)
    expect(failed.outputs).toMatchObject({ exit: 'error', 'exit-code': '1' })
    expect(failed.log).toMatch(/^::error file=policies\/contain\.yaml,line=2,col=1,title=unknown-key::/m)
    expect(github.comments).toHaveLength(1)
    expect(github.comments[0]?.body).toContain('### Holdfast plan: no conclusion\n')
  })

  test('a failed guard fails the step, unless enforcing is off; differences do where asked', async () => {
    const { tenant, run } = await startPullRequest()
    await writeFile(join(tenant.folder, 'holdfast.yaml'), `${QUICK}guards: { maxMachines: 1 }\n`)
    const enforced = await run({ command: 'plan', comment: 'no' })
    expect(enforced.code).toBe(4)
    expect(enforced.outputs).toMatchObject({ exit: 'refused', applyable: 'false' })
    expect(enforced.log).toContain('::error title=guard maxMachines failed::')
    expect(
      (await run({ command: 'plan', enforce: 'false', 'fail-on-differences': 'true', comment: 'no' })).code,
    ).toBe(2)
  })

  test('drift fails the step unless that is off, from a folder below too', async () => {
    const { run } = await startPullRequest()
    const drifted = await run({ command: 'drift', 'working-directory': 'policies' })
    expect(drifted.code).toBe(2)
    expect(drifted.outputs).toMatchObject({
      exit: 'differences',
      drift: '2',
      verdict: expect.stringContaining('2 missing'),
    })
    expect(drifted.summary).toContain('### Holdfast drift\n')
    expect((await run({ command: 'drift', 'fail-on-differences': 'false' })).code).toBe(0)
  })

  test('a comment that may not be written is a warning, as for a fork', async () => {
    const head = { sha: SHA, repo: { full_name: 'mallory/response' } }
    const base = { sha: SHA, repo: { full_name: REPOSITORY } }
    const { github, run } = await startPullRequest({ pull_request: { number: 7, head, base } })
    const refused = { status: 403, body: { message: 'Resource not accessible by integration' } }
    github.answer('POST', refused)
    const tried = await run({ command: 'plan' })
    expect(tried.code, tried.log).toBe(0)
    expect(tried.log).toMatch(
      /::warning title=github-forbidden::No comment was written: .*, as for every pull request from a fork/,
    )
  })

  test('what an input holds stays a value', async () => {
    const { tenant, run } = await startPullRequest()
    const evil = '$(touch evil)`touch evil`"; touch evil; #\n--auto-approve'
    const names = ['target', 'exclude', 'config', 'base', 'name', 'paths', 'plan-file', 'endpoint']
    const values = Object.fromEntries(names.map(name => [name, evil]))
    for (const inputs of [
      { command: 'plan', ...values },
      { command: evil },
      { command: 'plan', version: evil },
    ]) {
      expect((await run(inputs)).code).toBe(1)
    }
    expect((await runBash('find . -name evil', tenant.folder, {})).log).toBe('')
    expect(tenant.writes()).toBe(0)
  })

  test('several targets and paths are lines', async () => {
    const { run } = await startPullRequest()
    const target = 'ws-1.contoso.com\n\nws-3.contoso.com/isolated\n'
    const ended = await run({
      command: 'plan',
      target,
      exclude: 'ws-1.contoso.com',
      paths: CONTAIN,
      comment: 'no',
    })
    expect(ended.outputs['changes'], ended.log).toBe('1')
  })
})

describe('a cancelled job', () => {
  test('signals the shell of the step alone, and the apply stops submitting and ends by itself', async () => {
    const all = machines(120)
    const names = all.map(({ computerDnsName }) => computerDnsName ?? '')
    const tenant = await startRepository(
      { machines: all },
      { 'policies/contain.yaml': policy('contain', 'isolated: full', names), 'holdfast.yaml': UNGUARDED },
    )
    const env = { ...GIT_ENV, ...tenant.env, HOME: tenant.folder }
    await runAction(ROOT, {
      workspace: tenant.folder,
      inputs: { command: 'plan', 'plan-file': 'all.plan', enforce: 'false' },
      env,
    })
    const cancelled = await runAction(ROOT, {
      workspace: tenant.folder,
      inputs: { command: 'apply', 'plan-file': 'all.plan' },
      env,
      onStep: (id, shell) => {
        if (id === 'run') void whenWriting(tenant, () => shell.kill('SIGINT'))
      },
    })
    const sent = tenant.writes()
    expect(cancelled.code).toBe(143)
    expect(cancelled.outputs).toMatchObject({ exit: 'signal', 'exit-code': '143' })
    expect(sent).toBeGreaterThan(0)
    // The quota holds the last 20 back for a minute; without the signal the step would be waiting for it.
    expect(sent).toBeLessThan(120)
  })
})

describe('the identity of the job', () => {
  const step = action.runs.steps.find(({ id }) => id === 'run')

  /** What the command line of the step is started with. */
  async function startedWith(env: Readonly<Record<string, string>>) {
    const folder = await temporaryFolder({ 'program.js': 'console.log(JSON.stringify(process.env))' })
    const output = join(folder, 'output')
    const unused = Object.fromEntries(Object.keys(step?.env ?? {}).map(name => [name, '']))
    return runBash(step?.run ?? '', folder, {
      ...unused,
      GITHUB_OUTPUT: output,
      IN_CLIENT_ID: 'app',
      IN_COMMAND: 'plan',
      IN_TENANT_ID: 'directory',
      PROGRAM: join(folder, 'program.js'),
      RUNNER_TEMP: folder,
      ...env,
    })
  }

  test('is the one credential, and where its assertions come from is handed on', async () => {
    const { code, log } = await startedWith({
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/token?x=1',
      AZURE_CLIENT_SECRET: 'another',
      AZURE_FEDERATED_TOKEN_FILE: '/another',
    })
    expect(code).toBe(0)
    const env = JSON.parse(log) as Readonly<Record<string, string>>
    expect(chooseCredential(env, { authority: 'https://login.example', tenantId: undefined })).toMatchObject({
      kind: 'pipeline',
      application: { clientId: 'app', tenantId: 'directory' },
      endpoint: { bearer: 'request-token' },
    })
  })

  test('that is not there is said', async () => {
    const { code, log } = await startedWith({})
    expect(code).toBe(1)
    expect(log).toContain('::error title=identity::The job has no identity of its own')
  })
})

describe('the file of the action', () => {
  const { steps } = action.runs

  test('interpolates nothing into a script', () => {
    expect(steps.filter(({ run = '' }) => run.includes('${{'))).toStrictEqual([])
  })

  test('pins the actions that it uses to commits, and the Node of the lockfile', () => {
    const used = steps.filter(({ uses }) => uses !== undefined)
    expect(used.map(({ uses }) => uses)).toStrictEqual([
      expect.stringMatching(/^actions\/setup-node@[0-9a-f]{40}$/),
    ])
    const { devDependencies } = JSON.parse(readActionText('package.json')) as {
      readonly devDependencies: Readonly<Record<string, string>>
    }
    expect(String(used[0]?.with?.['node-version'])).toBe(devDependencies['node'])
  })

  test('gives the token of the job to the step that comments, and to no other', () => {
    const holding = steps.filter(({ env = {} }) =>
      Object.values(env).some(text => text.includes('github-token')),
    )
    expect(holding.map(({ id }) => id)).toStrictEqual(['publish'])
  })

  test('uses every input, and describes each input and output', () => {
    const text = readActionText('action.yml')
    for (const name of Object.keys(action.inputs)) expect(text).toContain(`inputs.${name}`)
    const all = Object.values({ ...action.inputs, ...action.outputs }) as readonly {
      readonly description?: string
    }[]
    expect(all.filter(({ description = '' }) => !description.endsWith('.'))).toStrictEqual([])
  })
})

function readActionText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
