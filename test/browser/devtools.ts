import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findChromium } from './find-chromium.ts'

/** One message of the DevTools protocol. */
interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** One open page of a headless browser. */
export interface BrowserPage {
  /** Asks for a command of the protocol; the caller says what it answers. */
  send<T>(method: string, params?: object): Promise<T>
  /** Resolves with the next event of that name. */
  next(method: string): Promise<void>
  /** Runs an expression in the page and gives its value, awaited. */
  evaluate<T>(expression: string): Promise<T>
  /** Events of that name so far. */
  seen(method: string): readonly unknown[]
}

/** A running browser. */
export interface Browser {
  openPage(): Promise<BrowserPage>
  close(): Promise<void>
}

async function endpointOf(child: ChildProcess): Promise<string> {
  const stderr = child.stderr
  if (stderr === null) throw new Error('The browser has no stderr.')
  for await (const line of createInterface({ input: stderr })) {
    const [, endpoint] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? []
    if (endpoint !== undefined) return endpoint
  }
  throw new Error('The browser ended before it listened.')
}

async function connect(url: string): Promise<BrowserPage> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  const waiting = new Map<number, (message: Message) => void>()
  const events: Message[] = []
  const listeners: { readonly method: string; readonly told: () => void }[] = []
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data))
    if (message.id !== undefined) return waiting.get(message.id)?.(message)
    events.push(message)
    for (const { method, told } of listeners) if (method === message.method) told()
  })
  let last = 0
  const send = async <T>(method: string, params: object = {}): Promise<T> => {
    last += 1
    const id = last
    const answer = new Promise<Message>(resolve => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { error, result } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result as T
  }
  return {
    send,
    next: method => new Promise(told => listeners.push({ method, told })),
    seen: method => events.filter(event => event.method === method).map(({ params }) => params),
    async evaluate<T>(expression: string): Promise<T> {
      const answer = await send<{ result: { value: T }; exceptionDetails?: { text: string } }>(
        'Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true },
      )
      if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text)
      return answer.result.value
    },
  }
}

/** Starts a headless browser with an empty profile, driven over its own protocol: no library between. */
export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'holdfast-browser-'))
  const child = spawn(
    findChromium(),
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--hide-scrollbars',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const endpoint = new URL(await endpointOf(child))
  child.stderr?.resume()
  return {
    async openPage() {
      const answer = await fetch(`http://${endpoint.host}/json/new?about:blank`, { method: 'PUT' })
      const { webSocketDebuggerUrl } = (await answer.json()) as { webSocketDebuggerUrl: string }
      return connect(webSocketDebuggerUrl)
    },
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
