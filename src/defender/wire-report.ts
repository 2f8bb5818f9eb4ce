import { REFUSED_CATEGORIES } from '../posture/device-restriction.ts'
import { DefenderError } from './defender-error.ts'
import type { DeviceReport } from './device-report.ts'
import { readInstant } from './wire-instant.ts'

type Row = ReadonlyMap<string, unknown>

/**
 * Reads the answer of a hunting query, of Graph or of the old path, whose keys may be in any letter case
 * (docs/service.md#hunting-graph-answer).
 *
 * @throws DefenderError `malformed-answer` where the answer or a row of it is not that.
 */
export function readReports(answer: unknown): readonly DeviceReport[] {
  const rows = keyed(answer)?.get('results')
  if (!Array.isArray(rows)) throw malformed('holds no results')
  return rows.map((row: unknown, index) => {
    const cells: Row = keyed(row) ?? new Map()
    const [id, at] = [cells.get('deviceid'), readInstant(cells.get('timestamp'))]
    if (typeof id !== 'string' || at === undefined) throw malformed(`has a row ${index} without id or time`)
    return {
      machineId: id.toLowerCase(),
      at,
      isolated: readStatus(cells.get('mitigationstatus')),
      refuses: readRefused(cells.get('restricteddevicesecurityoperations')),
    }
  })
}

function malformed(what: string): DefenderError {
  return new DefenderError('malformed-answer', `The answer of the hunting query ${what}.`)
}

/** The members of an object by their names in small letters; undefined for anything else. */
function keyed(value: unknown): Row | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value).map(([key, cell]) => [key.toLowerCase(), cell]))
}

/**
 * Reads `MitigationStatus`: JSON text of an object, or of an array of them, whose `Isolated` is true. Empty where
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
  const parts = (Array.isArray(status) ? status : [status]).map((part: unknown) =>
    part === null ? new Map<string, unknown>() : keyed(part),
  )
  if (parts.includes(undefined)) return null
  return parts.some(part => isTrue(part?.get('isolated')))
}

/** True as a boolean, a number or a word in any letter case; everything else is not. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && value.toLowerCase() === 'true')
}

/** Finds the names of categories in whatever the column holds; a text without a known one refuses everything. */
function readRefused(value: unknown): DeviceReport['refuses'] {
  if (value === undefined || value === null || value === '') return null
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toLowerCase().replaceAll(' ', '')
  return REFUSED_CATEGORIES.filter(name => text.includes(name.toLowerCase()))
}
