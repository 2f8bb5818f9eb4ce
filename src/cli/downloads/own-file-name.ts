const MACHINE_LIMIT = 80
const SUBJECT_LIMIT = 60

/** Makes a text a part of a file name: letters, digits and `- _ .`, never beginning with a dot or a dash. */
function safePart(text: string, limit: number, fallback: string): string {
  const safe = text
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, limit)
    .replace(/\.+$/, '')
  return safe === '' ? fallback : safe
}

/** The last part of a path of a device, Windows or not. */
function lastSegment(path: string): string {
  return path.split(/[\\/]/).findLast(segment => segment !== '') ?? ''
}

/** How a package is called here: by its machine and its action, whatever the storage calls it. */
export function packageFileName(machine: string, actionId: string): string {
  return `${safePart(machine, MACHINE_LIMIT, 'machine')}-${safePart(actionId, 40, 'action')}.zip`
}

/**
 * How the result of one command of a live response is called here.
 *
 * @param subject - The script, or the path on the device; its last part goes into the name.
 * @param extension - Without a dot.
 */
export function resultFileName(
  machine: string,
  actionId: string,
  index: number,
  subject: string,
  extension: string,
): string {
  const head = packageFileName(machine, actionId).replace(/\.zip$/, '')
  return `${head}-${index}-${safePart(lastSegment(subject), SUBJECT_LIMIT, 'result')}.${extension}`
}
