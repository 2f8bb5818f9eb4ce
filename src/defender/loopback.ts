/**
 * Says whether a host is this machine: `localhost`, 127.0.0.0/8 or ::1, as `new URL(…).hostname` writes them.
 *
 * A name that merely starts with `127.` or ends in `localhost.example` is not.
 */
export function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true
  const parts = hostname.split('.')
  return parts.length === 4 && parts[0] === '127' && parts.every(part => /^\d{1,3}$/.test(part))
}
