import { DefenderError } from './defender-error.ts'

/** The environment variables that choose a proxy. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/** A proxy for https, and the hosts that are reached without it. */
export interface ProxySettings {
  readonly uri: string
  /** As in NO_PROXY: names, suffixes, `*`, each with an optional port; separated by commas or spaces. */
  readonly noProxy: string
}

/**
 * Reads HTTPS_PROXY and NO_PROXY; the lower-case spellings win, as in curl. A proxy without a scheme is http.
 *
 * @returns Undefined where no proxy is set.
 * @throws DefenderError `proxy-invalid`; its message leaves out the value, which may hold a password.
 */
export function proxySettings(env: ProxyEnvironment): ProxySettings | undefined {
  const uri = proxyOf(env, 'HTTPS_PROXY')
  return uri && { uri: uri.href, noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '' }
}

/** A proxy in the words of `@azure/identity`. */
export interface ProxyOptions {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
}

/**
 * Reads the proxy that `@azure/identity` would use, which by itself cannot read one without a scheme.
 *
 * @throws DefenderError `proxy-invalid`.
 */
export function proxyOptions(env: ProxyEnvironment): ProxyOptions | undefined {
  const uri = proxyOf(env, 'HTTPS_PROXY') ?? proxyOf(env, 'ALL_PROXY') ?? proxyOf(env, 'HTTP_PROXY')
  if (uri === undefined) return undefined
  const { protocol, hostname, port, username, password } = uri
  return {
    host: `${protocol}//${hostname}`,
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
}

function proxyOf(env: ProxyEnvironment, name: string): URL | undefined {
  const text = (env[name.toLowerCase()] || env[name] || '').trim()
  if (text === '') return undefined
  const uri = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (uri === null || (uri.protocol !== 'http:' && uri.protocol !== 'https:')) {
    throw new DefenderError('proxy-invalid', `${name} is not the URL of an http or https proxy.`)
  }
  return uri
}
