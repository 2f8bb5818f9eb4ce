import type { Plan, PlanMachine, PolicyReference } from '../../plan/document/document.ts'
import type { Diagnostic } from '../../schema/diagnostic.ts'
import { shownTime } from '../words/words.ts'
import { countLabels } from './charts.ts'
import type { Chart, Page, PageTable } from './page-model.ts'

/** The diagnostics as a table. */
export function diagnosticTable(diagnostics: readonly Diagnostic[]): PageTable {
  return {
    title: 'Diagnostics',
    columns: ['Severity', 'Code', 'Message', 'Place'],
    rows: diagnostics.map(({ severity, code, message, place }) => [
      severity,
      code,
      message,
      place === undefined ? '' : `${place.file}:${place.line}:${place.column}`,
    ]),
  }
}

/** Machines by platform, each counted once; those that did not resolve are left out. */
export function platformChart(items: readonly { readonly machine?: PlanMachine | null }[]): Chart {
  const platforms = new Map(
    items.flatMap(({ machine }) =>
      machine === null || machine === undefined
        ? []
        : [[machine.id, machine.osPlatform ?? 'unknown'] as const],
    ),
  )
  return countLabels('Machines by platform', [...platforms.values()])
}

/** Items by the policy that asks for them. */
export function policyChart(items: readonly { readonly policy: PolicyReference | null }[]): Chart {
  return countLabels(
    'Items by policy',
    items.map(({ policy }) => policy?.name ?? 'no policy'),
  )
}

/** What a plan was made from. */
export function planFacts(plan: Pick<Plan, 'observed' | 'target' | 'source' | 'toolVersion'>): Page['facts'] {
  const { observed, target, source } = plan
  return [
    ['Service', target.endpoint],
    ...(target.tenantId === null ? [] : [['Tenant', target.tenantId] as const]),
    ...(source.commit === null
      ? []
      : [['Commit', source.dirty === true ? `${source.commit}, with changes` : source.commit] as const]),
    ['Read', `${observed.machines} machines and ${observed.actions} actions, ${shownTime(observed.readAt)}`],
    ['History from', shownTime(observed.historyFrom)],
    ['Holdfast', plan.toolVersion],
  ]
}
