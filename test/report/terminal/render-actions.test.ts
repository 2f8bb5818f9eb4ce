import { expect, test } from 'vitest'
import { type ActionsDocument, actionDocument } from '../../../src/report/documents/action-document.ts'
import { renderActionDetails } from '../../../src/report/terminal/render-action-details.ts'
import { renderActions } from '../../../src/report/terminal/render-actions.ts'
import { action, actionId, machineId, ownComment } from '../../support/build-core.ts'

const STYLE = { color: false, width: 400 }

function documentOf(
  actions: ActionsDocument['actions'],
  over: Partial<ActionsDocument> = {},
): ActionsDocument {
  return {
    formatVersion: '1.0',
    complete: true,
    target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
    readAt: '2026-11-22T18:00:00Z',
    since: '2026-11-15T18:00:00Z',
    actions,
    summary: { actions: actions.length, leftOut: 0 },
    ...over,
  }
}

test('a list is a table, and says how far back it goes and what it leaves out', () => {
  const rows = [
    actionDocument(action({ requestorComment: ownComment() }), 'a.contoso.com', undefined),
    actionDocument(action({ id: actionId(2), type: 'Unisolate', status: 'Dispatched' }), null, undefined),
  ]
  const text = renderActions(documentOf(rows, { summary: { actions: 2, leftOut: 5 } }), STYLE)
  expect(text.split('\n').map(line => line.replace(/ {2,}/g, '|'))).toStrictEqual([
    'CREATED|ACTION|STATUS|MACHINE|BY|ID',
    `2026-11-22 16:00Z|Isolate (full)|Succeeded|a.contoso.com|Holdfast, policy contain|${actionId(1)}`,
    `2026-11-22 16:00Z|Unisolate|Dispatched|${machineId(1)}|application Other App|${actionId(2)}`,
    '',
    '2 actions created since 2026-11-15 18:00Z; 5 older ones match too, --limit shows more (read 2026-11-22T18:00:00Z).',
    '',
  ])
})

test('an empty list is one line', () => {
  expect(renderActions(documentOf([], { since: null }), STYLE)).toBe(
    '0 actions (read 2026-11-22T18:00:00Z).\n',
  )
})

test('the details have everything that is there, escaped, and nothing that is not', () => {
  const full = action({
    type: 'LiveResponse',
    status: 'Cancelled',
    scope: null,
    errorHResult: -2147467260,
    requestorComment: 'look\u001b[2J',
    cancellationRequestor: null,
    cancellationComment: 'enough',
    relatedFileInfo: { fileIdentifier: 'aa', fileIdentifierType: 'Sha1' },
    commands: [
      {
        index: 0,
        commandStatus: 'Failed',
        errors: ['no such file'],
        type: 'GetFile',
        params: [{ key: 'Path', value: 'C:\\x' }],
      },
    ],
  })
  const text = renderActionDetails(documentOf([actionDocument(full, 'a.contoso.com', undefined)]), STYLE)
  expect(text.split('\n').map(line => line.replace(/ {2,}/g, '|'))).toStrictEqual([
    'LiveResponse of a.contoso.com',
    `|id|${actionId(1)}`,
    '|status|Cancelled, 0x80004004',
    `|machine|${machineId(1)}`,
    '|by|application Other App, through PublicApi',
    '|comment|look\\u{1b}[2J',
    '|created|2026-11-22T16:00:00Z',
    '|updated|2026-11-22T16:01:00Z',
    '|cancelled by|an unknown requestor',
    '|cancel comment|enough',
    '|file|Sha1 aa',
    '|command 0|GetFile Path=C:\\x, Failed, no such file',
    '',
  ])
})

test('of an own action the requestor is told too; who cancelled is named', () => {
  const own = action({ requestorComment: ownComment(), requestSource: null, cancellationRequestor: 'bob' })
  const text = renderActionDetails(documentOf([actionDocument(own, null, undefined)]), STYLE)
  expect(text).toMatch(/ by +Holdfast, policy contain\n/)
  expect(text).toMatch(/requestor +Other App\n/)
  expect(text).toMatch(/cancelled by +bob\n/)
})

test('an action that nobody cancelled says nothing of a cancel', () => {
  const text = renderActionDetails(documentOf([actionDocument(action(), null, undefined)]), STYLE)
  expect(text).not.toContain('cancel')
})
