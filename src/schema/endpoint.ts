const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Reads an API or authority base as it is typed: https, or plain http to this computer itself.
 *
 * @returns The base without trailing slashes and without the `/api` that every call adds; undefined where the text is no such address, or
 * carries a login, a query or a fragment, which a base never has.
 */
export function parseEndpoint(text: string): string | undefined {
  if (/[\s?#@\\]/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
  if (!isSafe) return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/api$/i, '')}`
}
