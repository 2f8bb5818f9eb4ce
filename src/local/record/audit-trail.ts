import { randomUUID } from 'node:crypto'
import type { Clock } from '../../apply/ports.ts'
import { type Approval, type AuditEntry, RECORD_FORMAT, type RunHead } from '../../audit/entry.ts'
import type { TokenSource } from '../../defender/token.ts'
import type { Target } from '../../plan/document/document.ts'
import { formatInstant } from '../../schema/instant.ts'
import type { Environment } from '../environment.ts'
import { Failure, fail } from '../failure.ts'
import { describeFileError } from '../file-error.ts'
import type { Shelf } from '../store/shelf.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'
import { identifyRun } from './run-identity.ts'

/** What a record is told of a run before it begins; each part as soon as it is known. */
export type RunSubject = Partial<Pick<RunHead, 'command' | 'plan' | 'runId'>> & {
  readonly approval?: Partial<Approval>
}

/** What a trail needs of its surroundings. */
export interface TrailParts {
  /** Version of the package that is running. */
  readonly toolVersion: string
  readonly env: Environment
  readonly clock: Clock
  readonly token: TokenSource
  /** Where the run works; rejects where no token can be had. */
  readonly target: () => Promise<Target>
  /** Where the records of a target lie. */
  readonly records: (target: Target) => Promise<Shelf>
  /** For an emulator in this process, which is gone with it: nothing that it did is evidence of anything. */
  readonly isSilent: boolean
}

/** How a run ended. */
export interface RunEnd {
  readonly exit: { readonly code: number; readonly name: string }
  /** Stable code of the error that ended it. */
  readonly failure?: string
  readonly summary?: unknown
  /** Codes of what it told beside its outcomes. */
  readonly diagnostics?: readonly string[]
}

const NOBODY: Approval = { by: [], expected: null, signature: null, overrides: [], reason: null }

/**
 * The record of one run, written as it happens: what is about to be sent before it is sent, and how it was answered.
 *
 * Once a line could not be written nothing more is, and {@link AuditTrail.failure} says so.
 */
export class AuditTrail {
  readonly #parts: TrailParts
  #subject: RunSubject = {}
  #file: Promise<AuditLog> | undefined
  #tail: Promise<void> = Promise.resolve()
  #waiting: AuditEntry[] = []
  #hasStarted = false
  #hasEnded = false
  #hasRequested = false
  #failure: Failure | undefined

  constructor(parts: TrailParts) {
    this.#parts = parts
  }

  /** Why the record is not whole; undefined while it is. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** Whether the first line is on disk, so that something may have been sent. */
  get hasStarted(): boolean {
    return this.#hasStarted
  }

  /** Whether a request was announced, so that something may be at the service. */
  get hasRequested(): boolean {
    return this.#hasRequested
  }

  /** Notes what this run is. From then on it leaves a record, however it ends. */
  prepare(subject: RunSubject): void {
    const approval = { ...this.#subject.approval, ...subject.approval }
    this.#subject = { ...this.#subject, ...subject, approval }
  }

  /** Writes the first line of a run that was prepared. Throws Failure `audit-not-usable`: then nothing may be sent. */
  async begin(): Promise<void> {
    if (this.#parts.isSilent || this.#subject.command === undefined) return
    this.#file ??= this.#create()
    await this.#file
    this.#hasStarted = true
  }

  /** Writes a line. Throws Failure `audit-not-usable`: then nothing may be sent. */
  async write(event: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#subject.command === undefined)
      throw new TypeError('A run without a command cannot be recorded.')
    await this.begin()
    this.#hasRequested ||= event === 'request'
    await this.#append([this.#entry(event, details)])
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Writes what is so already, such as an answer; where that fails {@link AuditTrail.failure} tells. */
  async note(event: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.hasStarted) await this.#append([this.#entry(event, details)])
  }

  /** Keeps how something ended, to be written with the end. */
  addOutcome(details: Readonly<Record<string, unknown>>): void {
    this.#waiting.push(this.#entry('outcome', details))
  }

  /**
   * Writes the outcomes and the end, once; of a run that was prepared and had nothing to send the beginning too. Never
   * throws: what was done is done, {@link AuditTrail.failure} tells.
   */
  async end(end: RunEnd): Promise<void> {
    if (this.#hasEnded || this.#parts.isSilent || this.#subject.command === undefined) return
    this.#hasEnded = true
    try {
      await this.begin()
      await this.#append([...this.#waiting, this.#entry('end', { ...end })])
      await (await this.#file)?.close()
    } catch (error) {
      this.#failure ??= notUsable(error)
    }
  }

  #entry(event: string, details: Readonly<Record<string, unknown>>): AuditEntry {
    return { ...details, event, at: formatInstant(this.#parts.clock.now()) }
  }

  #append(entries: readonly AuditEntry[]): Promise<void> {
    if (this.#parts.isSilent) return Promise.resolve()
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== undefined) return
      try {
        await (await this.#file)?.append(entries)
      } catch (error) {
        this.#failure = notUsable(error)
      }
    })
    return this.#tail
  }

  async #create(): Promise<AuditLog> {
    const { env, clock, token, target: targetOf, records } = this.#parts
    const { command = '', plan = null, approval, runId = randomUUID() } = this.#subject
    try {
      const target = await targetOf()
      const who = await identifyRun(env, token)
      const now = clock.now()
      return await createAuditLog(await records(target), { runId, at: now }, parents => ({
        event: 'run',
        at: formatInstant(now),
        formatVersion: RECORD_FORMAT,
        runId,
        toolVersion: this.#parts.toolVersion,
        command,
        target,
        plan,
        who,
        approval: { ...NOBODY, ...approval },
        parents,
      }))
    } catch (error) {
      throw notUsable(error)
    }
  }
}

function notUsable(error: unknown): Failure {
  if (error instanceof Failure) return error
  return fail('audit-not-usable', `The record of this run cannot be written: ${describeFileError(error)}.`)
}
