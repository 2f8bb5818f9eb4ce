import { expect, test } from 'vitest'
import { isLoopback, parseEndpoint } from '../../src/schema/endpoint.ts'

test.each(
  Object.entries({
    'an https base is taken as it is': [
      'https://api.security.microsoft.com',
      'https://api.security.microsoft.com',
    ],
    'trailing slashes go': ['https://api.security.microsoft.com//', 'https://api.security.microsoft.com'],
    'the `/api` that every call adds goes': [
      'https://api.security.microsoft.com/api/',
      'https://api.security.microsoft.com',
    ],
    'a port and a path stay': ['https://proxy.contoso.com:8443/mde', 'https://proxy.contoso.com:8443/mde'],
    'capitals of the host go': ['HTTPS://API.Security.Microsoft.com', 'https://api.security.microsoft.com'],
    'plain http to localhost is taken': ['http://localhost:8080', 'http://localhost:8080'],
    'plain http to any loopback address is taken': ['http://127.1.2.3:1/', 'http://127.1.2.3:1'],
    'plain http to the loopback of IPv6 is taken': ['http://[::1]:8080', 'http://[::1]:8080'],
  }),
)('%s', (_rule, [text = '', want]) => expect(parseEndpoint(text)).toBe(want))

test.each(
  Object.entries({
    'plain http elsewhere': 'http://api.security.microsoft.com',
    'plain http to a name that only begins like loopback': 'http://127.0.0.1.contoso.com',
    'plain http to a name that only ends like loopback': 'http://notlocalhost',
    'a login': 'https://user:secret@api.security.microsoft.com',
    'a query': 'https://api.security.microsoft.com?x=1',
    'a fragment': 'https://api.security.microsoft.com#x',
    'a blank': 'https://api.security microsoft.com',
    'backslashes, which a URL parser would turn': 'https:\\\\api.security.microsoft.com',
    'another scheme': 'file:///etc/passwd',
    'no scheme': 'api.security.microsoft.com',
    nothing: '',
  }),
)('%s is refused', (_rule, text) => expect(parseEndpoint(text)).toBeUndefined())

test.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]'])('%s is this machine', host =>
  expect(isLoopback(host)).toBe(true),
)

test.each(['127.0.0', '127.0.0.x', '127.0.0.1.1', '128.0.0.1', 'mylocalhost', 'localhost.example'])(
  '%s is another machine',
  host => expect(isLoopback(host)).toBe(false),
)
