import { readFile } from 'node:fs/promises'
import { DefenderError } from '../defender-error.ts'

/**
 * Reads the federated token of AZURE_FEDERATED_TOKEN_FILE, each time anew: what wrote it may have renewed it.
 *
 * @throws DefenderError `credential-incomplete` where it cannot be read or is empty.
 */
export async function readAssertion(path: string): Promise<string> {
  let text: string
  try {
    text = (await readFile(path, 'utf8')).trim()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new DefenderError('credential-incomplete', `AZURE_FEDERATED_TOKEN_FILE cannot be read (${code}).`)
  }
  if (text === '') throw new DefenderError('credential-incomplete', 'AZURE_FEDERATED_TOKEN_FILE is empty.')
  return text
}
