import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { temporaryFolder } from '../cli/temporary-folder.ts'

/** A step of a composite action, as its file has it. */
export interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly if?: string
  readonly shell?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}

/** A composite action, as its file has it. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly Step[] }
}

/** How a run of an action ended. */
export interface ActionRun {
  /** Exit code of the first step that failed, else 0. */
  readonly code: number
  readonly outputs: Readonly<Record<string, string>>
  /** Everything that the steps printed. */
  readonly log: string
  /** What the job summary holds. */
  readonly summary: string
  /** Ids of the steps that ran. */
  readonly ran: readonly string[]
}

/** Where and with what an action runs. */
export interface ActionJob {
  /** Absolute; the checkout of whoever uses the action. */
  readonly workspace: string
  readonly inputs: Readonly<Record<string, string>>
  /** On top of PATH and what the runner itself sets. */
  readonly env?: Readonly<Record<string, string>>
  /** Value of `github.token`. */
  readonly token?: string
  /** Told of the shell of each step, which a cancelled job signals. */
  readonly onStep?: (id: string, shell: ChildProcess) => void
}

/** Reads an action. */
export function readAction(path: string): Action {
  return parse(readFileSync(path, 'utf8')) as Action
}

type Outputs = Readonly<Record<string, string>>

interface State {
  readonly inputs: Outputs
  readonly token: string
  readonly steps: Map<string, Outputs>
  readonly failed: boolean
}

/** A value of the contexts that the action uses; anything else would not be the same on a real runner. */
function lookUp(path: string, { inputs, token, steps }: State): string {
  const [context, name = '', part, output = ''] = path.split('.')
  if (context === 'inputs') return inputs[name] ?? ''
  if (path === 'github.token') return token
  if (context === 'steps' && part === 'outputs') return steps.get(name)?.[output] ?? ''
  throw new Error(`The runner of the tests does not know ${path}.`)
}

function fill(text: string, state: State): string {
  return text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_all, path: string) => lookUp(path, state))
}

/** Decides conditions of the form `a != 'text' && !cancelled()`; a failure before ends what asks for no status itself. */
function isDue(condition: string | undefined, state: State): boolean {
  const terms = (condition ?? '').split('&&').map(term => term.trim())
  const asksStatus = terms.some(term => term === '!cancelled()')
  if (state.failed && !asksStatus) return false
  return terms.every(term => {
    if (term === '' || term === '!cancelled()') return true
    const [, path = '', text = ''] = /^([\w.-]+) != '(\w*)'$/.exec(term) ?? []
    return lookUp(path, state) !== text
  })
}

/** Reads a file of GITHUB_OUTPUT as the runner does. */
function parseOutputs(text: string): Outputs {
  const found: Record<string, string> = {}
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const [, name = '', delimiter = ''] = /^([\w-]+)<<(.+)$/.exec(lines[at] ?? '') ?? []
    if (name === '') {
      const [, key = '', value = ''] = /^([\w-]+)=(.*)$/.exec(lines[at] ?? '') ?? []
      if (key !== '') found[key] = value
    } else {
      const end = lines.indexOf(delimiter, at + 1)
      found[name] = lines.slice(at + 1, end).join('\n')
      at = end
    }
  }
  return found
}

/** Runs a script as the runner's `shell: bash` does. */
export async function runBash(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
  onStart: (shell: ChildProcess) => void = () => undefined,
): Promise<{ readonly code: number; readonly log: string }> {
  const file = join(await temporaryFolder({ 'script.sh': script }), 'script.sh')
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
  })
  onStart(child)
  let log = ''
  child.stdout.on('data', chunk => (log += String(chunk)))
  child.stderr.on('data', chunk => (log += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? 1, log }
}

/** Runs the scripts of a composite action one after the other; steps that use another action are left out. */
export async function runAction(path: string, job: ActionJob): Promise<ActionRun> {
  const action = readAction(join(path, 'action.yml'))
  const folder = await temporaryFolder({ summary: '' })
  await mkdir(join(folder, 'temp'))
  const defaults = Object.entries(action.inputs).map(([name, { default: text = '' }]) => [name, text])
  const token = job.token ?? ''
  const inputs = { ...Object.fromEntries(defaults), ...job.inputs } as Record<string, string>
  const steps = new Map<string, Outputs>()
  const ran: string[] = []
  let [code, log] = [0, '']
  const state = (): State => ({ inputs, token, steps, failed: code !== 0 })
  for (const [name, text] of Object.entries(inputs)) inputs[name] = fill(text, state())
  for (const step of action.runs.steps) {
    if (step.run === undefined || !isDue(step.if, state())) continue
    const output = join(folder, `output-${ran.length}`)
    await writeFile(output, '')
    const own = Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text, state())])
    const ended = await runBash(
      step.run,
      join(job.workspace, fill(step['working-directory'] ?? '.', state())),
      {
        ...job.env,
        GITHUB_ACTION_PATH: path,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        GITHUB_WORKSPACE: job.workspace,
        RUNNER_TEMP: join(folder, 'temp'),
        ...Object.fromEntries(own),
      },
      shell => job.onStep?.(step.id ?? '', shell),
    )
    ran.push(step.id ?? '')
    steps.set(step.id ?? '', parseOutputs(await readFile(output, 'utf8')))
    log += ended.log
    if (code === 0) code = ended.code
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, state())])
  return {
    code,
    outputs: Object.fromEntries(outputs) as Outputs,
    log,
    summary: await readFile(join(folder, 'summary'), 'utf8'),
    ran,
  }
}

/** Does something once the service has got a request that writes. */
export async function whenWriting(tenant: { writes(): number }, act: () => void): Promise<void> {
  while (tenant.writes() === 0) await new Promise(resolve => setTimeout(resolve, 20))
  act()
}
