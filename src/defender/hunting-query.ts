/** Which devices are asked about. */
export interface ReportNeed {
  readonly machineIds: readonly string[]
  /** Whether every other device that reports to be isolated is wanted too: all of the tenant was read. */
  readonly alsoIsolated: boolean
}

/** Ids in one query: some 90 kB of text, and far fewer rows than an answer may hold (docs/service.md#hunting-limits). */
const BATCH = 2_000

/** Writes as few queries as it can, since their quota is the tenant's. None where there is nothing to ask. */
export function huntingQueries({ machineIds, alsoIsolated }: ReportNeed): readonly string[] {
  const ids = [...new Set(machineIds)].filter(isPlainId)
  const cuts: (readonly string[])[] = []
  for (let start = 0; start < ids.length; start += BATCH) cuts.push(ids.slice(start, start + BATCH))
  const [first = [], ...others] = cuts
  const asks = first.length > 0 || alsoIsolated
  return [...(asks ? [queryOf(first, alsoIsolated)] : []), ...others.map(cut => queryOf(cut, false))]
}

/** Only what looks like an id of the service becomes part of a query. */
function isPlainId(id: string): boolean {
  return /^[0-9a-f]{1,64}$/.test(id)
}

/**
 * The latest whole row of each device: thin ones have no platform, and would say that nothing mitigates it
 * (docs/service.md#device-info). A column that is not in every tenant is named so that it may be missing.
 */
function queryOf(ids: readonly string[], alsoIsolated: boolean): string {
  const named = `DeviceId in (${ids.map(id => `"${id}"`).join(', ')})`
  const isolated = 'MitigationStatus has "Isolated"'
  const conditions = [...(ids.length === 0 ? [] : [named]), ...(alsoIsolated ? [isolated] : [])]
  return [
    'DeviceInfo',
    '| where Timestamp > ago(30d)',
    ...(alsoIsolated ? [] : [`| where ${named}`]),
    '| where isnotempty(OSPlatform)',
    '| extend RestrictedDeviceSecurityOperations = column_ifexists("RestrictedDeviceSecurityOperations", "")',
    '| summarize arg_max(Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations) by DeviceId',
    ...(alsoIsolated ? [`| where ${conditions.join(' or ')}`] : []),
    '| project DeviceId, Timestamp, MitigationStatus, RestrictedDeviceSecurityOperations',
  ].join('\n')
}
