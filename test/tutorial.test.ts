import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readScenario } from '../src/cli/declaration/read-scenario.ts'
import { main } from '../src/cli/main.ts'
import { emulatorClock } from '../src/cli/service/emulator-clock.ts'
import { realClock } from '../src/emulator/clock.ts'
import { createEmulator } from '../src/emulator/emulator.ts'
import { serveEmulator } from '../src/emulator/serve.ts'
import { fakeIo } from './cli/fake-io.ts'
import { temporaryFolder } from './cli/temporary-folder.ts'
import { ROOT } from './house/source-files.ts'
import { missingPieces, shownIn } from './support/shown-output.ts'

/** docs/tutorial.md is followed from its first command to its last, in one repository and on one service. */
const SHOWN = shownIn(readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8'))
const SPEED = 60

async function follow() {
  const folder = await temporaryFolder()
  const setUp = fakeIo({ cwd: folder })
  expect(await main(['init', '.'], setUp)).toBe(0)
  const scenario = await readScenario('scenario.yaml', folder)
  const emulator = createEmulator({ scenario, clock: realClock(SPEED) })
  const server = await serveEmulator(emulator, { port: 0 })
  onTestFinished(() => server.close())
  const env = {
    HOLDFAST_ENDPOINT: server.url,
    HOLDFAST_TOKEN: 'tutorial',
    XDG_STATE_HOME: join(folder, '.state'),
    NO_COLOR: '1',
  }
  const inFlight = () => emulator.actions().filter(({ status }) => /Pending|InProgress/.test(status)).length

  /** What `curl` would send, so that the test needs none. */
  async function curl(command: string): Promise<string> {
    const [, path = ''] = /\$HOLDFAST_ENDPOINT([^"]+)"/.exec(command) ?? []
    const [, body = ''] = /-d '([^']+)'/.exec(command) ?? []
    const headers = { authorization: 'Bearer other', 'content-type': 'application/json' }
    const response = await fetch(server.url + path, { method: 'POST', headers, body })
    expect(response.status).toBe(201)
    await vi.waitFor(() => expect(inFlight()).toBe(0), { interval: 10, timeout: 120_000 })
    return response.text()
  }

  return async (command: string): Promise<string> => {
    if (command.startsWith('curl ')) return curl(command)
    const io = fakeIo({ cwd: folder, env, clock: emulatorClock(emulator, SPEED) })
    await main(command.replace(/^holdfast /, '').split(' '), io)
    return io.stdout.text()
  }
}

test('every command of the tutorial prints what the tutorial shows', async () => {
  const run = await follow()
  expect(SHOWN.length).toBeGreaterThan(6)
  for (const { command, pieces } of SHOWN) {
    const output = await run(command)
    expect(missingPieces(output, pieces), `${command}\n${output}`).toStrictEqual([])
  }
})
