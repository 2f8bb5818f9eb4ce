import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Target } from '../plan/document/document.ts'
import { isLoopback } from '../schema/endpoint.ts'
import type { Environment } from './environment.ts'

/** A name for a folder: lower case, nothing but letters, digits, dots and dashes. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 120)
}

/**
 * Names what journal and lease belong to: the tenant, since all its endpoints lead to the same machines. An emulator
 * on this machine may claim any tenant, so that it and an unknown tenant go by the endpoint.
 */
export function nameTarget(target: Target): string {
  const url = new URL(target.endpoint)
  const byEndpoint = slug(`${url.host}${url.pathname}`)
  const isOwn = url.protocol === 'emulated:' || isLoopback(url.hostname)
  return target.tenantId === null || isOwn ? byEndpoint : slug(target.tenantId)
}

/**
 * The folder of the user's state: `$XDG_STATE_HOME/holdfast`, `~/.local/state/holdfast` where it is unset or relative.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateDirectory(env: Environment): string {
  const given = env['XDG_STATE_HOME'] ?? ''
  const home = env['HOME'] ?? ''
  const base = isAbsolute(given) ? given : join(home === '' ? homedir() : home, '.local', 'state')
  return join(base, 'holdfast')
}
