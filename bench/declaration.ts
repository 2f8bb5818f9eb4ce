import type { Configuration } from '../src/schema/configuration.ts'
import { type Duration, parseDuration } from '../src/schema/duration.ts'
import type { DesiredState, MachineEntry, Policy } from '../src/schema/policy.ts'
import { defaultIsolationEffect } from '../src/schema/read-effects.ts'
import { INCIDENT_TAG } from './dataset.ts'

const PLACE = { file: 'bench/policy.yaml', line: 1, column: 1 }

function lasting(text: string): Duration {
  return parseDuration(text) ?? { text, ms: 0 }
}

function entry(over: Partial<MachineEntry>): MachineEntry {
  return { fields: {}, all: false, missing: 'error', place: PLACE, ...over }
}

function policy(name: string, machines: readonly MachineEntry[], state: DesiredState): Policy {
  const fixed = {
    reason: 'benchmark',
    except: [],
    onExpiry: 'lift',
    liftAfter: [],
    reassert: false,
    place: PLACE,
  } as const
  return { name, machines, state, ...fixed }
}

/** Declares every machine: a scan of all of them, and an isolation of those that carry the incident's tag. */
export const POLICIES: readonly Policy[] = [
  policy('scan-everything', [entry({ all: true })], {
    scanned: { value: { scan: 'quick', within: lasting('30d') }, place: PLACE },
  }),
  policy('contain', [entry({ fields: { tag: [INCIDENT_TAG] } })], {
    isolated: { value: 'full', place: PLACE },
    restricted: { value: 'restricted', place: PLACE },
  }),
]

/** The defaults, and a domain controller rule so that protection is weighed for every machine. */
export const CONFIGURATION: Configuration = {
  cloud: 'commercial',
  policies: [],
  guards: { maxMachines: 100, maxLifts: 20, maxShare: { text: '10%', ratio: 0.1 } },
  effects: { isolated: defaultIsolationEffect() },
  protected: [{ match: entry({ fields: { tag: ['domain-controller'] } }), allow: ['scanned'], place: PLACE }],
  allow: { quarantined: false, liveResponse: false, offboarded: false, scopeChange: false },
  retry: { maxAttempts: 3, within: lasting('24h') },
  contested: { within: lasting('24h') },
  history: { lookback: lasting('180d') },
  evidence: { read: 'off', settle: lasting('2h'), fresh: lasting('24h'), api: 'graph' },
  apply: { timeout: lasting('30m'), pollInterval: lasting('5s'), lookup: lasting('15s') },
}
