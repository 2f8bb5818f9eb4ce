import { resolve } from 'node:path'
import { realClock } from '../../emulator/clock.ts'
import { createEmulator } from '../../emulator/emulator.ts'
import { believableScenario } from '../../emulator/fleet.ts'
import { type EmulatorServer, serveEmulator } from '../../emulator/serve.ts'
import { describeFileError } from '../../local/file-error.ts'
import type { Command, CommandContext } from '../command.ts'
import { readScenario } from '../declaration/read-scenario.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import { type EmulatorTls, makeEmulatorTls } from '../service/emulator-tls.ts'

const HIGHEST_PORT = 65_535

async function listen(
  { args, flags, io }: CommandContext,
  tls: EmulatorTls | undefined,
): Promise<EmulatorServer> {
  const [file] = args
  const scenario = file === undefined ? believableScenario() : await readScenario(file, io.cwd)
  const port = flags.number('port') ?? 0
  if (port > HIGHEST_PORT) throw fail('usage', `--port ${port} is no port; the highest is ${HIGHEST_PORT}.`)
  const record = flags.text('record')
  const emulator = createEmulator({ scenario, clock: realClock(flags.number('speed') ?? 1) })
  try {
    return await serveEmulator(emulator, {
      port,
      ...(record === undefined ? {} : { recordTo: resolve(io.cwd, record) }),
      ...(tls === undefined ? {} : { tls: tls.certificate }),
    })
  } catch (error) {
    throw fail('port-not-free', `The emulator cannot listen on port ${port}: ${describeFileError(error)}.`)
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolvePromise => {
    if (signal.aborted) resolvePromise()
    signal.addEventListener('abort', () => resolvePromise())
  })
}

/** `holdfast emulator`. */
export const emulator: Command = {
  description:
    'Serves an emulated Defender API on this machine until it is interrupted. Prints its URL as the first line. Without a scenario it has a believable fleet with a history. Any bearer token is good unless the scenario says otherwise.',
  arguments: '[scenario]',
  options: [
    {
      name: 'port',
      kind: 'integer',
      value: 'N',
      description: 'listen on this port; 0, or none, takes a free one',
    },
    { name: 'speed', kind: 'number', value: 'N', description: 'let its clock run so many times as fast' },
    { name: 'tls', kind: 'switch', description: 'serve https with a certificate of its own making' },
    {
      name: 'record',
      kind: 'text',
      value: 'FILE',
      description: 'append one JSON line per request to a file',
    },
  ],
  examples: [
    { command: 'holdfast emulator --port 8080', does: 'a fleet to play with' },
    {
      command: 'HOLDFAST_ENDPOINT=http://127.0.0.1:8080 HOLDFAST_TOKEN=any holdfast plan',
      does: 'and, in another terminal, a plan against it',
    },
    { command: 'holdfast emulator --tls', does: 'for clients that speak https alone, and for sign-in' },
    { command: 'holdfast emulator scenario.yaml --record requests.jsonl', does: 'what did my client ask?' },
  ],
  exits: { error: 'the scenario has errors, or the port is taken' },
  async run(context) {
    const { io, flags, signal } = context
    const tls = flags.has('tls') ? await makeEmulatorTls() : undefined
    try {
      const server = await listen(context, tls)
      try {
        io.stdout.write(`${server.url}\n`)
        if (tls !== undefined) io.stderr.write(trustAdvice(tls, server.url))
        io.stderr.write('Serving until interrupted (Ctrl-C).\n')
        await untilAborted(signal)
        return EXIT_CODES.ok
      } finally {
        await server.close()
      }
    } finally {
      await tls?.remove()
    }
  },
}

/** How a client comes to trust a certificate that no authority signed, and to sign in here as it would elsewhere. */
function trustAdvice({ file }: EmulatorTls, url: string): string {
  return [
    `Its certificate is its own: ${file} (there while it serves). To trust it:`,
    `  Holdfast and other Node programs: NODE_EXTRA_CA_CERTS=${file}`,
    `  curl: --cacert ${file}`,
    `Tokens are to be had there too: \`authority: ${url}\` in holdfast.yaml, or AZURE_AUTHORITY_HOST=${url} elsewhere.`,
    '',
  ].join('\n')
}
