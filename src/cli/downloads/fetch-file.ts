import { basename } from 'node:path'
import { createDownloader } from '../../defender/download.ts'
import { fetchLink } from '../../defender/fetch-link.ts'
import { formatBytes } from '../../report/terminal/download-progress.ts'
import { escapeTerminal } from '../../report/terminal/escape-terminal.ts'
import type { CommandContext } from '../command.ts'
import type { Session } from '../service/inventory.ts'
import { openDownloadView } from './download-view.ts'
import { type SavedFile, type SaveTarget, saveDownload } from './save-download.ts'

/** A file that was fetched. */
export interface FetchedFile extends SavedFile {
  /** How often the connection broke. */
  readonly breaks: number
}

/**
 * Fetches what a link leads to into a file, shows on stderr how it goes, and tells of every break.
 *
 * @param link - Asks for a link; once more where one has expired.
 * @throws Failure where the file cannot be written, DefenderError where the bytes cannot be had.
 */
export async function fetchFile(
  link: () => Promise<string>,
  target: SaveTarget,
  context: CommandContext,
  { service }: Session,
): Promise<FetchedFile> {
  const { io, signal } = context
  const downloader = createDownloader({ env: io.env })
  const view = await openDownloadView(basename(target.path), context)
  let breaks = 0
  try {
    const pieces = fetchLink({
      downloader,
      link,
      clock: service.clock,
      signal,
      onBreak: ({ error, received, waitMs }) => {
        breaks += 1
        const wait = `trying again in ${Math.ceil(waitMs / 1000)} s`
        view.tell(`${escapeTerminal(error.message)} ${formatBytes(received)} are here; ${wait}.`)
      },
    })
    const saved = await saveDownload(pieces, target, view.show)
    return { ...saved, breaks }
  } finally {
    view.end()
    await downloader.close()
  }
}
