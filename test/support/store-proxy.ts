import { once } from 'node:events'
import { createServer, request as send } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Azurite } from './azurite.ts'

/** A request on its way to the store. */
export interface PassingRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: NodeJS.Dict<string | string[]>
}

/** What becomes of a request: it never arrives, its answer does not come back or only half, or another answer does. */
export type Fate =
  | 'pass'
  | 'lose request'
  | 'lose answer'
  | 'cut answer'
  | { readonly status: number; readonly code: string; readonly headers?: Readonly<Record<string, string>> }

/** A way to a store on which things get lost. */
export interface StoreProxy {
  /** What `store` names. */
  readonly store: string
  /** Every request that came by, as `PUT comp=lease`. */
  readonly seen: readonly string[]
  /** Decides about each request from now on. */
  decide(fate: (request: PassingRequest) => Fate): void
  close(): Promise<void>
}

/** Puts a proxy before Azurite that ends TLS, with the same certificate. */
export async function startStoreProxy({ tls, port, store }: Azurite): Promise<StoreProxy> {
  let fateOf: (request: PassingRequest) => Fate = () => 'pass'
  const seen: string[] = []
  const server = createServer(tls, async (request, response) => {
    const { method = 'GET', url = '/', headers, socket } = request
    seen.push(`${method} ${url}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const fate = fateOf({ method, url, headers })
    if (fate === 'lose request') return void socket.destroy()
    if (typeof fate === 'object') {
      response.writeHead(fate.status, { ...fate.headers, 'x-ms-error-code': fate.code }).end()
      return
    }
    const onward = send({ host: '127.0.0.1', port, method, path: url, headers }, async answer => {
      const parts: Buffer[] = []
      for await (const part of answer) parts.push(part as Buffer)
      if (fate === 'lose answer') return void socket.destroy()
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      const body = Buffer.concat(parts)
      if (fate !== 'cut answer') return void response.end(body)
      response.write(body.subarray(0, body.length / 2), () => socket.destroy())
    })
    onward.end(Buffer.concat(chunks))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  return {
    store: store.replace(`:${port}/`, `:${own}/`),
    seen,
    decide(fate) {
      fateOf = fate
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
