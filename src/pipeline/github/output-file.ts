import { randomUUID } from 'node:crypto'
import type { PipelineOutputs } from '../outputs-of.ts'

/**
 * Writes outputs as the file of GITHUB_OUTPUT takes them, each between delimiters that nobody can foresee, so that no
 * value can end itself and begin another output.
 *
 * @param unique - Gives another text at every call; a UUID where absent.
 */
export function outputLines(outputs: PipelineOutputs, unique: () => string = randomUUID): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const text = String(value)
      let delimiter = `holdfast_${unique()}`
      while (text.includes(delimiter)) delimiter = `holdfast_${unique()}`
      return `${name}<<${delimiter}\n${text}\n${delimiter}\n`
    })
    .join('')
}
