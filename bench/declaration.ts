import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { INCIDENT_TAG } from './dataset.ts'

const CONFIGURATION = `version: 1
policies: [policies]
guards:
  maxMachines: 100
  maxShare: 10%
protected:
  - match: { tag: domain-controller }
    allow: [scanned]
`

function policies(scanned: string): Readonly<Record<string, string>> {
  return {
    'scan-everything': `version: 1
policy: scan-everything
reason: benchmark
machines: [{ all: true }]
state:
  scanned: ${scanned}
`,
    contain: `version: 1
policy: contain
reason: benchmark
machines: [{ tag: ${INCIDENT_TAG} }]
state:
  restricted: true
`,
  }
}

/** Writes a declaration of every machine: with what holds already, or with a scan that every one of them lacks. */
export function writeDeclaration(folder: string, wanted: 'converged' | 'a scan of each'): string {
  mkdirSync(join(folder, 'policies'), { recursive: true })
  writeFileSync(join(folder, 'holdfast.yaml'), CONFIGURATION)
  const now = new Date().toISOString()
  const scanned = wanted === 'converged' ? '{ within: 120d }' : `{ scan: full, since: ${now} }`
  for (const [name, text] of Object.entries(policies(scanned))) {
    writeFileSync(join(folder, 'policies', `${name}.yaml`), text)
  }
  return folder
}
