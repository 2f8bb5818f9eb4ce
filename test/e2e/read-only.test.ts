import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startTenant, type Tenant } from './emulated-tenant.ts'

const HUNTING = '/v1.0/security/runHuntingQuery'

/** A service that breaks every connection on which anything but GET and hunting is asked, and counts what is not GET. */
async function getOnly(tenant: Tenant): Promise<{ readonly url: string; readonly refused: () => number }> {
  let refused = 0
  const server = createServer((request, response) => {
    if (request.method !== 'GET') refused += 1
    if (request.method !== 'GET' && request.url !== HUNTING) {
      request.socket.destroy()
      return
    }
    passOn(request, tenant)
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

async function passOn(request: IncomingMessage, { url }: Tenant): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method = 'GET', headers } = request
  const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) }
  const authorization = headers.authorization ?? ''
  return fetch(`${url}${request.url}`, { method, headers: { authorization }, ...body })
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

test.each([
  ['plan', 0],
  ['drift', 2],
] as const)('%s with evidence asks hunting once besides, and nothing else', async (command, code) => {
  const tenant = await startTenant()
  const service = await getOnly(tenant)
  const ran = await tenant.run([command, '--verify', '--json', '--endpoint', service.url])
  expect(ran.code, ran.stderr).toBe(code)
  expect(JSON.parse(ran.stdout)).toMatchObject({ complete: true })
  expect(service.refused()).toBe(1)
})

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
