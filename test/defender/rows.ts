/** Rows as the service writes them. */
export type WireRow = Readonly<Record<string, unknown>> & { readonly id: string }

export function machineId(number: number): string {
  return number.toString(16).padStart(40, '0')
}

export function actionId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

export function wireMachine(number: number, fields: Readonly<Record<string, unknown>> = {}): WireRow {
  return {
    id: machineId(number),
    computerDnsName: `ws-${number}.contoso.com`,
    healthStatus: 'Active',
    onboardingStatus: 'Onboarded',
    mergedIntoMachineId: null,
    machineTags: [],
    ...fields,
  }
}

export function wireAction(number: number, fields: Readonly<Record<string, unknown>> = {}): WireRow {
  return {
    id: actionId(number),
    type: 'Isolate',
    status: 'Succeeded',
    machineId: machineId(number),
    creationDateTimeUtc: '2026-11-19T10:00:00Z',
    lastUpdateDateTimeUtc: '2026-11-19T10:00:01Z',
    ...fields,
  }
}
