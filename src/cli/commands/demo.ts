import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { realClock } from '../../emulator/clock.ts'
import { createEmulator, type Emulator } from '../../emulator/emulator.ts'
import { believableScenario } from '../../emulator/fleet.ts'
import { serveEmulator } from '../../emulator/serve.ts'
import { paint } from '../../report/terminal/paint.ts'
import { shellWord } from '../../report/words/shell-word.ts'
import { isCi } from '../color.ts'
import type { Command, CommandContext } from '../command.ts'
import { EXIT_CODES } from '../exit-codes.ts'
import { fail } from '../fail.ts'
import type { Io } from '../io.ts'
import { emulatorClock } from '../service/emulator-clock.ts'
import { DEMO_FILES } from '../starter/demo-files.ts'
import { systemClock } from '../system-clock.ts'
import { styleOf } from '../terminal-style.ts'

/** So many times faster than real time the emulated service runs: an isolation of a minute takes seven seconds. */
const SPEED = 10

/** How long a heading stands alone on a terminal before its command runs. */
const PAUSE_MS = 900

const REASSERTED = 'fin-ws-007.contoso.com'
const RELEASED = 'fin-ws-014.contoso.com'

/** One scene: what is asked, the command that answers, and the exit code of the answer. */
interface Scene {
  readonly title: string
  readonly argv: readonly string[]
  readonly exit: number
  /** What happens at the service before it. */
  readonly before?: (emulator: Emulator) => void
}

const SCENES: readonly Scene[] = [
  { title: 'What is to be done, and what stands in the way?', argv: ['plan'], exit: EXIT_CODES.ok },
  {
    title: `Do it. The analyst agreed that ${REASSERTED} goes back into isolation.`,
    argv: ['apply', '--reassert', REASSERTED, '--reason', 'INC-4211: agreed with Maria', '--auto-approve'],
    exit: EXIT_CODES.ok,
  },
  {
    title: 'Is everything as declared now?',
    argv: ['plan', '--detailed-exitcode'],
    exit: EXIT_CODES.ok,
  },
  {
    title: `Behind our back somebody releases ${RELEASED} in the portal. Who was it?`,
    argv: ['drift'],
    exit: EXIT_CODES.differences,
    before: emulator => {
      emulator.addAction({
        type: 'Unisolate',
        machineId: RELEASED,
        requestor: 'j.okafor@contoso.com',
        requestSource: 'Portal',
        requestorComment: 'User needs it for a call',
      })
    },
  },
]

async function writeRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'))
  for (const [name, text] of Object.entries(DEMO_FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** The process as the demo's commands see it: in the demo's folder, in the emulator's time. */
function demoIo(io: Io, folder: string, endpoint: string, emulator: Emulator): Io {
  return {
    ...io,
    cwd: folder,
    env: {
      ...io.env,
      HOLDFAST_ENDPOINT: endpoint,
      HOLDFAST_TOKEN: 'demo',
      XDG_STATE_HOME: join(folder, 'state'),
    },
    clock: emulatorClock(emulator, SPEED),
  }
}

/** Says what comes next, and leaves time to read it where somebody watches. */
async function announce(
  title: string,
  command: string,
  { io, color, signal }: CommandContext,
): Promise<void> {
  const style = styleOf(io.stdout, color, io.env)
  const rule = (style.unicode === true ? '─' : '-').repeat(3)
  io.stdout.write(
    `\n${paint(`${rule} ${title}`, 'strong', style)}\n${paint(`$ ${command}`, 'info', style)}\n\n`,
  )
  if (io.stdout.isTTY && !isCi(io.env)) await systemClock.sleep(PAUSE_MS, signal)
}

async function playScene(
  scene: Scene,
  emulator: Emulator,
  inner: Io,
  context: CommandContext,
): Promise<void> {
  scene.before?.(emulator)
  await announce(scene.title, ['holdfast', ...scene.argv].map(shellWord).join(' '), context)
  const code = await context.main([...scene.argv, '--color', context.color], inner)
  if (context.signal.aborted) throw fail('interrupted', 'The demo was interrupted.')
  if (code !== scene.exit) {
    throw fail(
      'internal',
      `\`holdfast ${scene.argv.join(' ')}\` ended with ${code} instead of ${scene.exit}.`,
    )
  }
}

async function play(folder: string, context: CommandContext): Promise<void> {
  const { io } = context
  const emulator = createEmulator({ scenario: believableScenario(), clock: realClock(SPEED) })
  const server = await serveEmulator(emulator, { port: 0 })
  try {
    await announce('What a team has written down in git', 'cat policies/*.yaml', context)
    io.stdout.write(
      Object.entries(DEMO_FILES)
        .flatMap(([name, text]) => (name.startsWith('policies/') ? text : []))
        .join('---\n'),
    )
    const inner = demoIo(io, folder, server.url, emulator)
    for (const scene of SCENES) await playScene(scene, emulator, inner, context)
    io.stdout.write(
      '\nThat was an emulated fleet; no tenant was touched. `holdfast init` starts your own repository.\n',
    )
  } finally {
    await server.close()
  }
}

/** `holdfast demo`. */
export const demo: Command = {
  description:
    'Shows plan, apply and drift at work on an emulated fleet of forty machines, ten times as fast as real. Every step is the real command. Takes less than twenty seconds, needs no tenant and leaves nothing behind.',
  arguments: '',
  options: [],
  examples: [{ command: 'holdfast demo', does: 'in a terminal, to watch' }],
  exits: { ok: 'the demo was shown', error: true },
  async run(context) {
    const folder = await writeRepository()
    try {
      await play(folder, context)
      return EXIT_CODES.ok
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
