import { createHash } from 'node:crypto'
import { formatMarker } from '../../posture/marker.ts'
import type { ScenarioAction } from '../scenario-types.ts'

const ANALYST = 'maria.lopez@contoso.com'
const NIGHT_SHIFT = 'j.okafor@contoso.com'
const PLAYBOOK = 'Contoso SOAR (contoso.onmicrosoft.com)'

function digits(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 8)
}

/** An action of our own, as an apply of one policy leaves it. */
function own(
  policy: string,
  machineId: string,
  reason: string,
  action: Partial<ScenarioAction>,
): ScenarioAction {
  const marker = formatMarker({
    policy,
    plan: digits(`${policy} plan`),
    change: digits(`${policy} ${machineId} ${action.type}`),
  })
  return {
    type: 'Isolate',
    machineId,
    requestor: 'Holdfast',
    requestSource: 'PublicApi',
    requestorComment: `${reason} ${marker}`,
    ...(action.type === undefined || action.type === 'Isolate' ? { scope: 'Full' } : {}),
    ...action,
  }
}

function analyst(
  machineId: string,
  requestor: string,
  comment: string,
  action: Partial<ScenarioAction>,
): ScenarioAction {
  return {
    type: 'Isolate',
    machineId,
    requestor,
    requestSource: 'Portal',
    requestorComment: comment,
    ...action,
  }
}

function playbook(machineId: string, comment: string, action: Partial<ScenarioAction>): ScenarioAction {
  return {
    type: 'RunAntiVirusScan',
    machineId,
    requestor: PLAYBOOK,
    requestSource: 'PublicApi',
    requestorComment: comment,
    ...action,
  }
}

const INCIDENT = 'INC-4211 ransomware on finance workstations'

/** The incident of the example policy: contained two days ago, in part undone since. */
const CONTAINMENT: readonly ScenarioAction[] = [
  own('contain-finance', 'fin-ws-003.contoso.com', INCIDENT, { creationDateTimeUtc: '-2d3h12m4.118s' }),
  own('contain-finance', 'fin-ws-003.contoso.com', INCIDENT, {
    type: 'RunAntiVirusScan',
    scope: 'Full',
    creationDateTimeUtc: '-2d3h12m2.903s',
  }),
  own('contain-finance', 'fin-ws-003.contoso.com', INCIDENT, {
    type: 'CollectInvestigationPackage',
    creationDateTimeUtc: '-2d3h12m2.411s',
  }),
  own('contain-finance', 'fin-ws-007.contoso.com', INCIDENT, { creationDateTimeUtc: '-2d3h12m1.640s' }),
  analyst('fin-ws-007.contoso.com', ANALYST, 'Month-end close, user cleared by phone', {
    type: 'Unisolate',
    creationDateTimeUtc: '-5h20m11.507s',
  }),
  own('contain-finance', '9c8f1d2e3b4a59687766554433221100ffeeddcc', INCIDENT, {
    creationDateTimeUtc: '-2d3h11m58.222s',
  }),
  own('contain-finance', 'fin-ws-011.contoso.com', INCIDENT, {
    creationDateTimeUtc: '-26h40m9.031s',
    status: 'Failed',
  }),
  own('contain-finance', 'lap-sales-03.contoso.com', INCIDENT, {
    creationDateTimeUtc: '-31h2m44.870s',
    status: 'Pending',
  }),
  playbook('fin-ws-003.contoso.com', 'Collect triage for INC-4211', {
    type: 'LiveResponse',
    creationDateTimeUtc: '-2d1h30m7.204s',
    commands: [
      {
        type: 'RunScript',
        params: [
          { key: 'ScriptName', value: 'triage.ps1' },
          { key: 'Args', value: '-Deep' },
        ],
      },
      { type: 'GetFile', params: [{ key: 'Path', value: 'C:\\temp\\triage.zip' }] },
    ],
  }),
]

/** What others did, and what came of older policies. */
const ELSEWHERE: readonly ScenarioAction[] = [
  analyst(
    'ward-pc-104.clinic.contoso.com',
    NIGHT_SHIFT,
    'Beaconing to 203.0.113.80, isolating until morning',
    {
      scope: 'Selective',
      creationDateTimeUtc: '-22h15m36.771s',
    },
  ),
  own('contain-ward-3', 'ward-pc-109.clinic.contoso.com', 'INC-4090 worm on ward 3', {
    creationDateTimeUtc: '-5d6h1m19.350s',
  }),
  playbook('ward-pc-102.clinic.contoso.com', 'Restrict after alert da637', {
    type: 'RestrictCodeExecution',
    creationDateTimeUtc: '-10d2h44m3.016s',
  }),
  analyst('ward-pc-102.clinic.contoso.com', ANALYST, 'Alert closed as benign', {
    type: 'UnrestrictCodeExecution',
    creationDateTimeUtc: '-9d1h5m50.662s',
  }),
  own('restrict-sales', 'lap-sales-07.contoso.com', 'INC-4180 unknown loader', {
    type: 'RestrictCodeExecution',
    status: 'TimeOut',
    creationDateTimeUtc: '-12d4h30m0.455s',
  }),
  analyst('fin-ws-002.contoso.com', ANALYST, 'Full scan on request of the user', {
    type: 'RunAntiVirusScan',
    scope: 'Full',
    status: 'Cancelled',
    cancellationRequestor: NIGHT_SHIFT,
    cancellationComment: 'Machine is needed for payroll tonight',
    creationDateTimeUtc: '-6d3h8m27.919s',
  }),
  analyst('mac-design-01.contoso.com', NIGHT_SHIFT, 'Suspicious installer', {
    scope: 'Full',
    creationDateTimeUtc: '-60d5h2m8.101s',
  }),
  analyst('mac-design-01.contoso.com', ANALYST, 'Clean, releasing', {
    type: 'Unisolate',
    creationDateTimeUtc: '-59d20h41m17.380s',
  }),
  playbook('srv-file-01.contoso.com', 'Quarantine dropper of INC-3977', {
    type: 'StopAndQuarantineFile',
    relatedFileInfo: {
      fileIdentifier: '87662bc3d60e4200ceaf7aae249d1c343f4b83c9',
      fileIdentifierType: 'Sha1',
    },
    creationDateTimeUtc: '-40d9h13m22.547s',
  }),
  analyst('lnx-web-01.contoso.com', NIGHT_SHIFT, 'Webshell check', {
    type: 'CollectInvestigationPackage',
    creationDateTimeUtc: '-20d2h27m31.864s',
  }),
]

/** Machines that a playbook scans every week. */
const SCANNED = [
  ...Array.from({ length: 10 }, (_, index) => `ward-pc-${101 + index}.clinic.contoso.com`),
  ...['srv-file-01', 'srv-sql-01', 'srv-sql-02', 'srv-app-03', 'dc-01', 'dc-02'].map(
    name => `${name}.contoso.com`,
  ),
]

const WEEKS = [3, 10, 17, 24]

const WEEKLY_SCANS: readonly ScenarioAction[] = WEEKS.flatMap(days =>
  SCANNED.map((machineId, index) =>
    playbook(machineId, 'Weekly quick scan', {
      scope: 'Quick',
      creationDateTimeUtc: `-${days}d4h${index}m${(index * 7) % 60}.${100 + index * 13}s`,
    }),
  ),
)

/** The history of the fleet: our own work, analysts, a playbook, and what went wrong. */
export const HISTORY: readonly ScenarioAction[] = [...CONTAINMENT, ...ELSEWHERE, ...WEEKLY_SCANS]
