import type { Mitigation } from '../plan/judge/verify-holds.ts'
import { DefenderError } from './defender-error.ts'
import { readInstant } from './wire-instant.ts'

/**
 * Reads the answer of a hunting query that projects `DeviceId`, `Timestamp` and `MitigationStatus`.
 *
 * @throws DefenderError `malformed-answer` where the answer or a row of it is not that.
 */
export function readMitigations(answer: unknown): readonly Mitigation[] {
  const rows = isObject(answer) ? answer['Results'] : undefined
  if (!Array.isArray(rows)) throw malformed('holds no results')
  return rows.map((row: unknown, index) => {
    const { DeviceId: id, Timestamp: time, MitigationStatus: status } = isObject(row) ? row : {}
    const reportedAt = readInstant(time)
    if (typeof id !== 'string' || reportedAt === undefined)
      throw malformed(`has a row ${index} without id or time`)
    return { machineId: id.toLowerCase(), reportedAt, isIsolated: readStatus(status) }
  })
}

function malformed(what: string): DefenderError {
  return new DefenderError('malformed-answer', `The answer of the hunting query ${what}.`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads `MitigationStatus`: JSON text of an object, or of an array of them, whose `Isolated` is `"true"`. Empty where
 * nothing mitigates the device. Null where the text is something else, which proves nothing either way.
 */
function readStatus(value: unknown): boolean | null {
  if (value === undefined || value === null || value === '') return false
  let status: unknown = value
  if (typeof value === 'string') {
    try {
      status = JSON.parse(value)
    } catch {
      return null
    }
  }
  const parts: readonly unknown[] = Array.isArray(status) ? status : [status]
  if (!parts.every(part => part === null || isObject(part))) return null
  return parts.some(part => isObject(part) && isTrue(part['Isolated']))
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true')
}
