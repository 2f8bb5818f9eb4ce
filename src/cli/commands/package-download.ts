import { type PackageDocument, renderPackage } from '../../report/documents/package-document.ts'
import { formatInstant } from '../../schema/instant.ts'
import { AUTO_APPROVE_OPTION } from '../by-hand/agreement.ts'
import { TIMEOUT_OPTION } from '../by-hand/await-one.ts'
import { targetOf } from '../by-hand/conclude-ad-hoc.ts'
import type { Command, CommandContext } from '../command.ts'
import { displayPath } from '../declaration/read-text.ts'
import { fetchFile } from '../downloads/fetch-file.ts'
import { type FoundPackage, findPackage, notReady, readPackageRequest } from '../downloads/find-package.ts'
import { packageFileName } from '../downloads/own-file-name.ts'
import { requireFree } from '../downloads/save-download.ts'
import { placeFile, readFileOrFolder } from '../downloads/save-place.ts'
import { DOCUMENT_OPTIONS, emitDocument } from '../emit-document.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { CONFIGURATION_OPTIONS, SERVICE_OPTIONS } from '../options.ts'
import { type Session, withService } from '../service/inventory.ts'

/** A collection that ended just now may have no link yet: looks for one, and the wait between them in ms. */
const LOOKS = 4
const LOOK_EVERY_MS = 30_000

/** Asks for the link to a package; each look is one of two calls a minute. */
async function linkOf(
  { action, isFresh }: FoundPackage,
  { signal }: CommandContext,
  { service }: Session,
): Promise<string> {
  for (let look = 1; ; look += 1) {
    const link = await service.client.packageLink(action.id, signal)
    if (link !== null) return link
    if (!isFresh || look >= LOOKS || signal.aborted) throw notReady(action)
    await service.clock.sleep(LOOK_EVERY_MS, signal)
  }
}

async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context
  const request = readPackageRequest(context)
  const force = flags.has('force')
  const place = await readFileOrFolder(flags.text('out'), io.cwd)
  // A file that is in the way is found out before a device is asked for anything.
  if (place.kind === 'file')
    await requireFree({ path: place.path, shown: displayPath(place.path, io.cwd), force })
  return withService(context, async session => {
    const found = await findPackage(request, context, session)
    const { action, dnsName, submitted } = found
    const name = packageFileName(dnsName ?? action.machineId, action.id)
    const target = await placeFile(place, name, io.cwd, force)
    await requireFree(target)
    const file = await fetchFile(() => linkOf(found, context, session), target, context, session)
    const document: PackageDocument = {
      formatVersion: '1.0',
      exit: { code: EXIT_CODES.ok, name: 'ok' },
      target: await targetOf(session.service),
      machine: { id: action.machineId, dnsName },
      actionId: action.id,
      collectedAt: formatInstant(action.lastUpdateDateTimeUtc),
      submitted,
      file: target.shown,
      ...file,
    }
    await emitDocument(document, renderPackage, context)
    return EXIT_CODES.ok
  })
}

/** `holdfast package download`. */
export const packageDownload: Command = {
  description:
    'Downloads an investigation package: of a collection by its action id, or the latest of a machine. With --wait it waits for the collection; for a machine it takes the one in flight, or asks for a new one after asking you. A connection that breaks is taken up where it was. What is saved is told with its size and SHA-256, so that it can go into evidence.',
  arguments: '<action|machine>',
  options: [
    {
      name: 'out',
      kind: 'text',
      value: 'FILE|DIR',
      description: 'save it here; else in this folder as MACHINE-ACTION.zip',
    },
    { name: 'force', kind: 'switch', description: 'replace a file that is there already' },
    {
      name: 'wait',
      kind: 'switch',
      description: 'wait until the collection has ended; for a machine, collect first (needs --reason)',
    },
    TIMEOUT_OPTION,
    {
      name: 'reason',
      kind: 'text',
      value: 'TEXT',
      description: 'why a package is collected; becomes the comment of the action',
    },
    AUTO_APPROVE_OPTION,
    ...DOCUMENT_OPTIONS,
    ...CONFIGURATION_OPTIONS,
    ...SERVICE_OPTIONS,
  ],
  examples: [
    {
      command: 'holdfast package download fin-ws-014.contoso.com',
      does: 'the latest package of a machine',
    },
    {
      command: 'holdfast package download 4b7c9784-3499-4afe-a87b-2f348bcc0dbc --out evidence/',
      does: 'the package of one collection',
    },
    {
      command: 'holdfast package download fin-ws-014.contoso.com --wait --reason INC-4211 --json',
      does: 'collect one now, and tell its SHA-256 to a script',
    },
  ],
  exits: {
    ok: 'the package was saved whole',
    error: 'there is no such action, machine or package, or it could not be read or written',
    refused: 'consent is missing, or the machine is protected; nothing was sent',
    partial: 'the collection was refused by the service, or ended without a package',
    pending: 'the collection has not ended; the message says how to go on',
  },
  run,
}
