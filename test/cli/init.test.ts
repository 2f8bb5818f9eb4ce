import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { fakeIo } from './fake-io.ts'
import { temporaryFolder } from './temporary-folder.ts'

async function run(cwd: string, ...argv: readonly string[]) {
  const io = fakeIo({ cwd })
  return { code: await main(argv, io), stdout: io.stdout.text(), stderr: io.stderr.text() }
}

test('what it writes is valid, and can be planned on the scenario it comes with', async () => {
  const folder = await temporaryFolder()
  expect((await run(folder, 'init')).code).toBe(0)
  expect((await run(folder, 'validate')).stdout).toBe('Valid: 2 policies in 5 files, 0 errors, 0 warnings.\n')
  expect((await run(folder, 'test')).stdout).toContain('2 tests: 2 passed.')
  const planned = await run(folder, 'plan', '--emulate', 'scenario.yaml', '--json')
  expect(planned.code, planned.stderr).toBe(0)
  const { summary, blocked, drift, applyable } = JSON.parse(planned.stdout)
  expect(applyable).toBe(true)
  expect(summary).toMatchObject({ impose: 3, lift: 1, run: 4 })
  expect(blocked).toStrictEqual([])
  expect(drift).toContainEqual(expect.objectContaining({ kind: 'undeclared' }))
})

test('it says what to do next, from the folder it wrote into', async () => {
  const { stdout } = await run(await temporaryFolder(), 'init', 'response')
  expect(stdout).toContain('wrote  response/holdfast.yaml')
  expect(stdout).toMatch(
    /Next:\n {2}cd response\n {2}holdfast validate\n {2}holdfast test .*\n {2}holdfast plan --emulate scenario\.yaml/,
  )
})

test('it never overwrites', async () => {
  const folder = await temporaryFolder({ 'policies/contain-incident.yaml': 'mine' })
  await writeFile(join(folder, 'holdfast.yaml'), 'mine')
  const { code, stdout } = await run(folder, 'init')
  expect(code).toBe(0)
  expect(stdout).toContain('kept   holdfast.yaml')
  expect(stdout).toContain('2 of them were there already')
  expect(await readFile(join(folder, 'holdfast.yaml'), 'utf8')).toBe('mine')
})

test('a folder that cannot be written is told', async () => {
  const folder = await temporaryFolder({ file: '' })
  const { code, stderr } = await run(folder, 'init', 'file')
  expect(code).toBe(1)
  expect(stderr).toContain('file-not-written')
})

test.each(['policy', 'configuration', 'scenario', 'test'])(
  'the schema of a %s is printed as it is published',
  async name => {
    const { code, stdout } = await run('/', 'schema', name)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.any(String), title: expect.any(String) })
  },
)
