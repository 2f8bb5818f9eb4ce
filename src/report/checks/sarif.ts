import type { Location, Log, Message, ReportingDescriptor, Result, ToolComponent } from 'sarif'
import { serializeDocument } from '../documents/serialize-document.ts'
import { escapeTerminal } from '../terminal/escape-terminal.ts'
import { compareText } from '../words/words.ts'
import type { Check, CheckPlace, CheckReport } from './check.ts'

/** Where the schema of SARIF 2.1.0 is published (docs.oasis-open.org/sarif/sarif/v2.1.0). */
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/**
 * Makes a text a message. In SARIF `[…](…)` is a link and `{0}` stands for an argument (SARIF 3.11.5, 3.11.6); names
 * from the tenant must be neither.
 */
function messageOf(text: string): Message & { readonly text: string } {
  const plain = escapeTerminal(text).replaceAll('{', '(').replaceAll('}', ')').replaceAll('](', '] (')
  return { text: plain === '' ? '-' : plain }
}

/** A path as a URI reference: each part encoded, so that nothing in a file's name becomes a scheme or a query. */
function uriOf(file: string): string {
  const wellFormed = file.replaceAll('\\', '/').toWellFormed()
  return wellFormed.split('/').map(encodeURIComponent).join('/')
}

/**
 * Where a finding stands. GitHub refuses a whole upload over one result without a file, so that what has no place of its
 * own is told where the declaration begins.
 */
function locationsOf({ place, address, subject }: Check, declaration: CheckPlace): Location[] {
  const { file, line, column } = place === null || place.file === '' ? declaration : place
  const physicalLocation = {
    artifactLocation: { uri: uriOf(file) },
    region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
  }
  if (address === null) return [{ physicalLocation }]
  const name = escapeTerminal(subject)
  const resource = { name, fullyQualifiedName: escapeTerminal(address), kind: 'resource' }
  return [{ physicalLocation, logicalLocations: [resource] }]
}

function resultOf(check: Check, ruleIndex: number, declaration: CheckPlace): Result {
  const { rule, level, message, subject, id } = check
  return {
    ruleId: escapeTerminal(rule),
    ruleIndex,
    level,
    message: messageOf(`${subject}: ${message}`),
    locations: locationsOf(check, declaration),
    ...(id === null ? {} : { partialFingerprints: { 'holdfast/v1': id } }),
  }
}

function ruleOf({ rule, title, help, level }: Check): ReportingDescriptor {
  return {
    id: escapeTerminal(rule),
    shortDescription: messageOf(title),
    ...(help === '' ? {} : { help: messageOf(help) }),
    defaultConfiguration: { level },
  }
}

/** Writes checks as SARIF 2.1.0: what failed, is an error or worth a look; what passed or says nothing is left out. */
export function renderSarif(report: CheckReport): string {
  const { command, toolVersion, declaration, folder, conclusive, checks } = report
  const told = checks.filter(({ state }) => state !== 'passed' && state !== 'skipped')
  const rules = [...new Map(told.map(check => [check.rule, check])).values()].sort((a, b) =>
    compareText(a.rule, b.rule),
  )
  const indexes = new Map(rules.map(({ rule }, index) => [rule, index]))
  const driver: ToolComponent = {
    name: 'Holdfast',
    ...(toolVersion === undefined ? {} : { version: toolVersion }),
    rules: rules.map(ruleOf),
  }
  const log: Log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        // GitHub keeps one analysis for each of these, so that configurations do not replace each other's.
        automationDetails: { id: `holdfast/${command}/${folder === undefined ? '' : `${uriOf(folder)}/`}` },
        invocations: [{ executionSuccessful: conclusive }],
        columnKind: 'utf16CodeUnits',
        results: told.map(check => resultOf(check, indexes.get(check.rule) as number, declaration)),
      },
    ],
  }
  return serializeDocument(log)
}
