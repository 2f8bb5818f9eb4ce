import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Prints the mutation score of each room from Stryker's last report, as the table of docs/mutation.md, and ends with 1
 * where one is too low: Stryker's own threshold is of both rooms together. What was not run is in no number. Run by
 * `npm run mutation`.
 */

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>
}

/** Per cent of the valid mutants of a room that some test has to notice. */
const LEAST = 90

const ROOMS = ['src/posture', 'src/plan', 'src/analysis'] as const

const report = JSON.parse(
  readFileSync(join(import.meta.dirname, '../reports/mutation/mutation.json'), 'utf8'),
) as Report

function countOf(statuses: readonly string[], ...wanted: readonly string[]): number {
  return statuses.filter(status => wanted.includes(status)).length
}

console.log('| room | mutants | killed | timed out | survived | in no test | score |')
console.log('|---|---|---|---|---|---|---|')
for (const room of ROOMS) {
  const statuses = Object.entries(report.files)
    .filter(([path]) => path.startsWith(`${room}/`))
    .flatMap(([, { mutants }]) => mutants.map(({ status }) => status))
  const [killed, timedOut, survived, uncovered] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map(
    status => countOf(statuses, status),
  ) as [number, number, number, number]
  const valid = killed + timedOut + survived + uncovered
  const score = (100 * (killed + timedOut)) / valid
  console.log(
    `| \`${room}\` | ${valid} | ${killed} | ${timedOut} | ${survived} | ${uncovered} | ${score.toFixed(2)} % |`,
  )
  // No mutant at all is no score.
  if (!(score >= LEAST)) process.exitCode = 1
}
