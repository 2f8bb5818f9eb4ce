import type { ExitName } from '../../apply/result.ts'

/** How a command ended, as its document says it. */
export interface DocumentExit {
  readonly code: number
  readonly name: ExitName | 'signal'
}
