import type { Journal, JournalEntry, Lease } from '../../src/apply/ports.ts'
import type { HttpRequest, HttpResponse } from '../../src/defender/transport.ts'
import type { Emulator } from '../../src/emulator/emulator.ts'
import { SharedLease } from '../support/apply-harness.ts'
import type { FakeClock } from '../support/fake-clock.ts'
import { JournalDisk } from './journal-disk.ts'

/** How an exchange ended: an answer, a connection that broke, or none within the client's time. */
export type Exchange =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'broken' }
  | { readonly kind: 'hung' }

/** What becomes of a line that is about to be written. */
export type LineFate = 'written' | 'disk-full' | 'read-only'

/** What is outside a run: the wire, the disk and the lease. */
export interface Outside {
  /** @param hangs - Whether no answer will ever come, so that nothing is gained by waiting long. */
  exchange(request: HttpRequest, hangs: boolean): Promise<Exchange>
  /** The journal of one run. */
  journal(planId: string, fateOf: (entry: JournalEntry) => LineFate): Journal
  lease(runId: string): Promise<Lease>
  /** The process that holds the lease has died. */
  bury(): void
  /** Cuts the last line of the journal in two. */
  tear(): Promise<void>
  lose(): Promise<void>
  /** Resolves once nothing is under way that does not wait for the clock; null where nothing is. */
  settling(): Promise<void> | null
  close(): Promise<void>
}

/** Makes an {@link Outside} for a tenant. */
export type OpenOutside = (emulator: Emulator, clock: FakeClock) => Promise<Outside>

/** Everything in this process: no socket, no file. */
export const inProcess: OpenOutside = async (emulator, clock) => {
  const disk = new JournalDisk()
  const lease = new SharedLease(clock)
  return {
    async exchange(request) {
      const answer = await emulator.handle(request)
      if (answer.kind === 'hang') return { kind: 'hung' }
      if (answer.kind !== 'response') return { kind: 'broken' }
      const { status, headers, body } = answer
      return { kind: 'answered', response: { status, headers, body: body.toString() } }
    },
    journal: (_planId, fateOf) => disk.open(fateOf),
    lease: async runId => lease.as(runId),
    bury: () => lease.kill(),
    tear: async () => disk.tear(),
    lose: async () => disk.lose(),
    settling: () => null,
    close: async () => undefined,
  }
}
