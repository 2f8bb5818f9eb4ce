import { checkShape } from './check-shape.ts'
import type { Allowances, Configuration, Freeze, GuardLimits, ProtectedMachines } from './configuration.ts'
import type { Diagnostic, SourceFile } from './diagnostic.ts'
import { type Duration, parseDuration } from './duration.ts'
import { parseEndpoint } from './endpoint.ts'
import { type RawConfiguration, validateConfiguration } from './generated/configuration.ts'
import { diagnoseAll, type Finding, indexText } from './indexed-text.ts'
import { type Instant, parseInstant } from './instant.ts'
import { at, isTrue, items, type Located, lineOf, need, placeOf, type Reading, texts } from './located.ts'
import { defaultIsolationEffect, readIsolationEffect } from './read-effects.ts'
import { readEntry } from './read-entry.ts'
import { readNames } from './read-names.ts'
import { readRollout, readShare } from './read-rollout.ts'
import { readYaml } from './read-yaml.ts'
import { parseStore } from './store-address.ts'
import type { Member } from './text-tree.ts'

function duration(text: string): Duration {
  return parseDuration(text) as Duration
}

/** The configuration where there is no file: every default, no policies, nothing protected, nothing allowed. */
export function defaultConfiguration(): Configuration {
  return {
    cloud: 'commercial',
    policies: [],
    guards: { maxMachines: 100, maxLifts: 20, maxLiveResponses: 25, maxRenewals: 100 },
    effects: { isolated: defaultIsolationEffect() },
    protected: [],
    allow: { quarantined: false, liveResponse: false, offboarded: false, scopeChange: false },
    retry: { maxAttempts: 3, within: duration('24h') },
    contested: { within: duration('24h') },
    history: { lookback: duration('180d') },
    evidence: { read: 'off', settle: duration('2h'), fresh: duration('24h'), api: 'graph' },
    apply: { timeout: duration('30m'), pollInterval: duration('5s'), lookup: duration('15s'), rollout: {} },
  }
}

function readGuards(raw: RawConfiguration['guards'], defaults: GuardLimits): GuardLimits {
  const { maxMachines, maxShare, maxLifts, maxLiveResponses, maxRuns, maxRenewals } = raw ?? {}
  return {
    ...defaults,
    ...(maxMachines === undefined ? {} : { maxMachines: Number(maxMachines) }),
    ...(maxShare === undefined ? {} : { maxShare: readShare(maxShare) }),
    ...(maxLifts === undefined ? {} : { maxLifts: Number(maxLifts) }),
    ...(maxLiveResponses === undefined ? {} : { maxLiveResponses: Number(maxLiveResponses) }),
    ...(maxRuns === undefined ? {} : { maxRuns: Number(maxRuns) }),
    ...(maxRenewals === undefined ? {} : { maxRenewals: Number(maxRenewals) }),
  }
}

function readProtected(reading: Reading, raw: Located<RawConfiguration>): readonly ProtectedMachines[] {
  return items(at(raw, 'protected')).map(machines => ({
    match: readEntry(reading, need(machines, 'match')),
    allow: [...new Set(machines.value.allow ?? [])],
    place: placeOf(reading, machines),
  }))
}

function readAllow(raw: Located<RawConfiguration>): Allowances {
  const allow = at(raw, 'allow')
  const allows = (key: keyof Allowances): boolean => allow !== undefined && isTrue(at(allow, key))
  return {
    quarantined: allows('quarantined'),
    liveResponse: allows('liveResponse'),
    offboarded: allows('offboarded'),
    scopeChange: allows('scopeChange'),
  }
}

function readDemands(
  reading: Reading,
  raw: Located<RawConfiguration>,
): Pick<Configuration, 'confirmByName' | 'require' | 'longestHold' | 'risks'> {
  const { require, longestHold } = raw.value
  const [confirmByName, risks] = [at(raw, 'confirmByName'), at(raw, 'risks')]
  return {
    ...(confirmByName === undefined
      ? {}
      : { confirmByName: items(confirmByName).map(entry => readEntry(reading, entry)) }),
    ...(require === undefined ? {} : { require: [...new Set(require)] }),
    ...(longestHold === undefined ? {} : { longestHold: duration(longestHold) }),
    ...(risks === undefined
      ? {}
      : {
          risks: items(risks).map(risk => ({
            name: lineOf(need(risk, 'name')),
            match: readEntry(reading, need(risk, 'match')),
          })),
        }),
  }
}

function readFreeze(reading: Reading, raw: Located<RawConfiguration>): { readonly freeze?: Freeze } {
  const freeze = at(raw, 'freeze')
  if (freeze === undefined) return {}
  return {
    freeze: {
      owner: lineOf(need(freeze, 'owner')),
      reason: lineOf(need(freeze, 'reason')),
      until: parseInstant(freeze.value.until) as Instant,
      ...(isTrue(at(freeze, 'renewals')) ? { renewals: true } : {}),
      place: placeOf(reading, freeze),
    },
  }
}

function readConnection(
  raw: RawConfiguration,
): Pick<Configuration, 'endpoint' | 'authority' | 'scope' | 'tenantId' | 'store'> {
  const endpoint = raw.endpoint === undefined ? undefined : parseEndpoint(raw.endpoint)
  const authority = raw.authority === undefined ? undefined : parseEndpoint(raw.authority)
  const store = raw.store === undefined ? undefined : parseStore(raw.store)
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(authority === undefined ? {} : { authority }),
    ...(raw.scope === undefined ? {} : { scope: raw.scope.trim() }),
    ...(raw.tenantId === undefined ? {} : { tenantId: raw.tenantId.toLowerCase() }),
    ...(store === undefined ? {} : { store }),
  }
}

function readTimes(
  reading: Reading,
  raw: Located<RawConfiguration>,
  defaults: Configuration,
): Pick<Configuration, 'retry' | 'contested' | 'history' | 'evidence' | 'apply'> {
  const { retry, contested, history, evidence, apply } = raw.value
  const applying = at(raw, 'apply')
  const trusted = applying === undefined ? [] : texts(at(applying, 'trustedKeys'))
  const or = (text: string | undefined, otherwise: Duration): Duration =>
    text === undefined ? otherwise : duration(text)
  return {
    retry: {
      maxAttempts: Number(retry?.maxAttempts ?? defaults.retry.maxAttempts),
      within: or(retry?.within, defaults.retry.within),
    },
    contested: { within: or(contested?.within, defaults.contested.within) },
    history: {
      lookback: or(history?.lookback, defaults.history.lookback),
      ...(history?.pagesInFlight === undefined ? {} : { pagesInFlight: Number(history.pagesInFlight) }),
    },
    evidence: {
      read: evidence?.read ?? defaults.evidence.read,
      settle: or(evidence?.settle, defaults.evidence.settle),
      fresh: or(evidence?.fresh, defaults.evidence.fresh),
      api: evidence?.api ?? defaults.evidence.api,
    },
    apply: {
      timeout: or(apply?.timeout, defaults.apply.timeout),
      pollInterval: or(apply?.pollInterval, defaults.apply.pollInterval),
      lookup: or(apply?.lookup, defaults.apply.lookup),
      rollout: readRollout(reading, applying),
      ...(trusted.length === 0 ? {} : { trustedKeys: trusted.map(lineOf) }),
    },
  }
}

function readConfiguration(reading: Reading, raw: Located<RawConfiguration>): Configuration {
  const defaults = defaultConfiguration()
  const policies = texts(at(raw, 'policies'))
  return {
    file: reading.text.path,
    cloud: raw.value.cloud ?? defaults.cloud,
    ...readNames(reading, raw),
    ...readConnection(raw.value),
    policies: policies.map(lineOf),
    ...(policies.length === 0 ? {} : { policyPlaces: policies.map(policy => placeOf(reading, policy)) }),
    guards: readGuards(raw.value.guards, defaults.guards),
    effects: { isolated: readIsolationEffect(reading, raw) },
    protected: readProtected(reading, raw),
    ...readDemands(reading, raw),
    allow: readAllow(raw),
    ...readFreeze(reading, raw),
    ...readTimes(reading, raw, defaults),
  }
}

/** A configuration is one document: finds that there is none, or another. */
function checkDocuments(
  first: Member | undefined,
  second: Member | undefined,
  findings: readonly Finding[],
): readonly Finding[] {
  if (first === undefined && findings.length === 0) {
    const message = 'expected a configuration, found none: write at least `version: 1`'
    return [{ code: 'no-document', message, span: { start: 0, end: 1 } }]
  }
  if (second === undefined) return []
  const message = 'expected one document, found another one here: remove it'
  return [{ code: 'several-documents', message, span: second.name }]
}

/**
 * Reads `holdfast.yaml`, defaults filled in.
 *
 * Takes any text and never throws.
 *
 * @returns The configuration, or undefined where an error was found; and everything there is to say, with places.
 */
export function parseConfiguration(source: SourceFile): {
  readonly configuration: Configuration | undefined
  readonly diagnostics: readonly Diagnostic[]
} {
  const text = indexText(source)
  const { documents, findings } = readYaml(text)
  const [first, second] = documents
  const unread = [...findings, ...checkDocuments(first, second, findings)]
  const shape = first === undefined ? undefined : checkShape(first, validateConfiguration)
  if (first === undefined || shape?.value === undefined) {
    return {
      configuration: undefined,
      diagnostics: diagnoseAll(text, [...unread, ...(shape?.findings ?? [])]),
    }
  }
  const reading: Reading = { text, findings: unread }
  const configuration = readConfiguration(reading, { value: shape.value, member: first })
  const isSound = reading.findings.every(({ severity }) => severity === 'warning')
  return {
    configuration: isSound ? configuration : undefined,
    diagnostics: diagnoseAll(text, reading.findings),
  }
}
