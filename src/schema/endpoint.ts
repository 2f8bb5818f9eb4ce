const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Says whether a host is this machine: `localhost`, 127.0.0.0/8 or ::1, as `new URL(…).hostname` writes them.
 *
 * A name that merely starts with `127.` or ends in `localhost.example` is not.
 */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}

/**
 * Reads an API or authority base as it is typed: https, or plain http to this computer itself.
 *
 * @returns The base without trailing slashes and without the `/api` that every call adds; undefined where the text is no such address, or
 * carries a login, a query or a fragment, which a base never has.
 */
export function parseEndpoint(text: string): string | undefined {
  if (/[\s?#@\\]/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  if (!isSafe) return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api$/i, '')}`
}
