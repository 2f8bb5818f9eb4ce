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
  const text = (env['https_proxy'] || env['HTTPS_PROXY'] || '').trim()
  if (text === '') return undefined
  const uri = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (uri === null || (uri.protocol !== 'http:' && uri.protocol !== 'https:')) {
    throw new DefenderError('proxy-invalid', 'HTTPS_PROXY is not the URL of an http or https proxy.')
  }
  return { uri: uri.href, noProxy: env['no_proxy'] ?? env['NO_PROXY'] ?? '' }
}
