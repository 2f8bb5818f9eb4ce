import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The first entries of the runs whose journals lie anywhere in a folder. */
export async function startedIn(folder: string): Promise<readonly unknown[]> {
  const names = await readdir(folder, { recursive: true })
  const journals = names.filter(name => name.endsWith('.jsonl'))
  const texts = await Promise.all(journals.map(name => readFile(join(folder, name), 'utf8')))
  return texts
    .flatMap(text => text.split('\n'))
    .filter(line => line !== '')
    .map((line): { readonly event?: unknown } => JSON.parse(line))
    .filter(({ event }) => event === 'run-started')
}
