import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeFileError } from '../../local/file-error.ts'
import { fail } from '../fail.ts'
import type { WatchMetrics } from './watch-metrics.ts'

/** A server for whoever asks whether the watcher is well. */
export interface HealthServer {
  /** Where it listens, such as `http://127.0.0.1:9464`. */
  readonly url: string
  close(): Promise<void>
}

/** Reads `HOST:PORT`. Throws Failure `usage` for anything else. */
function readListen(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port > 65_535)
    throw fail('usage', `--listen ${text}: expected HOST:PORT, such as 127.0.0.1:9464.`)
  return { host, port }
}

/**
 * Serves `GET /healthz` (200 while looks succeed, else 503) and `GET /metrics`. It tells names of nobody: counts alone.
 *
 * @throws Failure `usage`, or `port-not-free`.
 */
export async function serveHealth(text: string, metrics: WatchMetrics): Promise<HealthServer> {
  const { host, port } = readListen(text)
  const server = createServer(async (request, response) => {
    request.resume()
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET' }).end()
    if (request.url === '/healthz') {
      const isHealthy = metrics.isHealthy()
      return void response
        .writeHead(isHealthy ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' })
        .end(isHealthy ? 'ok\n' : 'no good look for too long\n')
    }
    if (request.url === '/metrics') {
      const body = await metrics.render()
      return void response.writeHead(200, { 'content-type': metrics.contentType }).end(body)
    }
    response.writeHead(404).end()
  })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    throw fail('port-not-free', `Nothing can listen on ${host}:${port}: ${describeFileError(error)}.`)
  }
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
