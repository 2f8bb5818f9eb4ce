import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIGURATION, machines, policy, startTenant } from './emulated-tenant.ts'

const FILES = {
  'holdfast.yaml': `${CONFIGURATION}protected: [{ match: { tag: dc }, allow: [] }]\n`,
  'policies/a.yaml': policy(
    'a',
    'isolated: full',
    ['ws-1.contoso.com'],
    'owner: anna\nexpires: 2099-01-01\n',
  ),
  'policies/b.yaml': policy('b', 'isolated: false', ['ws-1.contoso.com', 'ws-9.contoso.com']).replace(
    'ws-1.contoso.com\n',
    'ws-1.contoso.com\n    osPlatform: [Windows10, Windows11]\n',
  ),
}

async function start() {
  const tenant = await startTenant({ machines: machines(2) }, FILES)
  const validate = async (...argv: readonly string[]) => {
    const { code, stdout, stderr } = await tenant.run(['validate', '--json', ...argv])
    const { diagnostics = [], valid } = JSON.parse(stdout)
    const codes = diagnostics.map((each: { readonly code: string }) => each.code)
    return { code, valid, codes, stderr }
  }
  return { tenant, validate }
}

test('without --lint only what rests on a tag is warned of', async () => {
  const { tenant, validate } = await start()
  expect(await validate()).toMatchObject({ code: 0, valid: true, codes: ['tag-of-the-device'] })
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('--lint adds what is doubtful, and asks nothing of the service', async () => {
  const { tenant, validate } = await start()
  const ran = await validate('--lint')
  expect(ran).toMatchObject({ code: 0, codes: ['tag-of-the-device', 'contradicting-policies'] })
  expect(ran.stderr).toMatch(/--> policies\/b\.yaml:\d+:\d+\n +\|\n *\d+ \| .*ws-1\.contoso\.com/)
  expect(tenant.emulator.requests()).toStrictEqual([])
})

test('what two policies that name a machine contradict each other on is an error, also without --lint, and told once', async () => {
  const { tenant, validate } = await start()
  const text = policy('b', 'isolated: false', ['WS-1.contoso.com.'])
  await writeFile(join(tenant.folder, 'policies/b.yaml'), text)
  const codes = ['conflicting-policies', 'tag-of-the-device']
  expect(await validate()).toMatchObject({ code: 1, valid: false, codes })
  expect(await validate('--lint')).toMatchObject({ code: 1, codes })
  await writeFile(join(tenant.folder, 'policies/b.yaml'), `${text}expires: 2020-01-01\n`)
  expect(await validate()).toMatchObject({ code: 0, valid: true, codes: ['tag-of-the-device'] })
})

test('--online adds what only the machines tell, and reads nothing else', async () => {
  const { tenant, validate } = await start()
  const { code, codes } = await validate('--lint', '--online')
  expect(code).toBe(0)
  expect(codes).toStrictEqual([
    'tag-of-the-device',
    'unresolved-machine',
    'protects-nothing',
    'contradicting-policies',
  ])
  expect(
    tenant.emulator.requests().every(({ method, path }) => method === 'GET' && /\/machines$/.test(path)),
  ).toBe(true)
})

test('--strict makes a warning an exit of 1, and what is said agrees', async () => {
  const { tenant, validate } = await start()
  expect((await validate('--strict')).code).toBe(1)
  expect((await tenant.run(['validate', '--strict'])).stdout).toBe(
    'Not valid: 2 policies in 3 files, 0 errors, 1 warning.\n',
  )
  const clean = await startTenant(undefined, { ...FILES, 'holdfast.yaml': CONFIGURATION })
  expect((await clean.run(['validate', '--strict'])).code).toBe(0)
})

test('what an exception of one kind tells offline is told once online', async () => {
  const tenant = await startTenant(
    { machines: machines(2) },
    {
      'holdfast.yaml': CONFIGURATION,
      'policies/a.yaml': policy(
        'a',
        'isolated: false',
        ['ws-1.contoso.com'],
        'except: [{ dnsName: ws-2.contoso.com }]\n',
      ),
    },
  )
  const ran = await tenant.run(['validate', '--lint', '--online', '--json'])
  expect(JSON.parse(ran.stdout).diagnostics).toMatchObject([{ code: 'except-takes-nothing' }])
})

test.each([
  [['--online'], '--online does nothing without --lint'],
  [['--lint', '--emulate', 'x.yaml'], '--emulate does nothing without --online'],
  [['--endpoint', 'https://x'], '--endpoint does nothing without --online'],
])('%j is refused: an option that does nothing is a mistake', async (argv, message) => {
  const { tenant } = await start()
  const ran = await tenant.run(['validate', ...argv])
  expect(ran.code).toBe(1)
  expect(ran.stderr).toContain(message)
})

test('machines that cannot be read are an error, never none', async () => {
  const { tenant } = await start()
  const ran = await tenant.run(['validate', '--lint', '--online', '--endpoint', 'http://127.0.0.1:1'])
  expect(ran.code).toBe(1)
  expect(ran.stdout).toBe('')
})
