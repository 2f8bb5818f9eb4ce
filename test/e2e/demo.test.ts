import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { fakeIo } from '../cli/fake-io.ts'

const folders = async (): Promise<readonly string[]> =>
  (await readdir(tmpdir())).filter(name => name.startsWith('holdfast-demo-'))

test('the demo shows plan, apply, no changes and who reversed it, in a pipe too, and leaves nothing behind', async () => {
  const before = await folders()
  const io = fakeIo({ env: { CI: 'true' } })
  expect(await main(['demo'], io), io.stderr.text()).toBe(0)
  const shown = io.stdout.text()
  for (const line of [
    '$ holdfast plan\n',
    'reverted-by-other',
    "$ holdfast apply --reassert fin-ws-007.contoso.com --reason 'INC-4211: agreed with Maria' --auto-approve\n",
    'Apply complete: 9 succeeded.',
    'No changes. ',
    'analyst j.okafor@contoso.com',
    'Drift: 1 reverted',
  ]) {
    expect(shown).toContain(line)
  }
  expect(await folders()).toStrictEqual(before)
})

test('the demo ends when it is interrupted, and leaves nothing behind', async () => {
  const before = await folders()
  const io = fakeIo({
    onStderr: text => (text.includes('awaiting the ends') ? io.send('SIGINT') : undefined),
  })
  expect(await main(['demo'], io)).toBe(130)
  expect(await folders()).toStrictEqual(before)
})
