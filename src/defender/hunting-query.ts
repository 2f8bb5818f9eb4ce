import type { ReportNeed } from '../plan/select/report-need.ts'

/** Ids in one query: some 150 kB of text, and far fewer rows than an answer may hold (docs/service.md#hunting-limits). */
const BATCH = 1_000

/** Writes as few queries as it can, since their quota is the tenant's. None where there is nothing to ask. */
export function huntingQueries({ machineIds, ends, alsoOthers }: ReportNeed): readonly string[] {
  const ids = [...new Set(machineIds)].filter(isPlainId)
  const endOf = new Map(ends.map(({ machineId, at }) => [machineId, at]))
  const cuts: (readonly string[])[] = []
  for (let start = 0; start < ids.length; start += BATCH) cuts.push(ids.slice(start, start + BATCH))
  const [first = [], ...others] = cuts
  const asks = first.length > 0 || alsoOthers
  return [
    ...(asks ? [queryOf(first, endOf, alsoOthers)] : []),
    ...others.map(cut => queryOf(cut, endOf, false)),
  ]
}

/** Only what looks like an id of the service becomes part of a query. */
function isPlainId(id: string): boolean {
  return /^[0-9a-f]{1,64}$/.test(id)
}

/**
 * The latest whole row of each device, and of one whose hold ended the latest before that as well: thin rows have no
 * platform, and would say that nothing mitigates it (docs/service.md#device-info). A column that is not in every tenant
 * is named so that it may be missing (docs/service.md#missing-column).
 */
function queryOf(ids: readonly string[], endOf: ReadonlyMap<string, string>, alsoOthers: boolean): string {
  const named = `DeviceId in (${ids.map(id => `"${id}"`).join(', ')})`
  const telling = 'MitigationStatus has "Isolated" or isnotempty(RestrictedDeviceSecurityOperations)'
  const conditions = [...(ids.length === 0 ? [] : [named]), telling]
  const ends = ids.flatMap(id => {
    const at = endOf.get(id)
    return at === undefined ? [] : [`"${id}", datetime(${at})`]
  })
  return [
    `let ends = datatable(DeviceId: string, End: datetime) [${ends.join(', ')}];`,
    'DeviceInfo',
    '| where Timestamp > ago(30d)',
    ...(alsoOthers ? [] : [`| where ${named}`]),
    '| where isnotempty(OSPlatform)',
    '| lookup kind=leftouter ends on DeviceId',
    '| extend BeforeEnd = Timestamp < End',
    '| extend RestrictedDeviceSecurityOperations = column_ifexists("RestrictedDeviceSecurityOperations", "")',
    '| summarize arg_max(Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations) by DeviceId, BeforeEnd',
    ...(alsoOthers ? [`| where ${conditions.join(' or ')}`] : []),
    '| project DeviceId, Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations',
  ].join('\n')
}
