import { isLoopback } from '../schema/endpoint.ts'
import type { CallLog } from './caller.ts'
import { DefenderError } from './defender-error.ts'
import type { ReadContext, ReadJson } from './json-reader.ts'
import { READ_LIMITS } from './limits.ts'
import { followedLink, stuck } from './page-chain.ts'
import { type LibraryFile, readLibraryFile } from './wire-library.ts'
import { readList } from './wire-list.ts'

const LIBRARY = 'libraryfiles'

/** Reads of what actions bring back, and of the live response library; each rejects with a DefenderError. */
export interface ResultReads {
  /**
   * A short-lived link to the package that a CollectInvestigationPackage brought, null while there is none. The path
   * takes 2 calls a minute and 120 an hour.
   */
  packageLink(actionId: string, signal?: AbortSignal): Promise<string | null>
  /** A link, good for 30 minutes, to what one command of a live response brought; null while there is none. */
  liveResponseLink(actionId: string, commandIndex: number, signal?: AbortSignal): Promise<string | null>
  listLibraryFiles(signal?: AbortSignal): Promise<readonly LibraryFile[]>
}

/** Makes the reads of results. */
export function createResultReads(endpoint: string, readJson: ReadJson, log: CallLog): ResultReads {
  const readLink = async (url: string, context: ReadContext): Promise<string | null> => {
    try {
      return readLinkValue(await readJson(url, context))
    } catch (error) {
      // Asked once only: a 404 is what the service says until the action is complete.
      if (error instanceof DefenderError && error.code === 'not-found') return null
      throw error
    }
  }
  const pathOf = (actionId: string): string =>
    `${endpoint}/api/machineactions/${encodeURIComponent(actionId)}`
  return {
    packageLink: (actionId, signal) => readLink(`${pathOf(actionId)}/getPackageUri`, { log, signal }),
    liveResponseLink: (actionId, index, signal) =>
      readLink(`${pathOf(actionId)}/GetLiveResponseResultDownloadLink(index=${index})`, { log, signal }),
    listLibraryFiles: signal => readLibrary(`${endpoint}/api/libraryfiles`, readJson, { log, signal }),
  }
}

/** Reads the library to its end: no page says that it has several, and a file on the next one would look absent. */
async function readLibrary(
  start: string,
  readJson: ReadJson,
  context: ReadContext,
): Promise<readonly LibraryFile[]> {
  const files: LibraryFile[] = []
  const followed = new Set<string>()
  for (let url = start; ; ) {
    if (followed.has(url) || followed.size === READ_LIMITS.pages) throw stuck(LIBRARY)
    followed.add(url)
    const { rows, nextLink } = readList(await readJson(url, context), readLibraryFile)
    for (const file of rows) files.push(file)
    if (nextLink === undefined) return files
    url = followedLink(nextLink, url, LIBRARY)
  }
}

/** Reads `{"value":"<url>"}`; the value may stand in quotes of its own (docs/service.md#quoted-link). Never shows it. */
function readLinkValue(answer: unknown): string {
  const value = typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined
  const text = typeof value === 'string' ? value.replace(/^"|"$/g, '') : ''
  const url = URL.parse(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!isSafe) throw new DefenderError('malformed-answer', 'The answer holds no https link.')
  return text
}
