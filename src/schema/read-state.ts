import type { SchemaCode } from './codes.ts'
import { quoteText } from './expectation.ts'
import type { LiveResponseSession, LiveResponseCommand as RawCommand, State } from './generated/policy.ts'
import { type Instant, parseInstant } from './instant.ts'
import { at, isTrue, items, type Located, need, placeOf, type Reading } from './located.ts'
import type {
  DesiredState,
  Freshness,
  IsolationLevel,
  LiveResponseCommand,
  LiveResponseWish,
  Placed,
  QuarantinedWish,
} from './policy.ts'
import { durationOf } from './read-entry.ts'

const ISOLATION: Readonly<Record<string, IsolationLevel>> = {
  full: 'full',
  true: 'full',
  selective: 'selective',
  unmanaged: 'unmanaged',
  false: 'none',
}
/** The order in which live response takes its commands (docs/service.md#live-response-order). */
const COMMAND_ORDER = ['PutFile', 'RunScript', 'GetFile']

/** The instant of a text whose format the schema has checked. */
export function instantOf(text: Located<string>): Instant {
  return parseInstant(text.value) as Instant
}

function readFreshness(wish: Located<{ readonly since?: string; readonly within?: string }>): Freshness {
  const since = at(wish, 'since')
  const within = at(wish, 'within')
  return {
    ...(since === undefined ? {} : { since: instantOf(since) }),
    ...(within === undefined ? {} : { within: durationOf(within) }),
  }
}

/** Finds texts that stand twice, and names both places. */
function checkUnique(
  reading: Reading,
  found: readonly Located<string>[],
  code: SchemaCode,
  what: string,
): void {
  const first = new Map<string, Located<string>>()
  for (const text of found) {
    const key = text.value.toLowerCase()
    const earlier = first.get(key)
    if (earlier === undefined) {
      first.set(key, text)
      continue
    }
    reading.findings.push({
      code,
      message: `the ${what} ${quoteText(text.value)} stands twice: rename or remove one of them`,
      span: text.member.node.span,
      related: [{ message: `${quoteText(earlier.value)} stands here first`, span: earlier.member.node.span }],
    })
  }
}

function readCommand(command: Located<RawCommand>): LiveResponseCommand {
  const { value } = command
  if (value.type === 'PutFile') return { type: value.type, file: value.file }
  if (value.type === 'GetFile') return { type: value.type, path: value.path.trim() }
  return {
    type: value.type,
    script: value.script,
    ...(value.args === undefined ? {} : { args: value.args.trim() }),
  }
}

function checkCommandOrder(reading: Reading, commands: readonly Located<RawCommand>[]): void {
  let furthest = 0
  for (const command of commands) {
    const rank = COMMAND_ORDER.indexOf(command.value.type)
    if (rank < furthest) {
      const message = `expected all PutFile commands first, then all RunScript, then all GetFile; this ${command.value.type} comes after a ${COMMAND_ORDER[furthest]}`
      reading.findings.push({ code: 'commands-out-of-order', message, span: command.member.name })
      return
    }
    furthest = rank
  }
}

function readSession(reading: Reading, session: Located<LiveResponseSession>): LiveResponseWish {
  const commands = items(need(session, 'commands'))
  checkCommandOrder(reading, commands)
  return {
    name: session.value.name,
    ...readFreshness(session),
    commands: commands.map(readCommand),
    place: placeOf(reading, session),
  }
}

function readQuarantined(reading: Reading, state: Located<State>): readonly QuarantinedWish[] | undefined {
  const files = at(state, 'quarantined')
  if (files === undefined) return undefined
  checkUnique(
    reading,
    items(files).map(file => need(file, 'sha1')),
    'duplicate-file',
    'SHA-1',
  )
  return items(files).map(file => ({ sha1: file.value.sha1.toLowerCase(), place: placeOf(reading, file) }))
}

function readLiveResponse(reading: Reading, state: Located<State>): readonly LiveResponseWish[] | undefined {
  const sessions = at(state, 'liveResponse')
  if (sessions === undefined) return undefined
  checkUnique(
    reading,
    items(sessions).map(session => need(session, 'name')),
    'duplicate-session',
    'session name',
  )
  return items(sessions).map(session => readSession(reading, session))
}

function placed<R, T>(
  reading: Reading,
  raw: Located<R> | undefined,
  read: (raw: Located<R>) => T,
): Placed<T> | undefined {
  return raw === undefined ? undefined : { value: read(raw), place: placeOf(reading, raw) }
}

/** Drops the facets that are not declared, so that declared and undefined cannot be confused. */
function declaredOnly(
  facets: { readonly [F in keyof DesiredState]: DesiredState[F] | undefined },
): DesiredState {
  return Object.fromEntries(Object.entries(facets).filter(([, facet]) => facet !== undefined))
}

/** Types `state`, and adds what is wrong with it to the findings. */
export function readState(reading: Reading, state: Located<State>): DesiredState {
  return declaredOnly({
    isolated: placed(
      reading,
      at(state, 'isolated'),
      raw => ISOLATION[raw.value.toLowerCase()] as IsolationLevel,
    ),
    restricted: placed(reading, at(state, 'restricted'), raw => (isTrue(raw) ? 'restricted' : 'none')),
    scanned: placed(reading, at(state, 'scanned'), raw => ({
      scan: raw.value.scan ?? 'quick',
      ...readFreshness(raw),
    })),
    collected: placed(reading, at(state, 'collected'), readFreshness),
    quarantined: readQuarantined(reading, state),
    liveResponse: readLiveResponse(reading, state),
    offboarded: placed(reading, at(state, 'offboarded'), () => true as const),
  })
}
