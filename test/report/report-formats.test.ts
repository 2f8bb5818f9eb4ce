import { expect, test } from 'vitest'
import { serializeDocument } from '../../src/report/documents/serialize-document.ts'
import { loadReportFormat, REPORT_FORMAT_NAMES } from '../../src/report/report-formats.ts'
import { drift, drifted, plan } from './sample-plan.ts'
import { outcome, result } from './sample-result.ts'

const STYLE = { color: false, width: 80 }

test.each(REPORT_FORMAT_NAMES)('%s writes every document and ends it with a newline', async name => {
  const format = await loadReportFormat(name)
  expect(format.plan(plan(), STYLE)).toMatch(/[^\n]\n$/)
  expect(format.drift(drifted({ drift: [drift(1)] }), STYLE)).toMatch(/[^\n]\n$/)
  expect(format.result(result([outcome(1)]), plan(), STYLE)).toMatch(/[^\n]\n$/)
})

test('the formats are told apart', async () => {
  const formats = await Promise.all(REPORT_FORMAT_NAMES.map(loadReportFormat))
  const texts = formats.map(format => format.plan(plan(), STYLE))
  expect(new Set(texts).size).toBe(texts.length)
})

test('JSON of a plan is the plan, of drift the drift document, of a result the result', async () => {
  const json = await loadReportFormat('json')
  expect(JSON.parse(json.plan(plan(), STYLE))).toStrictEqual(plan())
  expect(JSON.parse(json.drift(drifted({ drift: [drift(1)] }), STYLE))).toMatchObject({
    summary: { orphaned: 1 },
  })
  expect(JSON.parse(json.result(result([outcome(1)]), null, STYLE))).toStrictEqual(result([outcome(1)]))
})

test('JSON is indented by two blanks and ends with a newline', () => {
  expect(serializeDocument({ b: 1, a: [] })).toBe('{\n  "b": 1,\n  "a": []\n}\n')
})

test('JSON writes what a terminal or a log acts on as escapes that read back the same', () => {
  const value = { text: 'a\u202e\u009b\u{e0041}##vso[x]' }
  const text = serializeDocument(value)
  expect(text).toBe('{\n  "text": "a\\u202e\\u009b\\udb40\\udc41\\u0023#vso[x]"\n}\n')
  expect(JSON.parse(text)).toStrictEqual(value)
})
