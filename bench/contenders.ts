import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeDeclaration } from './declaration.ts'
import { measureNode, type Usage } from './measured-process.ts'

const HERE = import.meta.dirname
const HOLDFAST = join(HERE, '..', 'bin', 'holdfast.js')

/** One program of a comparison: each call is one run of it. */
export type Contender = () => Promise<Usage>

/** A tenant that a process of its own serves. */
export interface Tenant {
  readonly endpoint: string
  close(): void
}

/** Starts the process that serves the pages of a tenant; resolves when it is ready. */
export async function serveTenant(
  machines: number,
  actionsPerMachine: number,
  latencyMs = 0,
): Promise<Tenant> {
  const server = fork(join(HERE, 'page-server.ts'), [machines, actionsPerMachine, latencyMs].map(String), {
    execArgv: ['--max-old-space-size=8192'],
  })
  const port = await new Promise<unknown>((resolve, reject) => {
    server.once('message', resolve).once('error', reject).once('exit', reject)
  })
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.disconnect() }
}

/** A folder that this process leaves to the system's own cleaning. */
export function scratch(name: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'holdfast-bench-')), name)
  mkdirSync(folder)
  return folder
}

/** Reads and parses every page and nothing more: the floor under any planner that reads one page after the other. */
export function bare({ endpoint }: Tenant): Contender {
  return () => measureNode({ args: [join(HERE, 'bare.ts'), endpoint], cwd: HERE })
}

/** The command line as people run it, against a tenant. */
export function holdfast(
  tenant: Tenant,
  folder: string,
  args: readonly string[],
  exits?: readonly number[],
): Contender {
  const env = { HOLDFAST_ENDPOINT: tenant.endpoint, HOLDFAST_TOKEN: 'benchmark', CI: '1' }
  return () =>
    measureNode({ args: [HOLDFAST, ...args], cwd: folder, env, ...(exits === undefined ? {} : { exits }) })
}

/** `holdfast plan` of a tenant that is as declared. */
export function convergedPlan(tenant: Tenant): Contender {
  return holdfast(tenant, writeDeclaration(scratch('converged'), 'converged'), ['plan'])
}

/** `holdfast plan --out` where every machine lacks a scan. */
export function planOfChanges(tenant: Tenant): Contender {
  const folder = writeDeclaration(scratch('changes'), 'a scan of each')
  return holdfast(tenant, folder, ['plan', '--out', 'changes.plan', '--json'])
}

/** `holdfast` with words that need no service. */
export function offline(args: readonly string[]): Contender {
  const folder = writeDeclaration(scratch('offline'), 'converged')
  return () => measureNode({ args: [HOLDFAST, ...args], cwd: folder })
}

/** Node itself, doing nothing. */
export function nothing(): Contender {
  return () => measureNode({ args: ['-e', '0'], cwd: HERE })
}
