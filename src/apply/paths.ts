import type { PlannedRequest } from '../plan/document/document.ts'
import { ACTION_METHODS, CANCEL_QUOTA, methodOf, type Quota } from '../posture/methods.ts'

/** Name of the bucket that `POST /machineactions/{id}/cancel` fills. */
export const CANCEL_PATH = 'cancel'

const QUOTAS: ReadonlyMap<string, Quota> = new Map([
  [CANCEL_PATH, CANCEL_QUOTA],
  ...ACTION_METHODS.map(({ path, quota }): [string, Quota] => [path, quota]),
])

/** The API path whose quota a request of this type uses up. */
export function pathOf(type: PlannedRequest['type'] | string): string {
  return methodOf(type)?.path ?? CANCEL_PATH
}

/** The quota of a path; that of most of them for a path of a journal that another version wrote. */
export function quotaOfPath(path: string): Quota {
  return QUOTAS.get(path) ?? CANCEL_QUOTA
}
