import { type ProxyEnvironment, proxySettings } from '../proxy.ts'

/**
 * Gives HTTPS_PROXY in the library's own words: by itself it cannot read one without a scheme.
 *
 * @throws DefenderError `proxy-invalid`.
 */
export function proxyOptionsOf(
  env: ProxyEnvironment,
): { host: string; port: number; username?: string; password?: string } | undefined {
  const settings = proxySettings(env)
  if (settings === undefined) return undefined
  const { protocol, hostname, port, username, password } = new URL(settings.uri)
  return {
    host: `${protocol}//${hostname}`,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}
