import { parseScenario } from '../../emulator/scenario.ts'
import type { Scenario } from '../../emulator/scenario-types.ts'
import { fail } from '../fail.ts'
import { displayPath, readText } from './read-text.ts'

/**
 * Reads a scenario file.
 *
 * @throws Failure `file-not-read`, and `scenario-invalid` with all that was found.
 */
export async function readScenario(file: string, cwd: string): Promise<Scenario> {
  const source = await readText(displayPath(file, cwd), cwd)
  const { scenario, diagnostics } = parseScenario(source)
  if (scenario === undefined) {
    throw fail('scenario-invalid', `The scenario ${source.path} has errors; nothing was emulated.`, {
      diagnostics,
    })
  }
  return scenario
}
