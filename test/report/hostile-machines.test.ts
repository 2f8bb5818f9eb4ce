import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AdHocResult } from '../../src/apply/ad-hoc.ts'
import { actionDocument } from '../../src/report/documents/action-document.ts'
import type { DoctorDocument } from '../../src/report/documents/doctor-document.ts'
import { renderActionDetails } from '../../src/report/terminal/render-action-details.ts'
import { renderActions } from '../../src/report/terminal/render-actions.ts'
import { renderAdHoc } from '../../src/report/terminal/render-ad-hoc.ts'
import { renderDoctor } from '../../src/report/terminal/render-doctor.ts'
import { renderMachineDetails } from '../../src/report/terminal/render-machine-details.ts'
import { renderMachines } from '../../src/report/terminal/render-machines.ts'
import type { Style } from '../../src/report/terminal/style.ts'
import { hostileText } from '../support/arbitrary-plan.ts'
import { action, actionId, machineId } from '../support/build-core.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { machinesDocument, machineWith } from './sample-machines.ts'

const RUNS = seededRuns('hostile machines', 40)

const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u
const COMMAND = /^\s*::|##\[|##vso\[|##teamcity\[/im
const HEAD = {
  formatVersion: '1.0',
  target: { endpoint: 'x', tenantId: null },
  readAt: 't',
  since: 's',
  complete: true,
} as const

/** Every renderer of this family, with one text in each place that the service, a user or a file fills. */
const RENDERERS: Readonly<Record<string, (text: string, style: Style) => string>> = {
  renderMachines: (text, style) => renderMachines(machinesDocument([evilMachine(text)]), style),
  renderMachineDetails: (text, style) => {
    const shown = { ...evilMachine(text), actions: [evilAction(text)], olderActions: 0 }
    return renderMachineDetails({ ...machinesDocument([]), machines: [shown] }, style)
  },
  renderActions: (text, style) =>
    renderActions({ ...HEAD, actions: [evilAction(text)], summary: { actions: 1, leftOut: 1 } }, style),
  renderActionDetails: (text, style) =>
    renderActionDetails({ ...HEAD, actions: [evilAction(text)], summary: { actions: 1, leftOut: 0 } }, style),
  renderAdHoc: (text, style) => renderAdHoc('Cancel', evilResult(text), style),
  renderDoctor: (text, style) => renderDoctor(evilDoctor(text), style),
}

function evilMachine(text: string): ReturnType<typeof machineWith> {
  return machineWith(
    { computerDnsName: text, osPlatform: text, healthStatus: text, machineTags: [text], rbacGroupName: text },
    { requestor: text, scope: text },
    { type: 'LiveResponse', status: text, requestor: text },
    { type: 'RunAntiVirusScan', scope: text },
  )
}

function evilAction(text: string): ReturnType<typeof actionDocument> {
  const command = {
    index: 0,
    commandStatus: text,
    errors: [text],
    type: text,
    params: [{ key: text, value: text }],
  }
  const over = {
    type: text,
    status: text,
    scope: text,
    requestor: text,
    requestorComment: text,
    requestSource: text,
  }
  const more = { cancellationRequestor: text, cancellationComment: text, commands: [command] }
  const file = { relatedFileInfo: { fileIdentifier: text, fileIdentifierType: text } }
  return actionDocument(action({ ...over, ...more, ...file }), text, undefined)
}

function evilResult(text: string): AdHocResult {
  const ids = { machineId: machineId(1), dnsName: text, actionId: actionId(1) }
  return {
    formatVersion: '1.0',
    target: { endpoint: text, tenantId: text },
    startedAt: text,
    finishedAt: text,
    exit: { code: 5, name: 'partial' },
    outcomes: [{ ...ids, type: text, outcome: 'failed', status: text, code: text, detail: text }],
    summary: { failed: 1 },
  }
}

function evilDoctor(text: string): DoctorDocument {
  const needed = { permission: text, facets: [], has: false }
  return {
    formatVersion: '1.0',
    toolVersion: text,
    healthy: false,
    target: null,
    cloud: text,
    token: null,
    checks: [{ name: text, status: 'error', message: text, wayOut: text }],
    policies: [{ policy: text, file: text, line: 1, plan: { anyOf: [text], has: null }, apply: [needed] }],
    missing: [],
    commands: [{ command: text, permission: text, has: null }],
    probes: [{ method: text, permission: text, status: 'unclear', message: text }],
  }
}

test.each(Object.keys(RENDERERS))('%s writes nothing that a terminal or a CI log acts on', name => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 200 }), (text, width) => {
      const written = RENDERERS[name]?.(text, { color: false, width }) ?? ''
      expect(written).not.toMatch(UNSAFE)
      expect(written).not.toMatch(COMMAND)
      expect(written.endsWith('\n')).toBe(true)
    }),
    RUNS,
  )
})
