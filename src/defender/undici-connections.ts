import type { Dispatcher } from 'undici'
import { isLoopback } from '../schema/endpoint.ts'
import { type ProxyEnvironment, proxySettings } from './proxy.ts'

/** How connections are made. */
export interface ConnectionOptions {
  /** Where HTTPS_PROXY and NO_PROXY are read; without it no proxy is used. Loopback never goes through one. */
  readonly env?: ProxyEnvironment
  /** Goes in place of the connections of our own, such as a MockAgent; it is not closed by `close`. */
  readonly dispatcher?: Dispatcher
  readonly connectTimeoutMs?: number
}

/** Connections, opened where they are first needed. */
export interface Connections {
  to(url: URL): Promise<Dispatcher>
  /** Ends all of them at once, with whatever they still carry. */
  close(): Promise<void>
}

/**
 * Opens connections directly or through a proxy; undici is loaded with the first.
 *
 * @throws DefenderError `proxy-invalid`.
 */
export function openConnections(options: ConnectionOptions): Connections {
  const { dispatcher } = options
  if (dispatcher !== undefined) {
    return { to: () => Promise.resolve(dispatcher), close: () => Promise.resolve() }
  }
  const proxy = proxySettings(options.env ?? {})
  const pool = {
    // HTTP/1.1 throughout: one slow page must not hold up the others of a shared stream.
    allowH2: false,
    connections: 16,
    connect: { timeout: options.connectTimeoutMs ?? 10_000 },
  }
  let direct: Dispatcher | undefined
  let proxied: Dispatcher | undefined
  return {
    async to(url) {
      const { Agent, EnvHttpProxyAgent } = await import('undici')
      if (proxy === undefined || isLoopback(url.hostname)) {
        direct ??= new Agent(pool)
        return direct
      }
      // Every variable is given, so that the agent reads none of the process itself.
      proxied ??= new EnvHttpProxyAgent({
        ...pool,
        httpProxy: '',
        httpsProxy: proxy.uri,
        noProxy: proxy.noProxy,
      })
      return proxied
    },
    async close() {
      await Promise.all([direct?.destroy(), proxied?.destroy()])
    },
  }
}
