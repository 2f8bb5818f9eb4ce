import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../../src/cli/main.ts'
import { ROOT } from '../../house/source-files.ts'
import { fakeIo } from '../fake-io.ts'
import { temporaryFolder } from '../temporary-folder.ts'

async function page(...argv: readonly string[]): Promise<string> {
  const file = join(await temporaryFolder(), 'page.html')
  const io = fakeIo({ cwd: join(ROOT, 'examples') })
  await main([...argv, '--emulate', 'scenario.yaml', '--html-into', file], io)
  return readFile(file, 'utf8')
}

const HELD = 'isolated: full from 2026-11-16 09:00Z by Holdfast, policy soc-emea/contain-inc-4198, until now'

test.each([['plan'], ['drift']])('the page of %s draws the history of each machine', async command => {
  const text = await page(command)
  expect(text).toContain(HELD)
  expect(text.match(/<summary>History/g)?.length).toBe(text.match(/<th role="rowheader"/g)?.length)
})

test('the page of a plan for another time draws none, since what is drawn ends now', async () => {
  expect(await page('plan', '--as-of', '2026-12-01')).not.toContain('<summary>')
})

test('a timeline is a page too', async () => {
  expect(await page('timeline', 'hr-ws-021.contoso.com')).toContain(HELD)
})
