/** `errorHResult` of an action that no device answered: 0x80190198, HTTP 408 (docs/service.md#error-hresult). */
export const REQUEST_TIMEOUT = -2_145_844_840

/** `errorHResult` of a cancelled action: 0x80004004, E_ABORT (docs/service.md#error-hresult). */
export const ABORTED = -2_147_467_260

/** `errorHResult` of a failed action where a scenario names none: 0x80004005, E_FAIL. */
export const FAILED = -2_147_467_259

/** What a failed or ended action says in `errorHResult` unless something else is known. */
export function hresultOf(status: string): number {
  switch (status) {
    case 'TimeOut':
      return REQUEST_TIMEOUT
    case 'Cancelled':
      return ABORTED
    case 'Failed':
      return FAILED
    default:
      return 0
  }
}
