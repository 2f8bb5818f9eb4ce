import { checkShape } from '../schema/check-shape.ts'
import type { Diagnostic, SourceFile } from '../schema/diagnostic.ts'
import { diagnoseAll, type Finding, indexText } from '../schema/indexed-text.ts'
import { readYaml } from '../schema/read-yaml.ts'
import type { Member } from '../schema/text-tree.ts'
import { checkRules, checkTimes } from './check-scenario.ts'
import { validateScenario } from './generated/scenario.ts'
import type { Scenario } from './scenario-types.ts'

/** Reads `null` and `~` as nothing: scenarios state the service's own values, and those can be null. */
export function withNulls(member: Member): Member {
  const { node } = member
  if (node.kind === 'text') {
    const isNull = node.text === 'null' || node.text === '~'
    return isNull ? { ...member, node: { ...node, kind: 'nothing', text: '' } } : member
  }
  const members = new Map([...node.members].map(([key, child]) => [key, withNulls(child)]))
  return { ...member, node: { ...node, members } }
}

function read(root: Member, findings: Finding[]): Scenario | undefined {
  const shape = checkShape(root, validateScenario)
  findings.push(...shape.findings, ...checkTimes(root))
  if (shape.value === undefined) return undefined
  findings.push(...checkRules(root))
  const { version: _version, ...scenario } = shape.value
  return scenario
}

/**
 * Reads a scenario file, a YAML document described by `schemas/scenario.schema.json`.
 *
 * Takes any text and never throws.
 *
 * @returns The scenario, or undefined where an error was found; and everything there is to say, with places.
 */
export function parseScenario(source: SourceFile): {
  readonly scenario: Scenario | undefined
  readonly diagnostics: readonly Diagnostic[]
} {
  const text = indexText(source)
  const { documents, findings: faults } = readYaml(text)
  const findings: Finding[] = [...faults]
  const [first, second] = documents
  if (first === undefined && faults.length === 0) {
    const message = 'expected a scenario, found none: write at least `version: 1`'
    findings.push({ code: 'no-document', message, span: { start: 0, end: 1 } })
  }
  if (second !== undefined) {
    const message = 'expected one document, found another one here: remove it'
    findings.push({ code: 'several-documents', message, span: second.name })
  }
  const scenario = first === undefined ? undefined : read(withNulls(first), findings)
  const isSound = findings.every(({ severity }) => severity === 'warning' || severity === 'info')
  return { scenario: isSound ? scenario : undefined, diagnostics: diagnoseAll(text, findings) }
}
