import { explain } from './codes.ts'
import type { Run } from './run.ts'

/** Gives up what was not sent, once the lease is lost for good: it may be another run's to send by now. */
export function leaveUnsent(run: Run): void {
  for (const { address, stage } of [...run.inOrder()]) {
    if (stage.kind !== 'queued') continue
    const detail = explain('lease-lost')
    run.dispatch(address, { kind: 'ended', outcome: 'not-attempted', code: 'lease-lost', detail })
  }
}
