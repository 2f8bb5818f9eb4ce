import { appendFile } from 'node:fs/promises'
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Emulator } from './emulator.ts'
import type { EmulatorAnswer, Reply } from './exchange.ts'

const compress = promisify(deflate)

/** Below this many bytes compression saves nothing. */
const COMPRESS_FROM = 1024
/** Largest request body: the upload limit of the library and room for its form. */
const BODY_LIMIT = 24 * 1024 * 1024

export interface ServeOptions {
  /** 0 takes a free port. */
  readonly port: number
  readonly host?: string
  /** A file that gets one JSON line per request: method, path, query, status, time. */
  readonly recordTo?: string
  /** Serve https with this key and certificate, both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** A server that listens. */
export interface EmulatorServer {
  readonly url: string
  /** Stops listening and breaks what is open. */
  close(): Promise<void>
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > BODY_LIMIT) throw new RangeError('The request body is too large.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

async function sendReply(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.stream !== undefined) {
    response.writeHead(reply.status, reply.headers)
    await pipeline(Readable.from(reply.stream.read(0, reply.stream.length)), response)
    return
  }
  const accepts = request.headers['accept-encoding'] ?? ''
  const isJson = reply.headers['content-type']?.startsWith('application/json') === true
  const packs = isJson && reply.body.length >= COMPRESS_FROM && /\bdeflate\b/.test(String(accepts))
  const body = packs ? await compress(reply.body, { level: 1 }) : reply.body
  response.writeHead(
    reply.status,
    packs ? { ...reply.headers, 'content-encoding': 'deflate' } : reply.headers,
  )
  // Written apart from the end, so that the answer is chunked as the service's answers are.
  if (body.length > 0) response.write(body)
  response.end()
}

async function cutShort(response: ServerResponse, reply: Reply, afterBytes: number): Promise<void> {
  response.writeHead(reply.status, reply.headers)
  if (reply.stream !== undefined) {
    await pipeline(Readable.from(reply.stream.read(0, afterBytes)), response, { end: false })
    response.socket?.destroy()
    return
  }
  response.write(Buffer.from(reply.body).subarray(0, afterBytes), () => response.socket?.destroy())
}

/** Breaks a connection the hard way; over TLS there is only the soft one. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: EmulatorAnswer,
): Promise<void> {
  response.sendDate = false
  switch (answer.kind) {
    case 'response':
      await sendReply(request, response, answer)
      return
    case 'cut':
      await cutShort(response, answer, answer.afterBytes)
      return
    case 'reset':
      reset(request.socket)
      return
    case 'hang':
  }
}

function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  server.on('connection', track)
  return sockets
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address)
      else reject(new Error('The emulator has no port.'))
    })
  })
}

/**
 * Serves an emulator over http, or https where a certificate is given.
 *
 * @throws Error where the port cannot be taken.
 */
export async function serveEmulator(emulator: Emulator, options: ServeOptions): Promise<EmulatorServer> {
  const { port, host = '127.0.0.1', recordTo, tls } = options
  const scheme = tls === undefined ? 'http' : 'https'
  let recorded = 0
  let recording: Promise<void> = Promise.resolve()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    const origin = `${scheme}://${request.headers.host ?? `${host}:${address.port}`}`
    const { method = 'GET', url = '/', headers } = request
    const answered = await emulator.handle({ method, url: origin + url, headers, body })
    if (recordTo !== undefined) recording = recording.then(() => record(recordTo))
    await recording
    await send(request, response, answered)
  }

  async function record(file: string): Promise<void> {
    const fresh = emulator.requests().slice(recorded)
    recorded += fresh.length
    const text = fresh.map(line => `${JSON.stringify(line)}\n`).join('')
    if (text !== '') await appendFile(file, text, { mode: 0o600 })
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request
    answer(request, response).catch(() => socket.destroy())
  }
  const server = tls === undefined ? createPlainServer(onRequest) : createTlsServer(tls, onRequest)
  const sockets = trackSockets(server)
  const address = await listen(server, port, host)
  return {
    url: `${scheme}://${host}:${address.port}`,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
      await recording
    },
  }
}
