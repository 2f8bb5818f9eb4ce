import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { type FakeIo, fakeIo } from '../cli/fake-io.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { policy } from './emulated-tenant.ts'

const CONTAIN = policy('contain', 'isolated: full', ['ws-1.contoso.com'])

/** A test on one machine; what it expects is written by the caller. */
function posture(
  expect: string,
  more = '',
  given = '{ machines: [{ computerDnsName: ws-1.contoso.com }] }',
): string {
  return `version: 1\nname: ws-1 is isolated\nnow: 2026-11-22T18:00:00Z\ngiven: ${given}\nexpect: ${expect}\n${more}`
}

const ISOLATED = '{ changes: [{ machine: ws-1.contoso.com, facet: isolated, operations: [impose] }] }'

async function run(files: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  return runIn(await temporaryFolder(files), ...argv)
}

async function runIn(cwd: string, ...argv: readonly string[]) {
  const io: FakeIo = fakeIo({ cwd })
  const code = await main(['test', ...argv], io)
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() }
}

const REPOSITORY = {
  'holdfast.yaml': 'version: 1\npolicies: [policies]\n',
  'policies/contain.yaml': CONTAIN,
  'policies/contain.test.yaml': posture(ISOLATED),
}

test('a test that holds passes, and is told in one line', async () => {
  expect(await run(REPOSITORY)).toStrictEqual({
    code: 0,
    stdout: 'passed  policies/contain.test.yaml:2 ws-1 is isolated\n\n1 test: 1 passed.\n',
    stderr: '',
  })
})

test('a plan otherwise than expected is exit 2, with the line of the expectation and what came', async () => {
  const ran = await run({
    ...REPOSITORY,
    'policies/contain.test.yaml': posture(ISOLATED.replace('impose', 'lift')),
  })
  expect(ran.code).toBe(2)
  expect(ran.stdout).toContain('FAILED  policies/contain.test.yaml:2 ws-1 is isolated\n')
  expect(ran.stdout).toContain('policies/contain.test.yaml:5: changes: { machine: ws-1.contoso.com')
  expect(ran.stdout).toContain('operations is [impose]')
})

test('a change that nobody expected fails', async () => {
  const ran = await run({ ...REPOSITORY, 'policies/contain.test.yaml': posture('{}') })
  expect(ran.code).toBe(2)
  expect(ran.stdout).toContain('in the plan, and not expected:\n      changes: { machine: ws-1.contoso.com')
})

test('one JSON document says how each ended', async () => {
  const ran = await run({ ...REPOSITORY, 'policies/contain.test.yaml': posture('{}') }, '--json')
  expect(JSON.parse(ran.stdout)).toMatchObject({
    formatVersion: '1.0',
    exit: { code: 2, name: 'differences' },
    tests: [
      {
        file: 'policies/contain.test.yaml',
        outcome: 'failed',
        policies: ['contain'],
        differences: [{ list: 'changes', kind: 'unexpected', actual: { facet: 'isolated' } }],
      },
    ],
    summary: { passed: 0, failed: 1, errors: 0 },
  })
})

test('JUnit XML has a case per test, with what differs', async () => {
  const cwd = await temporaryFolder({
    ...REPOSITORY,
    'policies/contain.test.yaml': `${posture(ISOLATED)}---\n${posture('{}').replace('ws-1 is isolated', 'nothing <happens>')}`,
    'policies/z.test.yaml': posture('{}', 'policies: [none.yaml]\n'),
  })
  expect((await runIn(cwd, '--junit-into', 'tests.xml')).code).toBe(1)
  const xml = await readFile(join(cwd, 'tests.xml'), 'utf8')
  expect(xml).toContain('<testsuite name="holdfast test" tests="3" failures="1" errors="1" skipped="0"')
  expect(xml).toContain('name="nothing &lt;happens&gt; (policies/contain.test.yaml:8)"')
  expect(xml).toMatch(
    /<failure message="1 difference from what is expected" type="test\/posture">unexpected: changes: \{ machine: ws-1/,
  )
  expect(xml).toMatch(
    /<error message="the test could not be run" type="test\/posture">path-matches-nothing: /,
  )
})

test('guards and protected machines of the configuration are tested too', async () => {
  const configuration = `${REPOSITORY['holdfast.yaml']}guards: { maxMachines: 0 }\n`
  const guarded = posture(
    ISOLATED.replace(/\] \}$/, '], guards: [{ name: maxMachines, limit: 0, actual: 1 }] }'),
  )
  const files = { ...REPOSITORY, 'holdfast.yaml': configuration }
  expect((await run(files)).code).toBe(2)
  expect((await run({ ...files, 'policies/contain.test.yaml': guarded })).code).toBe(0)
})

test('a configuration is found upward from the test, wherever it is run', async () => {
  const nested = Object.fromEntries(Object.entries(REPOSITORY).map(([path, text]) => [`emea/${path}`, text]))
  const named = 'version: 1\nprotected: [{ match: { dnsName: ws-1.contoso.com }, allow: [] }]\n'
  expect((await run(nested)).code).toBe(0)
  const ran = await run({ ...nested, 'strict.yaml': named }, '--config', 'strict.yaml', 'emea')
  expect(ran.stdout).toContain('blocked: { machine: ws-1.contoso.com, facet: isolated, code: protected')
})

test('policies are those named, else the file of the same name, else all that are configured', async () => {
  const other = policy('other', 'restricted: true', ['ws-1.contoso.com'])
  const both = '{ changes: [{ facet: isolated }, { facet: restricted }] }'
  const files = {
    ...REPOSITORY,
    'policies/other.yaml': other,
    'policies/named.test.yaml': posture('{ changes: [{ facet: restricted }] }', 'policies: [other.yaml]\n'),
    'policies/folder.test.yaml': posture(both, 'policies: [.]\n'),
    'all.test.yaml': posture(both),
  }
  expect((await run(files)).stdout).toContain('4 tests: 4 passed.')
})

test('without a configuration the policy beside it is enough, and neither is an error', async () => {
  const { 'holdfast.yaml': _none, ...files } = REPOSITORY
  expect((await run(files)).code).toBe(0)
  const ran = await run({ 'a.test.yaml': posture(ISOLATED) })
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('ERROR   a.test.yaml:2 ws-1 is isolated\n    no-policies: ')
})

test('a test that names what is no policy is an error, and the others are run', async () => {
  for (const path of ['none.yaml', 'contain.test.yaml']) {
    const ran = await run({
      ...REPOSITORY,
      'policies/z.test.yaml': posture(ISOLATED, `policies: [${path}]\n`),
    })
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('2 tests: 1 passed, 1 could not be run.')
    expect(ran.stdout).toContain(
      `path-matches-nothing: \`policies\` of the test in policies/z.test.yaml:2 has ${path}`,
    )
  }
})

test('policies with errors are told once with their places, and their tests are not run', async () => {
  const twice = `${posture(ISOLATED)}---\n${posture(ISOLATED)}`
  const ran = await run({
    ...REPOSITORY,
    'policies/contain.yaml': `${CONTAIN}expire: never\n`,
    'policies/contain.test.yaml': twice,
  })
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('2 tests: 2 could not be run.')
  expect(ran.stderr.match(/--> policies\/contain\.yaml:/g)).toHaveLength(1)
})

test('a configuration with errors is told too', async () => {
  const ran = await run({ ...REPOSITORY, 'holdfast.yaml': 'version: 1\npolicie: []\n' })
  expect(ran.code).toBe(1)
  expect(ran.stdout).toContain('declaration-invalid: ')
  expect(ran.stderr).toContain('--> holdfast.yaml:2:1')
})

test('one test with an error stops all, with its place: a wrong test shows nothing', async () => {
  const ran = await run({ ...REPOSITORY, 'policies/z.test.yaml': 'version: 1\n' })
  expect(ran.code).toBe(1)
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toContain('--> policies/z.test.yaml:1:1')
  expect(ran.stderr).toContain('error[tests-invalid]')
})

test.each([[[]], [['policies/none']], [['policies/*.test.yml']]])('no test is an error: %j', async paths => {
  const folder = await temporaryFolder({ 'holdfast.yaml': 'version: 1\n' })
  await mkdir(join(folder, 'policies'))
  const ran = await runIn(folder, ...paths)
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain('error[no-tests]')
})

test('tests are no policies: folders and globs leave them out, and to name one is an error', async () => {
  const folder = await temporaryFolder(REPOSITORY)
  const validate = async (...argv: readonly string[]) => {
    const io = fakeIo({ cwd: folder })
    return { code: await main(['validate', ...argv], io), out: io.stdout.text(), err: io.stderr.text() }
  }
  expect((await validate()).out).toContain('Valid: 1 policy in 2 files')
  await writeFile(join(folder, 'holdfast.yaml'), 'version: 1\npolicies: ["**/*.yaml"]\n')
  expect((await validate()).out).toContain('Valid: 1 policy in 2 files')
  expect((await validate('policies/contain.test.yaml')).err).toContain('error[path-is-a-test]')
  await writeFile(join(folder, 'holdfast.yaml'), 'version: 1\npolicies: [policies/contain.test.yaml]\n')
  expect((await validate()).err).toContain('error[path-is-a-test]')
})
