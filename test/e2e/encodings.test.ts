import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ISOLATE_TWO, policy, startTenant } from './emulated-tenant.ts'

const LISTED = {
  'holdfast.yaml': ISOLATE_TWO['holdfast.yaml'] ?? '',
  'policies/contain.yaml':
    'version: 1\npolicy: contain\nreason: für INC-1\nmachines:\n  - list: ../lists/a.txt\nstate:\n  isolated: full\n',
  'lists/a.txt': 'ws-1.contoso.com\r\nws-2.contoso.com\r\n',
  'scenario.yaml':
    'version: 1\nmachines: [{ computerDnsName: ws-1.contoso.com }, { computerDnsName: ws-2.contoso.com }]\n',
}

describe.each([
  ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16, as PowerShell writes it', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
])('files in %s', (_encoding, encode) => {
  test('are read: configuration, policy, list, scenario, plan and documents', async () => {
    const tenant = await startTenant(undefined, LISTED)
    const again = async (path: string): Promise<void> => {
      const file = join(tenant.folder, path)
      await writeFile(file, encode(await readFile(file, 'utf8')))
    }
    for (const path of Object.keys(LISTED)) await again(path)
    const planned = await tenant.run(['plan', '--out', 'a.plan', '--json-into', 'p.json'])
    expect(planned.code, planned.stderr).toBe(0)
    expect(planned.stdout).toContain('Plan: 2 to impose')
    expect((await tenant.run(['plan', '--emulate', 'scenario.yaml'])).stdout).toContain('Plan: 2 to impose')
    await again('a.plan')
    await again('p.json')
    const shown = await tenant.run(['show', 'a.plan'])
    expect(shown.stdout, shown.stderr).toContain('Plan: 2 to impose')
    expect((await tenant.run(['publish', 'azure', 'p.json'])).code).toBe(0)
    const applied = await tenant.run(['apply', 'a.plan', '--json-into', 'r.json'])
    expect(applied.code, applied.stderr).toBe(0)
    await again('r.json')
    expect((await tenant.run(['publish', 'azure', 'r.json'])).code).toBe(0)
  })
})

test('names in quotation marks in a list, and in a policy, are named', async () => {
  const quoted = ["'ws-1.contoso.com'", '"ws-2.contoso.com"', '“ws-3.contoso.com”']
  const tenant = await startTenant(undefined, {
    ...LISTED,
    'lists/a.txt': `${quoted.join('\n')}\n`,
    'policies/other.yaml': policy('other', 'restricted: true', ['\'"ws-4.contoso.com"\'']),
  })
  const ran = await tenant.run(['validate', '--json'])
  expect(ran.code).toBe(1)
  const { diagnostics } = JSON.parse(ran.stdout) as {
    diagnostics: readonly { code: string; message: string }[]
  }
  expect(diagnostics.filter(({ code }) => code === 'invalid-list-line')).toHaveLength(3)
  expect(diagnostics.filter(({ code }) => code === 'invalid-machine-name')).toHaveLength(1)
  expect(diagnostics.every(({ message }) => message.includes('quotation marks'))).toBe(true)
})
