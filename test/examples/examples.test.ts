import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import type { Plan } from '../../src/plan/document.ts'
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

describe('the example tests', () => {
  test('pass, and there are some', () => {
    expect(TESTS.length).toBeGreaterThanOrEqual(2)
    const { status, stdout } = holdfast(['test'])
    expect(stdout).toMatch(/\n\d+ tests: \d+ passed\.\n$/)
    expect(status).toBe(0)
  })
})

describe('the example pipelines', () => {
  test.each(PIPELINES)('%s is YAML without errors, and no secret is stored for it', name => {
    const text = read('pipelines', name)
    const { errors, warnings } = parseDocument(text)
    expect([...errors, ...warnings]).toStrictEqual([])
    expect(text).not.toMatch(/\$\{\{ *secrets|client[-_]?secret|AZURE_CLIENT_SECRET|HOLDFAST_TOKEN|password/i)
  })

  test.each(PIPELINES)(
    '%s plans with guards enforced, applies the approved plan id, and reports drift',
    name => {
      const text = read('pipelines', name)
      expect(text).toMatch(/holdfast plan --enforce .*--markdown-into/)
      expect(text).toMatch(/holdfast apply --expect "\$PLAN_?ID"/)
      expect(text).toMatch(/holdfast drift /)
      expect(text).not.toMatch(/--auto-approve/)
    },
  )

  test.each(PIPELINES)('%s uses only commands and options that there are', name => {
    const uses = [...read('pipelines', name).matchAll(/npx holdfast (\w+)((?: --[a-z-]+)?[^\n|]*)/g)]
    expect(uses.length).toBeGreaterThanOrEqual(4)
    for (const [, command = '', rest = ''] of uses) {
      const help = holdfast([command, '--help']).stdout
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(help).toContain(option)
    }
  })

  test('the workflow grants nothing by default, to each job the least, and pins every action to a commit', () => {
    const workflow = parseDocument(read('pipelines', 'github-actions.yml')).toJS() as Workflow
    const jobs = Object.values(workflow.jobs)
    expect(workflow.permissions).toStrictEqual({})
    expect(jobs.map(({ permissions }) => permissions)).toStrictEqual(
      jobs.map(() => ({ contents: 'read', 'id-token': 'write' })),
    )
    const actions = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    expect(actions.length).toBeGreaterThan(0)
    expect(actions.filter(action => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toStrictEqual([])
    expect(workflow.jobs['apply']?.environment).toBe('defender')
  })

  test('the workflow interpolates nothing that a pull request controls into a script', () => {
    const workflow = parseDocument(read('pipelines', 'github-actions.yml')).toJS() as Workflow
    const scripts = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
    expect(scripts.filter(script => script.includes('${{'))).toStrictEqual([])
  })
})
