import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { ISOLATE_TWO, machines, policy, startTenant } from '../e2e/emulated-tenant.ts'
import { ROOT } from '../house/source-files.ts'
import { runBash, whenWriting } from './composite-runner.ts'

// Many processes one after the other: on a busy machine they take their time.
vi.setConfig({ testTimeout: 90_000 })

interface Template {
  readonly parameters: readonly { readonly name: string; readonly default?: string }[]
  readonly steps: readonly {
    readonly task?: string
    readonly name?: string
    readonly script?: string
    readonly inputs?: Readonly<Record<string, string>>
    readonly env?: Readonly<Record<string, string>>
  }[]
}

const text = readFileSync(join(ROOT, 'azure-pipelines/holdfast.yml'), 'utf8')
const template = parse(text) as Template
const step = template.steps.find(({ name }) => name === 'holdfast')
const QUICK = 'version: 1\npolicies: [policies]\napply: { timeout: 2m, pollInterval: 1s, lookup: 1s }\n'

/** A repository whose lockfile brought holdfast, on an agent. */
async function startAgent(count = 4, files: Readonly<Record<string, string>> = {}) {
  const all = { ...ISOLATE_TWO, 'holdfast.yaml': QUICK, ...files }
  const tenant = await startTenant({ machines: machines(count) }, all)
  const agent = await temporaryFolder()
  const bin = join(tenant.folder, 'node_modules/.bin')
  await mkdir(bin, { recursive: true })
  const program = `#!/bin/sh\nexec node '${join(ROOT, 'bin/holdfast.js')}' "$@"\n`
  await writeFile(join(bin, 'holdfast'), program, { mode: 0o755 })
  await writeFile(join(tenant.folder, 'package.json'), '{ "private": true }')
  return {
    tenant,
    agent,
    run(parameters: Readonly<Record<string, string>>, onStart?: (shell: ChildProcess) => void) {
      const values = new Map(template.parameters.map(each => [each.name, each.default ?? '']))
      const fill = (value: string): string =>
        value.replace(
          /\$\{\{ parameters\.(\w+) \}\}/g,
          (_all, name: string) => parameters[name] ?? values.get(name) ?? '',
        )
      const own = Object.entries(step?.env ?? {}).map(([name, value]) => [name, fill(value)])
      const env = {
        ...tenant.env,
        AGENT_TEMPDIRECTORY: agent,
        BUILD_SOURCESDIRECTORY: tenant.folder,
        HOME: tenant.folder,
        ...Object.fromEntries(own),
      }
      return runBash(step?.inputs?.['inlineScript'] ?? '', tenant.folder, env, onStart)
    },
  }
}

/** The output variables that a log sets. */
function variables(log: string): Readonly<Record<string, string>> {
  const set = log.matchAll(/^##vso\[task\.setvariable variable=(\w+);isOutput=true;isReadOnly=true\](.*)$/gm)
  return Object.fromEntries([...set].map(([, name = '', value = '']) => [name, value]))
}

describe('the step of the template, run as it is written', () => {
  test('plans, applies the plan that was approved, and shows each as a summary', async () => {
    const { tenant, agent, run } = await startAgent()
    const planned = await run({ command: 'plan', name: 'emea' })
    expect(planned.code, planned.log).toBe(0)
    const { planId = '', work, exit } = variables(planned.log)
    expect({ work, exit }).toStrictEqual({ work: 'true', exit: 'ok' })
    expect(planned.log).toContain(`##vso[task.uploadsummary]${join(agent, 'holdfast-plan-emea.md')}`)

    const other = await run({ command: 'apply', expect: `sha256:${'0'.repeat(64)}` })
    expect(other.code).toBe(3)
    expect(variables(other.log)).toMatchObject({ exit: 'stale' })
    expect(tenant.writes()).toBe(0)

    const applied = await run({ command: 'apply', expect: planId })
    expect(applied.code, applied.log).toBe(0)
    expect(variables(applied.log)).toMatchObject({
      exit: 'ok',
      planId,
      verdict: 'Apply complete: 2 succeeded.',
    })
    expect(await readFile(join(agent, 'holdfast-result.md'), 'utf8')).toContain(
      '**Apply complete: 2 succeeded.**',
    )
  })

  test('a cancelled job signals its shell alone, and the apply stops submitting and ends by itself', async () => {
    const names = machines(120).map(({ computerDnsName }) => computerDnsName ?? '')
    const { tenant, run } = await startAgent(120, {
      'policies/contain.yaml': policy('contain', 'isolated: full', names),
      'holdfast.yaml': `${QUICK.replace('apply: {', 'apply: { waves: [rest],')}guards: { maxMachines: 1000 }\n`,
    })
    const planned = await run({ command: 'plan', planFile: 'all.plan' })
    expect(planned.code, planned.log).toBe(0)
    const cancelled = await run({ command: 'apply', planFile: 'all.plan' }, shell => {
      void whenWriting(tenant, () => shell.kill('SIGINT'))
    })
    expect(cancelled.code, cancelled.log).toBe(143)
    expect(variables(cancelled.log)).toMatchObject({ exit: 'signal' })
    expect(tenant.writes()).toBeLessThan(120)
  })

  test('the job gives the step what fresh assertions of the service connection are asked for with', () => {
    expect(step?.env?.['SYSTEM_ACCESSTOKEN']).toBe('$(System.AccessToken)')
    expect(step?.task).toBe('AzureCLI@2')
  })

  test('a plan that fails marks its line and keeps its exit code', async () => {
    const { tenant, run } = await startAgent()
    await writeFile(join(tenant.folder, 'policies/contain.yaml'), 'version: 1\npolice: x\n')
    const failed = await run({ command: 'plan' })
    expect(failed.code).toBe(1)
    expect(failed.log).toMatch(
      /^##vso\[task\.logissue type=error;sourcepath=policies\/contain\.yaml;linenumber=2;/m,
    )
    expect(variables(failed.log)).toMatchObject({ exit: 'error', error: 'declaration-invalid' })
  })

  test('drift fails the job', async () => {
    const { run } = await startAgent()
    const drifted = await run({ command: 'drift' })
    expect(drifted.code).toBe(2)
    expect(variables(drifted.log)).toMatchObject({ exit: 'differences', drift: '2' })
  })

  test('what a parameter holds stays a value', async () => {
    const { tenant, run } = await startAgent()
    const evil = '$(touch evil)`touch evil`"; touch evil; #'
    const names = ['target', 'exclude', 'config', 'base', 'name', 'planFile']
    const values = Object.fromEntries(names.map(name => [name, evil]))
    for (const parameters of [{ command: 'plan', ...values }, { command: evil }]) {
      expect((await run(parameters)).code).toBe(1)
    }
    expect((await runBash('find . -name evil', tenant.folder, {})).log).toBe('')
  })
})

describe('the file of the template', () => {
  test('puts no parameter into a script, and none is without use', () => {
    const scripts = template.steps.map(
      ({ script = '', inputs = {} }) => `${script}${inputs['inlineScript'] ?? ''}`,
    )
    expect(scripts.join('\n')).not.toMatch(/\$\{\{|\$\(\w+\)/)
    for (const { name } of template.parameters) expect(text).toContain(`\${{ parameters.${name} }}`)
  })
})
