import { expect, test } from 'vitest'
import { nameTarget, stateDirectory } from '../../src/local/state-directory.ts'

test.each([
  ['XDG_STATE_HOME is used', { XDG_STATE_HOME: '/state', HOME: '/home/u' }, '/state/holdfast'],
  [
    'a relative one is ignored, as its specification asks',
    { XDG_STATE_HOME: 'state', HOME: '/home/u' },
    '/home/u/.local/state/holdfast',
  ],
  ['without it the state is in the home folder', { HOME: '/home/u' }, '/home/u/.local/state/holdfast'],
])('%s', (_rule, env, want) => expect(stateDirectory(env)).toBe(want))

const TENANT = '11111111-2222-3333-4444-555555555555'

test.each([
  ['a tenant goes by its id, whatever the endpoint', 'https://eu.api.security.microsoft.com', TENANT, TENANT],
  [
    'an unknown tenant goes by the endpoint',
    'https://api.security.microsoft.com',
    null,
    'api.security.microsoft.com',
  ],
  ['an emulator on this machine goes by the endpoint', 'http://127.0.0.1:8080', TENANT, '127.0.0.1-8080'],
  ['so does one on ::1', 'http://[::1]:8080', TENANT, '1-8080'],
  ['so does localhost', 'http://localhost:8080', TENANT, 'localhost-8080'],
  ['a path is a part of it', 'https://proxy.contoso.com/mde/../eu', null, 'proxy.contoso.com-eu'],
])('%s', (_rule, endpoint, tenantId, want) => expect(nameTarget({ endpoint, tenantId })).toBe(want))
