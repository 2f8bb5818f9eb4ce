import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startTenant, type Tenant } from './emulated-tenant.ts'

/** A service that breaks every connection on which anything but GET is asked, and counts those. */
async function getOnly(tenant: Tenant): Promise<{ readonly url: string; readonly refused: () => number }> {
  let refused = 0
  const server = createServer((request, response) => {
    if (request.method !== 'GET') {
      refused += 1
      request.socket.destroy()
      return
    }
    fetch(`${tenant.url}${request.url}`, { headers: { authorization: request.headers.authorization ?? '' } })
      .then(async answer => {
        const date = answer.headers.get('date') ?? ''
        response.writeHead(answer.status, { 'content-type': 'application/json', date })
        response.end(await answer.text())
      })
      .catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, refused: () => refused }
}

test.each([
  ['plan', 0],
  ['drift', 2],
] as const)(
  '%s works on a service that answers nothing but GET, and asks nothing else',
  async (command, code) => {
    const tenant = await startTenant()
    const service = await getOnly(tenant)
    const ran = await tenant.run([command, '--json', '--endpoint', service.url])
    expect(ran.code, ran.stderr).toBe(code)
    expect(JSON.parse(ran.stdout)).toMatchObject({ complete: true })
    expect(service.refused()).toBe(0)
  },
)

test('that service does notice an apply', async () => {
  const tenant = await startTenant()
  const service = await getOnly(tenant)
  const ran = await tenant.run([
    'apply',
    '--auto-approve',
    '--submit-timeout',
    '5s',
    '--endpoint',
    service.url,
  ])
  expect(ran.code).not.toBe(0)
  expect(service.refused()).toBeGreaterThan(0)
})

test.each(['validate', 'show', 'schema'])('%s asks nothing of any service', async command => {
  const tenant = await startTenant()
  await tenant.run(['plan', '--out', 'p.plan'])
  const asked = tenant.emulator.requests().length
  const args = { validate: [], show: ['p.plan'], schema: ['policy'] }[command] ?? []
  expect((await tenant.run([command, ...args])).code).toBe(0)
  expect(tenant.emulator.requests().length).toBe(asked)
})
