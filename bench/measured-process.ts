import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** What one run of a program took. */
export interface Usage {
  readonly wallMs: number
  readonly cpuMs: number
  /** The most memory that it held at once. */
  readonly rssMb: number
}

/** A program to measure. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Exit codes that are no failure; 0 alone where none are given. */
  readonly exits?: readonly number[]
}

const TELL_USAGE = join(import.meta.dirname, 'tell-usage.ts')

/** Runs a program of Node to its end; it tells itself what it used. Rejects where it fails. */
export async function measureNode(program: Omit<Program, 'command'>): Promise<Usage> {
  const args = ['--import', TELL_USAGE, ...program.args]
  const { wallMs, told } = await run({ ...program, command: process.execPath, args })
  return { wallMs, ...(JSON.parse(told) as Omit<Usage, 'wallMs'>) }
}

/** Runs any other program to its end; Linux tells what it used while it runs. */
export async function measureOther(program: Program): Promise<Usage> {
  let used = { cpuMs: 0, rssMb: 0 }
  const { wallMs } = await run(program, pid => {
    used = procUsage(pid) ?? used
  })
  return { wallMs, ...used }
}

const CLOCK_TICK_MS = 10

function procUsage(pid: number): Omit<Usage, 'wallMs'> | undefined {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    return peak === undefined ? undefined : { cpuMs: ticks * CLOCK_TICK_MS, rssMb: Number(peak) / 1024 }
  } catch {
    return undefined
  }
}

async function run(
  { command, args, cwd, env, exits = [0] }: Program,
  watch?: (pid: number) => void,
): Promise<{ readonly wallMs: number; readonly told: string }> {
  const begin = performance.now()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const timer = watch && setInterval(() => watch(child.pid ?? 0), 20)
  const [stderr, told, code] = await Promise.all([
    text(child.stdio[2] as NodeJS.ReadableStream),
    text(child.stdio[3] as NodeJS.ReadableStream),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ])
  const wallMs = performance.now() - begin
  clearInterval(timer)
  if (code === null || !exits.includes(code)) throw new Error(`${command} ended with ${code}: ${stderr}`)
  return { wallMs, told }
}

/** The middle of some runs, each figure by itself. */
export function medianOf(runs: readonly Usage[]): Usage {
  const middle = (read: (usage: Usage) => number): number =>
    runs.map(read).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN
  return {
    wallMs: middle(usage => usage.wallMs),
    cpuMs: middle(usage => usage.cpuMs),
    rssMb: middle(usage => usage.rssMb),
  }
}
