import { posix } from 'node:path'
import type { Duration } from './duration.ts'
import { parseDuration } from './duration.ts'
import type { Entry, ExceptEntry } from './generated/policy.ts'
import { at, isTrue, type Located, lineOf, placeOf, type Reading, texts } from './located.ts'
import { normalName } from './machine-name.ts'
import type { MachineEntry, SelectorField } from './policy.ts'

const FIELDS = [
  'id',
  'dnsName',
  'tag',
  'osPlatform',
  'healthStatus',
  'riskScore',
  'exposureLevel',
  'deviceValue',
  'rbacGroupName',
  'onboardingStatus',
  'aadDeviceId',
] as const satisfies readonly SelectorField[]
/** Fields that are compared without regard to case, because the service writes them in lower case. */
const LOWER_CASE: ReadonlySet<SelectorField> = new Set(['id', 'dnsName', 'aadDeviceId'])
const NAMING = ['id', 'dnsName', 'list'] as const

/** Resolves the path of a list file against the folder of the file that names it. */
function resolveListPath(file: string, list: string): string {
  const isAbsolute = posix.isAbsolute(list) || /^[A-Za-z]:[\\/]/.test(list)
  return isAbsolute ? posix.normalize(list) : posix.join(posix.dirname(file), list)
}

function readFields(entry: Located<Entry | ExceptEntry>): MachineEntry['fields'] {
  const fields: { [field in SelectorField]?: readonly string[] } = {}
  for (const field of FIELDS) {
    const lines = texts(at(entry, field)).map(lineOf)
    const values = LOWER_CASE.has(field) ? lines.map(normalName) : lines
    if (values.length > 0) fields[field] = [...new Set(values)]
  }
  return fields
}

function checkEntry(reading: Reading, entry: Located<Entry | ExceptEntry>): void {
  const keys = Object.keys(entry.value)
  const span = entry.member.name
  const missing = at(entry, 'missing')
  if (keys.every(key => key === 'missing')) {
    const message =
      'expected a field that chooses machines, found none: add `id`, `dnsName`, `tag`, `list` or another'
    reading.findings.push({ code: 'empty-entry', message, span })
  } else if (keys.includes('all') && keys.length > 1) {
    const message = '`all: true` is every machine, whatever stands beside it: let it stand alone'
    reading.findings.push({ code: 'all-not-alone', message, span })
  } else if (missing !== undefined && !NAMING.some(key => keys.includes(key))) {
    const message = '`missing` has no effect here: the entry names no machine by `id`, `dnsName` or `list`'
    const severity = 'warning'
    reading.findings.push({ severity, code: 'missing-without-name', message, span: missing.member.name })
  }
}

/** Types one entry of `machines`, `except` or a `match`, and adds what is wrong with it to the findings. */
export function readEntry(reading: Reading, entry: Located<Entry | ExceptEntry>): MachineEntry {
  checkEntry(reading, entry)
  const list = at(entry, 'list')
  const lastSeenWithin = at(entry, 'lastSeenWithin')
  return {
    fields: readFields(entry),
    ...(lastSeenWithin === undefined ? {} : { lastSeenWithin: durationOf(lastSeenWithin) }),
    ...(list === undefined
      ? {}
      : { list: { path: resolveListPath(reading.text.path, lineOf(list)), machines: [] } }),
    all: isTrue(at(entry, 'all')),
    missing: at(entry, 'missing')?.value ?? 'error',
    place: placeOf(reading, entry),
  }
}

/** The duration of a text whose format the schema has checked. */
export function durationOf(text: Located<string>): Duration {
  return parseDuration(text.value) as Duration
}
