import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CONFIGURATION, ISOLATE_TWO, machines, startTenant, type Tenant } from './emulated-tenant.ts'

function pair(): { readonly secret: string; readonly open: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    open: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

const [anna, eve] = [pair(), pair()]
const KEYS = {
  'anna.pem': anna.secret,
  'eve.pem': eve.secret,
  'keys/anna.pub.pem': anna.open,
  'keys/notes.txt': 'not a key',
  'others/eve.pub.pem': eve.open,
}
const DEMANDING = CONFIGURATION.replace('apply: {', 'apply: { trustedKeys: [keys], ')

async function tenantWith(configuration = CONFIGURATION): Promise<Tenant> {
  const files = { ...ISOLATE_TWO, ...KEYS, 'holdfast.yaml': configuration }
  const tenant = await startTenant({ machines: machines(4) }, files)
  for (const name of ['anna.pem', 'eve.pem']) await chmod(join(tenant.folder, name), 0o600)
  return tenant
}

async function signedPlan(tenant: Tenant, key = 'anna.pem'): Promise<void> {
  const { code, stderr } = await tenant.run(['plan', '--out', 'p.plan', '--sign', key])
  expect({ code, warns: stderr.includes('warning') }).toStrictEqual({ code: 0, warns: false })
  expect(stderr).toContain('into p.plan.sig.')
}

interface Row {
  readonly argv?: readonly string[]
  readonly key?: string
  readonly before?: (folder: string) => Promise<unknown>
  readonly configuration?: string
  readonly code: number
  readonly says?: string
}

const edit = (name: string, from: string, to: string) => async (folder: string) => {
  const path = join(folder, name)
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to))
}

const TRUSTED = ['apply', 'p.plan', '--trusted-keys', 'keys', '--no-wait']
const ROWS: Readonly<Record<string, Row>> = {
  'a plan signed by a trusted key is applied': { code: 6 },
  'a plan signed by a key of one file is applied': {
    argv: ['apply', 'p.plan', '--trusted-keys', 'keys/anna.pub.pem', '--no-wait'],
    code: 6,
  },
  'a plan and its signature that PowerShell wrote again in UTF-16 are what was signed': {
    before: async folder => {
      for (const name of ['p.plan', 'p.plan.sig', 'keys/anna.pub.pem']) {
        const path = join(folder, name)
        await writeFile(path, Buffer.from(`\ufeff${await readFile(path, 'utf8')}`, 'utf16le'))
      }
    },
    code: 6,
  },
  'a plan without a signature is refused': {
    before: folder => rm(join(folder, 'p.plan.sig')),
    code: 4,
    says: 'signature-missing',
  },
  'a plan signed by another key is refused': { key: 'eve.pem', code: 4, says: 'signature-untrusted' },
  'a signature that is none is refused': {
    before: folder => writeFile(join(folder, 'p.plan.sig'), '{}'),
    code: 4,
    says: 'signature-malformed',
  },
  'a plan that was altered after it was signed is stale': {
    before: edit('p.plan', '"Full"', '"Selective"'),
    code: 3,
    says: 'signature-wrong',
  },
  'one blank more in the file is stale, whatever the plan says': {
    before: edit('p.plan', '{', '{ '),
    code: 3,
    says: 'signature-wrong',
  },
  'what is no plan at all is not even parsed': {
    before: folder => writeFile(join(folder, 'p.plan'), 'nonsense'),
    code: 3,
    says: 'signature-wrong',
  },
  'without a plan file --trusted-keys would mean nothing': {
    argv: ['apply', '--auto-approve', '--trusted-keys', 'keys'],
    code: 1,
    says: 'flags-contradict',
  },
  'keys that are not there are an error': {
    argv: ['apply', 'p.plan', '--trusted-keys', 'nowhere'],
    code: 1,
    says: 'file-not-read',
  },
  'a folder without keys is an error': {
    argv: ['apply', 'p.plan', '--trusted-keys', 'policies'],
    code: 1,
    says: 'trusted-key-unusable',
  },
  'private keys among the trusted are an error': {
    argv: ['apply', 'p.plan', '--trusted-keys', 'anna.pem'],
    code: 1,
    says: 'trusted-key-unusable',
  },
  'the configuration alone demands a signature': {
    configuration: DEMANDING,
    argv: ['apply', 'p.plan', '--no-wait'],
    code: 6,
  },
  'the configuration demands one of an unsigned plan': {
    configuration: DEMANDING,
    argv: ['apply', 'p.plan'],
    before: folder => rm(join(folder, 'p.plan.sig')),
    code: 4,
    says: 'signature-missing',
  },
  'the configuration demands one where there is no plan file': {
    configuration: DEMANDING,
    argv: ['apply', '--auto-approve'],
    code: 4,
    says: 'signature-missing',
  },
  'nor does --expect stand for one': {
    configuration: DEMANDING,
    argv: ['apply', '--expect', `sha256:${'0'.repeat(64)}`],
    code: 4,
    says: 'signature-missing',
  },
  'an option cannot add to the keys of the configuration': {
    configuration: DEMANDING,
    key: 'eve.pem',
    argv: ['apply', 'p.plan', '--trusted-keys', 'others'],
    code: 4,
    says: 'signature-untrusted',
  },
  'keys of the configuration that cannot be read stop every apply': {
    configuration: CONFIGURATION.replace('apply: {', 'apply: { trustedKeys: gone.pem, '),
    argv: ['apply', 'p.plan'],
    code: 1,
    says: 'file-not-read',
  },
}

test.each(Object.entries(ROWS))(
  '%s',
  async (_rule, { argv = TRUSTED, key, before, configuration, code, says }) => {
    const tenant = await tenantWith(configuration)
    await signedPlan(tenant, key)
    await before?.(tenant.folder)
    const ran = await tenant.run(argv)
    expect(ran.code, ran.stderr).toBe(code)
    expect(ran.stderr).toContain(says ?? '')
    expect(tenant.writes()).toBe(code === 6 ? 2 : 0)
    expect(ran.stderr + ran.stdout).not.toContain(anna.secret.split('\n')[1])
  },
)

test('what is signed can be checked by anybody with the public key, as the documentation shows', async () => {
  const tenant = await tenantWith()
  await signedPlan(tenant)
  const path = join(tenant.folder, 'p.plan')
  const document = JSON.parse(await readFile(`${path}.sig`, 'utf8')) as Readonly<Record<string, string>>
  const digest = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  const message = Buffer.from(`holdfast plan signature v1\nsha256:${digest}\n`)
  const signature = Buffer.from(document['signature'] ?? '', 'base64')
  expect(verify(null, message, createPublicKey(anna.open), signature)).toBe(true)
  expect((await stat(`${path}.sig`)).mode & 0o777).toBe(0o600)
})

test('the record says which key signed', async () => {
  const tenant = await tenantWith()
  await signedPlan(tenant)
  await tenant.run(TRUSTED)
  const { keyId } = JSON.parse(await readFile(join(tenant.folder, 'p.plan.sig'), 'utf8')) as {
    readonly keyId: string
  }
  const { stdout } = await tenant.run(['audit', 'export'])
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ signedBy: keyId, approvedBy: 'plan-file' })
})

describe('under a configuration that demands a signature', () => {
  test('undo is applied from a signed plan alone', async () => {
    const tenant = await tenantWith(DEMANDING)
    await signedPlan(tenant)
    await tenant.run(['apply', 'p.plan'])
    const { planId } = JSON.parse(await readFile(join(tenant.folder, 'p.plan'), 'utf8')) as {
      readonly planId: string
    }
    const writes = tenant.writes()
    expect((await tenant.run(['undo', planId, '--auto-approve'])).code).toBe(4)
    expect(tenant.writes()).toBe(writes)
    expect((await tenant.run(['undo', planId, '--out', 'u.plan', '--sign', 'anna.pem'])).code).toBe(0)
    expect((await tenant.run(['apply', 'u.plan'])).code).toBe(0)
    expect(tenant.writes()).toBe(writes + 2)
  })

  test('nothing is contained without one, and nothing is written for it', async () => {
    const tenant = await tenantWith(DEMANDING)
    const before = await readdir(tenant.folder, { recursive: true })
    const { code, stderr } = await tenant.run([
      'contain',
      '--for',
      '24h',
      'ws-3.contoso.com',
      '--reason',
      'INC-2',
      '--auto-approve',
    ])
    expect({ code, writes: tenant.writes() }, stderr).toStrictEqual({ code: 4, writes: 0 })
    expect(stderr).toContain('signature-missing')
    const after = await readdir(tenant.folder, { recursive: true })
    expect(after.filter(name => !name.startsWith('.state'))).toStrictEqual(before)
  })

  test('an unfinished run is gone on with by its signed plan, not by what lies in the state directory', async () => {
    const tenant = await tenantWith(DEMANDING)
    await signedPlan(tenant)
    expect((await tenant.run(['apply', 'p.plan', '--no-wait'])).code).toBe(6)
    const resumed = await tenant.run(['apply', '--resume'])
    expect(resumed.code).toBe(4)
    expect(resumed.stderr).toContain('signature-missing')
    expect((await tenant.run(['apply', 'p.plan'])).code).toBe(0)
    expect(tenant.writes()).toBe(2)
  })
})

describe('--sign', () => {
  test('without --out would sign nothing', async () => {
    const tenant = await tenantWith()
    const { code, stderr } = await tenant.run(['plan', '--sign', 'anna.pem'])
    expect(code).toBe(1)
    expect(stderr).toContain('flags-contradict')
  })

  test('with a key that cannot sign saves nothing', async () => {
    const tenant = await tenantWith()
    const { code, stderr } = await tenant.run(['plan', '--out', 'p.plan', '--sign', 'keys/anna.pub.pem'])
    expect(code).toBe(1)
    expect(stderr).toContain('signing-key-unusable')
    expect(await readdir(tenant.folder)).not.toContain('p.plan')
  })

  test('with a key that others can read warns, and signs', async () => {
    const tenant = await tenantWith()
    await chmod(join(tenant.folder, 'anna.pem'), 0o644)
    const { code, stderr } = await tenant.run(['plan', '--out', 'p.plan', '--sign', 'anna.pem'])
    expect(code).toBe(0)
    expect(stderr).toContain('warning[key-permissions]')
  })

  test('a signature that was moved to another plan is not of it', async () => {
    const tenant = await tenantWith()
    await signedPlan(tenant)
    await rename(join(tenant.folder, 'p.plan.sig'), join(tenant.folder, 'q.plan.sig'))
    await tenant.run(['plan', '--out', 'q.plan', '--target', 'ws-1.contoso.com'])
    expect((await tenant.run(['apply', 'q.plan', '--trusted-keys', 'keys'])).code).toBe(3)
  })
})
