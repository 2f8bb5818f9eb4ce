import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { errorCode } from './file-error.ts'
import { runProgram } from './run-program.ts'

/** Which process this is, so that nobody takes another one with the same number for it. */
export interface ProcessIdentity {
  /** Host name; with {@link bootId} and {@link namespace} it says whether two processes can see each other. */
  readonly host: string
  /** Changes at every start of the host; null where the platform does not tell. */
  readonly bootId: string | null
  /** Process namespace of a container; null where there are none. */
  readonly namespace: string | null
  readonly pid: number
  /** When the process started, in the platform's own form; null where the platform does not tell. */
  readonly startTime: string | null
}

async function tryRead(read: Promise<string>): Promise<string | null> {
  try {
    const text = (await read).trim()
    return text === '' ? null : text
  } catch {
    return null
  }
}

async function firstLine(command: string, args: readonly string[]): Promise<string> {
  return (await runProgram(command, args, { env: process.env, timeoutMs: 2000 })).toString()
}

/**
 * The start time is the 22nd field; the name before the state is in parentheses and may hold anything
 * (proc_pid_stat(5)). A process that ended and was not yet waited for has none.
 */
async function linuxStartTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '')
}

/** When a process started; null where it does not run or the platform does not tell. */
export function readStartTime(pid: number): Promise<string | null> {
  if (process.platform === 'linux') return tryRead(linuxStartTime(pid))
  if (process.platform === 'darwin') return tryRead(firstLine('ps', ['-o', 'lstart=', '-p', String(pid)]))
  return Promise.resolve(null)
}

function readBootId(): Promise<string | null> {
  if (process.platform === 'linux') return tryRead(readFile('/proc/sys/kernel/random/boot_id', 'utf8'))
  if (process.platform === 'darwin') return tryRead(firstLine('sysctl', ['-n', 'kern.bootsessionuuid']))
  return Promise.resolve(null)
}

/** Says who this process is. */
export async function identifyProcess(pid: number = process.pid): Promise<ProcessIdentity> {
  const [bootId, namespace, startTime] = await Promise.all([
    readBootId(),
    tryRead(readlink('/proc/self/ns/pid')),
    readStartTime(pid),
  ])
  return { host: hostname(), bootId, namespace, pid, startTime }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/**
 * Says whether a process is known to have ended. Only one of this host and process namespace can be known to; of any
 * other nothing is concluded.
 */
export async function isDead(owner: ProcessIdentity, self: ProcessIdentity): Promise<boolean> {
  if (owner.host !== self.host) return false
  if (owner.bootId !== null && self.bootId !== null && owner.bootId !== self.bootId) return true
  if (owner.namespace !== self.namespace) return false
  if (!runs(owner.pid)) return true
  return owner.startTime !== null && (await readStartTime(owner.pid)) !== owner.startTime
}

/** Says whether a process could be seen from here while it runs: of this host, this start of it and this namespace. */
export function isVisible(owner: ProcessIdentity, self: ProcessIdentity): boolean {
  return owner.host === self.host && owner.bootId === self.bootId && owner.namespace === self.namespace
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}

/** Reads an identity that was written down; undefined where it is none. */
export function readIdentity(value: unknown): ProcessIdentity | undefined {
  const { host, bootId, namespace, pid, startTime } = Object(value) as Readonly<Record<string, unknown>>
  if (typeof host !== 'string' || typeof pid !== 'number') return undefined
  if (!isTextOrNull(bootId) || !isTextOrNull(namespace) || !isTextOrNull(startTime)) return undefined
  return { host, bootId, namespace, pid, startTime }
}
