import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import type { Plan } from '../../src/plan/document/document.ts'
import { parseConfiguration } from '../../src/schema/parse-configuration.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { ROOT } from '../house/source-files.ts'

const EXAMPLES = join(ROOT, 'examples')
const FILES = readdirSync(join(EXAMPLES, 'policies')).filter(name => name.endsWith('.yaml'))
const TESTS = FILES.filter(name => name.endsWith('.test.yaml'))
const POLICIES = FILES.filter(name => !TESTS.includes(name))
const PIPELINES = readdirSync(join(EXAMPLES, 'pipelines'))

function read(...path: readonly string[]): string {
  return readFileSync(join(EXAMPLES, ...path), 'utf8')
}

/** Runs the built program in a folder of its own state; the examples' scenario carries its own clock. */
function holdfast(args: readonly string[]): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  const state = mkdtempSync(join(tmpdir(), 'holdfast-examples-'))
  const env = { ...process.env, CI: 'true', XDG_STATE_HOME: state }
  const program = join(ROOT, 'bin/holdfast.js')
  try {
    return spawnSync(process.execPath, [program, ...args], { cwd: EXAMPLES, env, encoding: 'utf8' })
  } finally {
    rmSync(state, { recursive: true, force: true })
  }
}

describe('the example policies', () => {
  test.each(POLICIES)('%s is valid without a word, names its schema and says what it is for', name => {
    const text = read('policies', name)
    const { policies, diagnostics } = parsePolicyFile({ path: `policies/${name}`, text })
    expect(diagnostics).toStrictEqual([])
    expect(policies).toHaveLength(1)
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/policy\.schema\.json\n#\n# \w/,
    )
  })

  test('have a configuration that is valid without a word', () => {
    const { configuration, diagnostics } = parseConfiguration({
      path: 'holdfast.yaml',
      text: read('holdfast.yaml'),
    })
    expect(diagnostics).toStrictEqual([])
    expect(configuration?.name).toBe('soc-emea')
  })

  test('show, against their scenario, what each is for', () => {
    const { status, stdout } = holdfast(['plan', '--emulate', 'scenario.yaml', '--json'])
    const plan = JSON.parse(stdout) as Plan
    expect(status).toBe(0)
    expect(plan.applyable).toBe(true)
    const files = new Set([...plan.changes, ...plan.blocked].map(({ policy }) => policy?.file))
    expect([...files].sort()).toStrictEqual(POLICIES.map(name => `policies/${name}`).sort())
    const protectedOnes = plan.changes.filter(({ machine }) => machine.dnsName === 'dc-01.contoso.com')
    expect(protectedOnes.map(({ facet }) => facet)).toStrictEqual(['scanned'])
    expect(plan.blocked.map(({ code }) => code).sort()).toStrictEqual([
      'held-by-other',
      'not-allowed',
      'not-allowed',
    ])
  })
})

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly permissions: object
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions: object; readonly environment?: string; readonly steps: readonly Step[] }
    >
  >
}

/** Every use of the template in a pipeline, however deep, with its parameters; those of a condition too. */
function templateUses(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return []
  const nested = Object.values(value).flatMap(templateUses)
  const { template, parameters } = value as { readonly template?: string; readonly parameters?: object }
  if (template !== 'azure-pipelines/holdfast.yml@holdfast') return nested
  const entries = Object.entries(parameters ?? {}).flatMap(([name, each]) =>
    name.startsWith('${{ if ') ? Object.entries(each as object) : [[name, each] as const],
  )
  return [Object.fromEntries(entries)]
}

describe('the example pipelines', () => {
  const workflow = parseDocument(read('pipelines', 'github-actions.yml')).toJS() as Workflow
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap(job => job.steps)
  const own = steps.filter(({ uses }) => uses === 'OWNER/holdfast@COMMIT').map(step => step.with ?? {})

  test.each(PIPELINES)('%s is YAML without errors, and no secret is stored for it', name => {
    const text = read('pipelines', name)
    const { errors, warnings } = parseDocument(text)
    expect([...errors, ...warnings]).toStrictEqual([])
    expect(text).not.toMatch(/\$\{\{ *secrets|client[-_]?secret|AZURE_CLIENT_SECRET|HOLDFAST_TOKEN|password/i)
    expect(text).not.toContain('auto-approve')
  })

  test('the workflow plans against its base, applies the approved plan by file and id, and reports drift', () => {
    const action = parseDocument(readFileSync(join(ROOT, 'action.yml'), 'utf8')).toJS() as {
      readonly inputs: Readonly<Record<string, object>>
    }
    expect(own.flatMap(given => Object.keys(given)).filter(name => !(name in action.inputs))).toStrictEqual(
      [],
    )
    expect(own).toMatchObject([
      { command: 'plan', base: expect.stringContaining('HEAD^1'), 'plan-file': 'reviewed.plan' },
      {
        command: 'apply',
        'plan-file': 'reviewed.plan',
        expect: expect.stringContaining('needs.plan.outputs.id'),
      },
      { command: 'drift' },
    ])
    expect(workflow.jobs['apply']?.environment).toBe('defender')
  })

  test('the workflow grants nothing by default, to each job the least, and pins every action to a commit', () => {
    const least = { contents: 'read', 'id-token': 'write' }
    expect(workflow.permissions).toStrictEqual({})
    expect(jobs.map(({ permissions }) => permissions)).toStrictEqual([
      { ...least, 'pull-requests': 'write' },
      least,
      least,
    ])
    const actions = steps.flatMap(({ uses }) => uses ?? []).filter(uses => uses !== 'OWNER/holdfast@COMMIT')
    expect(actions.length).toBeGreaterThan(0)
    expect(actions.filter(action => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toStrictEqual([])
    expect(read('pipelines', 'github-actions.yml')).not.toMatch(/uses: actions\/[^\n]+@[0-9a-f]{40}\n/)
  })

  test('the workflow interpolates nothing that a pull request controls into a script', () => {
    expect(steps.flatMap(({ run }) => run ?? []).filter(script => script.includes('${{'))).toStrictEqual([])
  })

  test('the pipeline of Azure plans against its base, applies the approved plan id, and reports drift', () => {
    const template = parseDocument(
      readFileSync(join(ROOT, 'azure-pipelines/holdfast.yml'), 'utf8'),
    ).toJS() as {
      readonly parameters: readonly { readonly name: string }[]
    }
    const known = template.parameters.map(({ name }) => name)
    const text = read('pipelines', 'azure-pipelines.yml')
    const uses = templateUses(parseDocument(text).toJS())
    expect(uses.flatMap(given => Object.keys(given)).filter(name => !known.includes(name))).toStrictEqual([])
    expect(uses).toMatchObject([
      { command: 'plan', serviceConnection: 'holdfast-reader', base: 'HEAD^1' },
      { command: 'apply', serviceConnection: 'holdfast-applier', expect: '$(planId)' },
      { command: 'drift', serviceConnection: 'holdfast-reader' },
    ])
    expect(text).toContain("stageDependencies.plan.plan.outputs['holdfast.planId']")
    expect(text).toContain('environment: defender')
  })
})
