import { ACTION_METHODS, CANCEL_QUOTA, type Quota } from '../posture/methods.ts'
import type { Call } from './call.ts'
import { cancelAction } from './cancel.ts'
import { linkCommandResult, linkPackage } from './downloads.ts'
import type { Api, Reply } from './exchange.ts'
import { countActions, getAction, listActions } from './history.ts'
import { answerGraphHunting, answerHunting } from './hunting.ts'
import { countMachines, findByIp, findByTag, getMachine, listMachines } from './inventory.ts'
import { deleteLibraryFile, listLibrary, uploadLibraryFile } from './library.ts'
import { submitAction } from './submit.ts'
import { tagMachine, tagMachines, updateMachine } from './tags.ts'

/** One method of the API. */
export interface Route {
  readonly method: string
  /** Path below `/api`; `{…}` stands for one segment, or for the arguments in parentheses. */
  readonly path: string
  readonly pattern: RegExp
  readonly quota: Quota
  /** Whether its quota is the tenant's, whichever application calls. */
  readonly isPerTenant: boolean
  /** Any one of these application permissions is enough. */
  readonly permissions: readonly string[]
  readonly answer: (call: Call) => Reply
}

const READ = ['Machine.Read.All', 'Machine.ReadWrite.All']
const WRITE = ['Machine.ReadWrite.All']
const LIBRARY = ['Library.Manage']
const ACT = [...new Set(ACTION_METHODS.map(({ permission }) => permission))]
const HUNTING = ['AdvancedQuery.Read.All']
const USUAL = CANCEL_QUOTA
/** Quota of advanced hunting (docs/service.md#quota-hunting), which the service counts per tenant. */
const HUNTING_QUOTA: Quota = { perMinute: 45, perHour: 1500 }
/** Quota of Graph's hunting (docs/service.md#hunting-limits): no limit an hour is named. */
const GRAPH_QUOTA: Quota = { perMinute: 45, perHour: Number.POSITIVE_INFINITY }
/** Quota of getPackageUri (docs/service.md#quota-package). */
const PACKAGE_LINKS: Quota = { perMinute: 2, perHour: 120 }

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.()$]/g, '\\$&').replace(/\{[^}]*\}/g, '([^/]+?)')
  return new RegExp(`^${escaped}$`, 'i')
}

function route(
  method: string,
  path: string,
  permissions: readonly string[],
  answer: (call: Call) => Reply,
  quota: Quota = USUAL,
): Route {
  const isPerTenant = quota === HUNTING_QUOTA || quota === GRAPH_QUOTA
  return { method, path, pattern: patternOf(path), quota, isPerTenant, permissions, answer }
}

/** Every method of the emulated API (docs/service.md#machineaction); the first pattern that fits a path wins. */
const DEFENDER_ROUTES: readonly Route[] = [
  route('GET', '/machineactions', READ, listActions),
  route('GET', '/machineactions/$count', READ, countActions),
  route('GET', '/machineactions/{id}', READ, getAction),
  route('POST', '/machineactions/{id}/cancel', ACT, cancelAction, CANCEL_QUOTA),
  route('GET', '/machineactions/{id}/getPackageUri', READ, linkPackage, PACKAGE_LINKS),
  route('GET', '/machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})', READ, linkCommandResult),
  ...ACTION_METHODS.map(method =>
    route(
      'POST',
      `/machines/{id}/${method.path}`,
      [method.permission],
      call => submitAction(call, method),
      method.quota,
    ),
  ),
  route('GET', '/machines', READ, listMachines),
  route('GET', '/machines/$count', READ, countMachines),
  route('GET', '/machines/findbytag', READ, findByTag),
  route('GET', '/machines/findbyip({arguments})', READ, findByIp),
  route('POST', '/machines/AddOrRemoveTagForMultipleMachines', WRITE, tagMachines),
  route('POST', '/machines/{id}/tags', WRITE, tagMachine),
  route('GET', '/machines/{id}', READ, getMachine),
  route('PATCH', '/machines/{id}', WRITE, updateMachine),
  route('GET', '/libraryfiles', LIBRARY, listLibrary),
  route('POST', '/libraryfiles', LIBRARY, uploadLibraryFile),
  route('DELETE', '/libraryfiles/{fileName}', LIBRARY, deleteLibraryFile),
  route('POST', '/advancedqueries/run', HUNTING, answerHunting, HUNTING_QUOTA),
]

/** The one method of Microsoft Graph that there is, below the host. */
const GRAPH_ROUTES: readonly Route[] = [
  route(
    'POST',
    '/v1.0/security/runHuntingQuery',
    ['ThreatHunting.Read.All'],
    answerGraphHunting,
    GRAPH_QUOTA,
  ),
]

/** The methods of both services, each with a table of its own. */
export const ROUTES: Readonly<Record<Api, readonly Route[]>> = {
  defender: DEFENDER_ROUTES,
  graph: GRAPH_ROUTES,
}

/** What a method and a path lead to. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly params: readonly string[] }
  /** The path exists with other methods. */
  | { readonly kind: 'wrong-method'; readonly allow: string }
  | { readonly kind: 'none' }

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/**
 * Finds the route of a request.
 *
 * @param path - Path below `/api`, or below Graph's host, still encoded, without a trailing slash. Letter case does not
 * matter.
 */
export function findRoute(api: Api, method: string, path: string): Match {
  const fitting = ROUTES[api].flatMap(candidate => {
    const match = candidate.pattern.exec(path)
    return match === null ? [] : [{ route: candidate, params: match.slice(1).map(decode) }]
  })
  const [first] = fitting
  if (first === undefined) return { kind: 'none' }
  // A fixed path such as /machines/findbytag hides the {id} of the same depth.
  const paths = fitting.filter(({ params }) => params.length === first.params.length)
  const found = paths.find(({ route: { method: own } }) => own === method.toUpperCase())
  if (found !== undefined) return { kind: 'route', ...found }
  return {
    kind: 'wrong-method',
    allow: [...new Set(paths.map(({ route: { method: own } }) => own))].join(', '),
  }
}

/** A path that belongs to one of the two services. */
export interface ApiPath {
  readonly api: Api
  /** Below `/api`; for Graph below the host. Without trailing slashes. */
  readonly path: string
}

/** Strips `/api` or `/api/v1.0` and trailing slashes; undefined for a path outside both services. */
export function apiPath(pathname: string): ApiPath | undefined {
  const path = /^\/api(?:\/v1\.0)?(\/.*?)\/*$/i.exec(pathname)?.[1]
  if (path !== undefined) return { api: 'defender', path }
  const graph = /^(\/(?:v1\.0|beta)\/.*?)\/*$/i.exec(pathname)?.[1]
  return graph === undefined ? undefined : { api: 'graph', path: graph }
}
