import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { BOT, REPOSITORY, startGitHub, TOKEN } from '../pipeline/github-stand-in.ts'
import { CONFIGURATION, ISOLATE_TWO, machines, policy, startTenant, type Tenant } from './emulated-tenant.ts'
import { commit, GIT_ENV, git } from './git-repository.ts'

const SHA = 'a'.repeat(40)

/** A tenant, a stand-in of GitHub, and the environment of a job of pull request 7. */
async function startJob(files = ISOLATE_TWO) {
  const tenant = await startTenant({ machines: machines(4) }, files)
  const github = await startGitHub()
  const head = { sha: SHA, repo: { full_name: REPOSITORY } }
  const folder = await temporaryFolder({
    'event.json': JSON.stringify({ pull_request: { number: 7, head, base: head } }),
    'summary.md': '',
    output: '',
  })
  const env = {
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_RUN_ID: '99',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    GITHUB_TOKEN: TOKEN,
    GITHUB_WORKSPACE: tenant.folder,
  }
  return {
    tenant,
    github,
    env,
    summary: () => readFile(env.GITHUB_STEP_SUMMARY, 'utf8'),
    output: () => readFile(env.GITHUB_OUTPUT, 'utf8'),
    publish: (...argv: readonly string[]) => tenant.run(['publish', 'github', ...argv], { env }),
  }
}

async function planInto(tenant: Tenant, file: string): Promise<void> {
  const ran = await tenant.run(['plan', '--json-into', file])
  expect(ran.code, ran.stderr).toBe(0)
}

describe('publish github', () => {
  test('writes summary and outputs, and edits one comment when there is another plan', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const first = await job.publish('plan.json', '--exit-code', '0', '--comment', 'require', '--name', 'emea')
    expect(first).toStrictEqual({
      code: 0,
      stdout: `Comment created: https://github.example/${REPOSITORY}/pull/7#issuecomment-1\n`,
      stderr: '',
    })
    const [comment] = job.github.comments
    expect(comment?.body).toMatch(
      /^<!-- holdfast:plan:emea -->\n\n### Holdfast plan \(emea\): 2 changes, 0 blocked\n/,
    )
    expect(comment?.body).toMatch(
      /<sub>of commit <code>aaaaaaaaaaaa<\/code>, \[the run with its log\]\(https:\/\/github\.example\/contoso\/response\/actions\/runs\/99\)<\/sub>\n$/,
    )
    expect(await job.summary()).toContain('### Holdfast plan (emea): 2 changes, 0 blocked\n')
    const output = await job.output()
    expect(output).toMatch(/^exit<<(\S+)\nok\n\1\n/)
    expect(output).toMatch(/\nplan-id<<(\S+)\nsha256:[0-9a-f]{64}\n\1\n/)
    expect(output).toMatch(/\ncomment-url<<(\S+)\nhttps:\S+#issuecomment-1\n\1\n/)

    await writeFile(
      join(job.tenant.folder, 'policies/contain.yaml'),
      policy('contain', 'isolated: false', ['ws-1.contoso.com']),
    )
    await planInto(job.tenant, 'plan.json')
    const second = await job.publish('plan.json', '--comment', 'require', '--name', 'emea')
    expect(second.stdout).toMatch(/^Comment updated: /)
    expect(job.github.comments).toHaveLength(1)
    expect(job.github.comments[0]).toMatchObject({
      login: BOT,
      body: expect.stringContaining('(emea): no changes\n'),
    })
  })

  test('a plan that failed takes the place of the one before it, with the fault at its line', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    await job.publish('plan.json', '--comment', 'try')
    await writeFile(join(job.tenant.folder, 'policies/contain.yaml'), 'version: 1\npolice: contain\n')
    const failed = await job.tenant.run(['plan', '--json-into', 'plan.json'])
    expect(failed.code).toBe(1)
    const ran = await job.publish('plan.json', '--of', 'plan', '--exit-code', '1', '--comment', 'try')
    expect(ran.stdout).toMatch(/^::error title=declaration-invalid::The declaration has /)
    expect(ran.stdout).toMatch(/\n::error file=policies\/contain\.yaml,line=2,col=1,title=unknown-key::/)
    expect(job.github.comments.map(({ body }) => body.split('\n')[2])).toStrictEqual([
      '### Holdfast plan: no conclusion',
    ])
    expect(await job.output()).toMatch(
      /\nexit<<(\S+)\nerror\n\1\nexit-code<<(\S+)\n1\n\2\nerror<<(\S+)\ndeclaration-invalid\n\3\n/,
    )
  })

  test('what an apply did and what drifted have comments of their own', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    await job.tenant.run(['apply', '--auto-approve', '--json-into', 'result.json'])
    await job.tenant.run(['drift', '--json-into', 'drift.json'])
    for (const file of ['plan.json', 'result.json', 'drift.json']) {
      expect((await job.publish(file, '--comment', 'require')).code).toBe(0)
    }
    expect(job.github.comments.map(({ body }) => body.split('\n')[0])).toStrictEqual([
      '<!-- holdfast:plan -->',
      '<!-- holdfast:result -->',
      '<!-- holdfast:drift -->',
    ])
  })

  test('where no comment may be written, try says why and goes on; require ends with an error', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const refused = { status: 403, body: { message: 'Resource not accessible by integration' } }
    job.github.answer('POST', refused, refused)
    const tried = await job.publish('plan.json', '--comment', 'try')
    expect(tried.code).toBe(0)
    expect(tried.stdout).toMatch(
      /^::warning title=github-forbidden::No comment was written: contoso\/response#7: the token may not write comments \(Resource not accessible by integration\)\. Give the job /,
    )
    const required = await job.publish('plan.json', '--comment', 'require')
    expect(required.code).toBe(1)
    expect(required.stderr).toContain('error[github-forbidden]')
    expect(await job.summary()).toContain('### Holdfast plan: 2 changes')
  })

  test.each([
    ['GITHUB_TOKEN', 'A comment needs GITHUB_TOKEN.'],
    ['GITHUB_REPOSITORY', 'A comment needs GITHUB_REPOSITORY.'],
    ['GITHUB_EVENT_PATH', 'A comment needs the number of a pull request (GITHUB_EVENT_PATH, or --issue).'],
  ])('without %s there is no comment, and nothing is asked', async (name, message) => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const env = { ...job.env, [name]: '' }
    const ran = await job.tenant.run(['publish', 'github', 'plan.json', '--comment', 'require'], { env })
    expect(ran.code).toBe(1)
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain(message)
    expect(job.github.requests).toStrictEqual([])
  })

  test('--issue says where, whatever the event', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const ran = await job.publish('plan.json', '--comment', 'require', '--issue', '8')
    expect(ran.stderr).toContain('error[github-not-found]: contoso/response#8')
  })

  test('a token that writes as somebody else is told how not to write a second comment', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const ran = await job.publish('plan.json', '--comment', 'require', '--comment-author', 'response-bot')
    expect(ran.stdout).toMatch(
      /\n::warning title=comment-author::The comment was written as github-actions\[bot\], not as response-bot/,
    )
  })

  test('outside of a workflow the annotations are all', async () => {
    const tenant = await startTenant()
    await planInto(tenant, 'plan.json')
    expect(await tenant.run(['publish', 'github', 'plan.json'])).toStrictEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
  })

  test.each([
    [['plan.json', '--name', 'a-->b'], 'error[usage]: --name a-->b cannot name a report'],
    [['nowhere.json'], 'error[file-not-read]'],
    [['holdfast.yaml'], 'error[document-unknown]: holdfast.yaml: it is not JSON.'],
  ])('%j is an error', async (argv, message) => {
    const job = await startJob()
    const ran = await job.publish(...argv)
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(message)
    expect(await job.summary()).toBe('')
  })

  test('a summary that cannot be written is an error', async () => {
    const job = await startJob()
    await planInto(job.tenant, 'plan.json')
    const env = { ...job.env, GITHUB_STEP_SUMMARY: join(job.tenant.folder, 'no/such/folder') }
    const ran = await job.tenant.run(['publish', 'github', 'plan.json'], { env })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('error[file-not-written]')
  })
})

describe('publish azure', () => {
  test('writes the summary where the agent finds it, the outputs as variables, issues at their lines', async () => {
    const tenant = await startTenant(
      { machines: machines(2) },
      {
        ...ISOLATE_TWO,
        'policies/gone.yaml':
          'version: 1\npolicy: gone\nreason: r\nmachines:\n  - { dnsName: gone.contoso.com, missing: warn }\nstate: { isolated: full }\n',
      },
    )
    const agent = await temporaryFolder()
    await planInto(tenant, 'plan.json')
    const env = { AGENT_TEMPDIRECTORY: agent, BUILD_SOURCESDIRECTORY: tenant.folder }
    const ran = await tenant.run(['publish', 'azure', 'plan.json', '--exit-code', '130', '--name', 'a/b'], {
      env,
    })
    expect(ran.code, ran.stderr).toBe(0)
    const lines = ran.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(
      /^##vso\[task\.logissue type=warning;sourcepath=policies\/gone\.yaml;linenumber=5;columnnumber=5;code=unresolved-machine;\]unresolved-machine: /,
    )
    expect(lines).toContain('##vso[task.setvariable variable=exit;isOutput=true;isReadOnly=true]signal')
    expect(lines).toContain('##vso[task.setvariable variable=work;isOutput=true;isReadOnly=true]true')
    const summary = join(agent, 'holdfast-plan-a-b.md')
    expect(lines.at(-1)).toBe(`##vso[task.uploadsummary]${summary}`)
    expect(await readFile(summary, 'utf8')).toContain('### Holdfast plan (a/b): 2 changes, 0 blocked\n')
  })

  test('where else the summary goes can be said; a code that means nothing is an error', async () => {
    const tenant = await startTenant()
    await planInto(tenant, 'plan.json')
    const ran = await tenant.run([
      'publish',
      'azure',
      'plan.json',
      '--summary-into',
      's.md',
      '--exit-code',
      '9',
    ])
    expect(ran.stdout).toContain('variable=exit;isOutput=true;isReadOnly=true]error\n')
    expect(ran.stdout).toContain(`##vso[task.uploadsummary]${join(tenant.folder, 's.md')}\n`)
  })
})

describe('several configurations in one repository', () => {
  const FILES = {
    'emea/holdfast.yaml': `${CONFIGURATION}name: emea\n`,
    'emea/policies/contain.yaml': policy('contain', 'isolated: full', ['ws-1.contoso.com']),
    'apac/team b/holdfast.yaml': CONFIGURATION,
    'apac/team b/policies/contain.yaml': policy('contain', 'isolated: full', [
      'ws-2.contoso.com',
      'ws-9.contoso.com',
    ]),
    'apac/other.yaml': CONFIGURATION.replace('[policies]', '[team b/policies]'),
  }
  const publishIn = async (
    job: Awaited<ReturnType<typeof startJob>>,
    folder: string,
    ...argv: readonly string[]
  ) => {
    const cwd = join(job.tenant.folder, folder)
    await job.tenant.run(['plan', '--keep-going', '--json-into', 'plan.json', ...argv], { cwd })
    const ran = await job.tenant.run(['publish', 'github', 'plan.json', '--comment', 'require', ...argv], {
      cwd,
      env: job.env,
    })
    expect(ran.code, ran.stderr).toBe(0)
  }

  test('have a comment each, by the folder that they lie in, and it is edited when it is told again', async () => {
    const job = await startJob(FILES)
    await publishIn(job, 'emea')
    await publishIn(job, 'apac/team b')
    await publishIn(job, 'apac', '--config', 'other.yaml')
    await publishIn(job, 'emea/policies')
    expect(job.github.comments.map(({ body }) => body.split('\n')[0])).toStrictEqual([
      '<!-- holdfast:plan:emea -->',
      '<!-- holdfast:plan:apac/team-b -->',
      '<!-- holdfast:plan:apac/other -->',
    ])
  })

  test('have checks each, with files as the repository knows them', async () => {
    const { tenant } = await startJob(FILES)
    git(tenant.folder, 'init', '-q')
    commit(tenant.folder, 'first')
    const sarifIn = async (folder: string, ...argv: readonly string[]) => {
      const cwd = join(tenant.folder, folder)
      const ran = await tenant.run(['plan', '--keep-going', '--format', 'sarif', ...argv], {
        cwd,
        env: GIT_ENV,
      })
      const { automationDetails, results } = JSON.parse(ran.stdout).runs[0]
      const uris = results.map(
        ({ locations }: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
          locations[0]?.physicalLocation.artifactLocation.uri,
      )
      return { id: automationDetails.id, uris: [...new Set(uris)] }
    }
    expect((await sarifIn('emea')).id).toBe('holdfast/plan/emea/')
    expect(await sarifIn('apac/team b')).toStrictEqual({
      id: 'holdfast/plan/apac/team%20b/',
      uris: ['apac/team%20b/policies/contain.yaml'],
    })
    expect((await sarifIn('.', '--config', 'emea/holdfast.yaml')).id).toBe('holdfast/plan/emea/')
    const junit = await tenant.run(['plan', '--format', 'junit'], {
      cwd: join(tenant.folder, 'emea'),
      env: GIT_ENV,
    })
    expect(junit.stdout).toContain('<testsuite name="holdfast plan (emea)"')
  })
})
