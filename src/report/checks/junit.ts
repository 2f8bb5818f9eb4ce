import { escapeTerminal } from '../terminal/escape-terminal.ts'
import type { Check, CheckReport, CheckState } from './check.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/**
 * Makes a text stand in an attribute or an element. XML 1.0 holds no control characters, lone surrogates or U+FFFE and
 * U+FFFF, not even as references: those, and what cannot be seen, are written out as on a terminal.
 */
export function escapeXml(text: string): string {
  return escapeTerminal(text)
    .replace(/[\ufffe\uffff]/g, character => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, character => ENTITIES[character] as string)
}

/** The element that stands in a test case for how it ended. */
function endElement({ state, rule, message, help }: Check): string {
  const attributes = `message="${escapeXml(message)}" type="${escapeXml(rule)}"`
  const body = help === '' ? '' : escapeXml(help)
  switch (state) {
    case 'failed':
      return `      <failure ${attributes}>${body}</failure>\n`
    case 'errored':
      return `      <error ${attributes}>${body}</error>\n`
    case 'skipped':
      return `      <skipped message="${escapeXml(message)}"/>\n`
    default:
      return `      <system-out>${escapeXml(message)}</system-out>\n`
  }
}

function testCase(check: Check, command: string): string {
  const [kind = '', word = ''] = check.rule.split('/')
  const place = check.place === null ? '' : ` (${check.place.file}:${check.place.line})`
  const name = `${check.subject}${place}`
  return `    <testcase classname="${escapeXml(`holdfast.${command}.${kind}.${word}`)}" name="${escapeXml(name)}" time="0">\n${endElement(check)}    </testcase>\n`
}

/** The time as the usual schema wants it, without fraction and zone; it is UTC. */
function timestamp(at: string): string {
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(at)
  return match === null ? '' : ` timestamp="${match[0]}"`
}

/** Writes checks as JUnit XML, one suite: what failed is a failure, what allows no conclusion an error. */
export function renderJunit({ command, at, folder, checks }: CheckReport): string {
  const count = (state: CheckState): number => checks.filter(check => check.state === state).length
  const counts = `tests="${checks.length}" failures="${count('failed')}" errors="${count('errored')}" skipped="${count('skipped')}"`
  const name = escapeXml(`holdfast ${command}${folder === undefined ? '' : ` (${folder})`}`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="${name}" ${counts} time="0">\n`,
    `  <testsuite name="${name}" ${counts} time="0"${timestamp(at)}>\n`,
    ...checks.map(check => testCase(check, command)),
    '  </testsuite>\n</testsuites>\n',
  ].join('')
}
