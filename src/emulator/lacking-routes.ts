import { type Api, Refusal } from './exchange.ts'

/**
 * First segments, below `/api`, of methods that the service has and this emulator lacks. docs/emulator.md lists them.
 * Every other unknown path is 404, as at the service.
 */
export const LACKING: readonly string[] = [
  'advancedhunting',
  'alerts',
  'authenticatedefinitions',
  'configurationscore',
  'dataexport',
  'deviceavinfo',
  'exposurescore',
  'files',
  'indicators',
  'investigations',
  'ips',
  'domains',
  'recommendations',
  'remediationtasks',
  'software',
  'users',
  'vulnerabilities',
]
/** Last segments of `/machines/{id}/…` that it lacks. */
export const LACKING_OF_MACHINES: readonly string[] = [
  'alerts',
  'getmissingkbs',
  'logonusers',
  'recommendations',
  'software',
  'startinvestigation',
  'vulnerabilities',
]

/** Says whether the service has a method at this path that the emulator lacks. */
export function isLacking(api: Api, path: string): boolean {
  if (api === 'graph') return true
  const [, first = '', , third = ''] = path.toLowerCase().split('/')
  return LACKING.includes(first) || (first === 'machines' && LACKING_OF_MACHINES.includes(third))
}

/** The emulator's own refusal, which no service gives. */
export function notEmulated(method: string, path: string): Refusal {
  return new Refusal(
    501,
    'HoldfastEmulatorLacksRoute',
    `This emulator has no ${method} ${path}: docs/emulator.md lists what it has. The service may have it.`,
  )
}
