import { isLoopback } from './endpoint.ts'

/** Where the state of runs lies: this host's state directory alone, or a container that several hosts share. */
export type StoreSetting = 'local' | StoreAddress

/** A place in Azure Blob Storage. */
export interface StoreAddress {
  /** As it was typed, without trailing slashes; for people. */
  readonly url: string
  /** The account's base, without a trailing slash; on a bare address the account is the first part of the path. */
  readonly account: string
  readonly container: string
  /** What every name below the container begins with, without slashes at its ends; may be empty. */
  readonly prefix: string
}

/** What a container may be called. @see https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const CONTAINER = /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/
const PART = /^[A-Za-z0-9._-]{1,100}$/
const BARE_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/

/** Says whether an address carries what signs a request: a login, or a query such as that of a SAS. */
export function hasSecret(text: string): boolean {
  return /[?@]|AccountKey=|SharedAccessSignature=/i.test(text)
}

/**
 * Reads where the store is: `local`, or `https://ACCOUNT.blob.core.windows.net/CONTAINER` with or without a prefix. Plain
 * http is for this computer itself only.
 *
 * @returns Undefined where it is neither.
 */
export function parseStore(text: string): StoreSetting | undefined {
  if (text === 'local') return 'local'
  if (/[\s#\\]/.test(text) || hasSecret(text) || !URL.canParse(text)) return undefined
  const { protocol, hostname, origin, pathname } = new URL(text)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  const parts = pathname.split('/').filter(part => part !== '')
  const account = isLoopback(hostname) || BARE_ADDRESS.test(hostname) ? parts.splice(0, 1) : []
  const [container = '', ...prefix] = parts
  const isNamed = CONTAINER.test(container) && [...account, ...prefix].every(part => PART.test(part))
  if (!isSafe || !isNamed) return undefined
  const base = [origin, ...account].join('/')
  return { url: [base, container, ...prefix].join('/'), account: base, container, prefix: prefix.join('/') }
}
