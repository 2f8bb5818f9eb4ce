import { describe, expect, test } from 'vitest'
import {
  RUN_FACETS,
  type RunFacet,
  type RunName,
  type RunWish,
  runFacet,
} from '../../../src/plan/claim/run-facets.ts'
import type { ActionCommand, MachineAction } from '../../../src/posture/machine-action.ts'
import { methodOf } from '../../../src/posture/methods.ts'
import type { LiveResponseCommand } from '../../../src/schema/policy.ts'
import { action, at, lasting, PLACE, placed } from '../../support/build-core.ts'

const since = at('2026-11-20')
const within = lasting('7d')
const SHA1 = '87662bc3d60e4200ceaf7aae249d1c343f4b83c9'

function facetOf(name: RunName): RunFacet {
  const facet = runFacet(name)
  if (facet === undefined) throw new Error(`no facet ${name}`)
  return facet
}

test('each event facet is one row, of one type that the service’s table has', () => {
  expect(RUN_FACETS.map(({ name }) => name)).toStrictEqual([
    'scanned',
    'collected',
    'quarantined',
    'liveResponse',
    'offboarded',
  ])
  for (const { name, type, bodyOf } of RUN_FACETS) {
    expect([methodOf(type)?.facet, methodOf(type)?.effect]).toStrictEqual([name, 'run'])
    expect(Object.keys(bodyOf({ sha1: SHA1, commands: [] }))).toStrictEqual(methodOf(type)?.bodyKeys)
  }
})

test('a hold is no event facet', () => {
  expect(runFacet('isolated')).toBeUndefined()
})

test('only quarantine and offboarding cannot be undone', () => {
  expect(RUN_FACETS.filter(({ oneWay }) => oneWay).map(({ name }) => name)).toStrictEqual([
    'quarantined',
    'offboarded',
  ])
})

test('a state that declares no run wishes none', () => {
  for (const facet of RUN_FACETS) expect(facet.wishesOf({})).toStrictEqual([])
})

test('wishes carry their key and place', () => {
  const state = {
    scanned: placed({ scan: 'full', since } as const),
    collected: placed({ within }),
    quarantined: [{ sha1: SHA1, place: PLACE }],
    liveResponse: [
      { name: 'triage', commands: [], since, place: PLACE },
      { name: 'rolling', commands: [], within, place: PLACE },
    ],
    offboarded: placed(true as const),
  }
  expect(RUN_FACETS.flatMap(facet => facet.wishesOf(state))).toStrictEqual([
    { key: null, wish: { scan: 'full', since }, place: PLACE },
    { key: null, wish: { within }, place: PLACE },
    { key: SHA1, wish: { sha1: SHA1 }, place: PLACE },
    { key: 'triage', wish: { commands: [], since }, place: PLACE },
    { key: 'rolling', wish: { commands: [], within }, place: PLACE },
    { key: null, wish: {}, place: PLACE },
  ])
})

describe('wishes of two policies join', () => {
  const script = { type: 'RunScript', script: 'a.ps1' } as const
  test.each<readonly [string, RunName, RunWish, RunWish, RunWish | null]>([
    [
      'the stronger scan wins',
      'scanned',
      { scan: 'quick', since },
      { scan: 'full', within },
      { scan: 'full', since, within },
    ],
    [
      'two quick scans stay quick',
      'scanned',
      { scan: 'quick' },
      { scan: 'quick', since },
      { scan: 'quick', since },
    ],
    ['collections by freshness', 'collected', { since }, { within }, { since, within }],
    ['the same file', 'quarantined', { sha1: SHA1 }, { sha1: SHA1 }, { sha1: SHA1 }],
    [
      'the same commands',
      'liveResponse',
      { commands: [script], since },
      { commands: [script], within },
      { commands: [script], since, within },
    ],
    [
      'other commands under one name contradict',
      'liveResponse',
      { commands: [script] },
      { commands: [] },
      null,
    ],
    ['offboarding', 'offboarded', {}, {}, {}],
  ])('%s', (_rule, name, a, b, joined) => {
    expect(facetOf(name).join(a, b)).toStrictEqual(joined)
    expect(facetOf(name).join(b, a)).toStrictEqual(joined)
  })
})

describe('a scan', () => {
  const { isStrongEnough, isAbout, doneWord } = facetOf('scanned')
  const scan = (scope: string | null): MachineAction => action({ type: 'RunAntiVirusScan', scope })

  test.each([
    ['Full', 'quick', true],
    ['Full', 'full', true],
    ['full', 'full', true],
    ['Quick', 'quick', true],
    ['Quick', 'full', false],
    [null, 'quick', true],
    [null, 'full', false],
  ] as const)('%s is strong enough for %s: %s', (scope, wanted, enough) => {
    expect(isStrongEnough(scan(scope), { scan: wanted })).toBe(enough)
  })

  test('of any kind is about scanning', () => {
    expect(isAbout(scan('Quick'), { scan: 'full' })).toBe(true)
  })

  test('is described by its scope', () => {
    expect([doneWord(scan('Full')), doneWord(scan(null))]).toStrictEqual(['full', 'scanned'])
  })
})

describe('a quarantine', () => {
  const { isAbout } = facetOf('quarantined')
  const file = (fileIdentifier: string): MachineAction =>
    action({ relatedFileInfo: { fileIdentifier, fileIdentifierType: 'Sha1' } })

  test('is compared by SHA-1 in lower case', () => {
    expect(isAbout(file(SHA1.toUpperCase()), { sha1: SHA1 })).toBe(true)
    expect(isAbout(file(SHA1.replace('8', '9')), { sha1: SHA1 })).toBe(false)
    expect(isAbout(action(), { sha1: SHA1 })).toBe(false)
  })
})

describe('a live response', () => {
  const { isAbout, bodyOf, wishOf } = facetOf('liveResponse')
  const commands: readonly LiveResponseCommand[] = [
    { type: 'PutFile', file: 'tool.exe' },
    { type: 'RunScript', script: 'triage.ps1', args: '-Deep' },
    { type: 'RunScript', script: 'clean.ps1' },
    { type: 'GetFile', path: 'C:\\temp\\triage.zip' },
  ]
  const body = {
    Commands: [
      { type: 'PutFile', params: [{ key: 'FileName', value: 'tool.exe' }] },
      {
        type: 'RunScript',
        params: [
          { key: 'ScriptName', value: 'triage.ps1' },
          { key: 'Args', value: '-Deep' },
        ],
      },
      { type: 'RunScript', params: [{ key: 'ScriptName', value: 'clean.ps1' }] },
      { type: 'GetFile', params: [{ key: 'Path', value: 'C:\\temp\\triage.zip' }] },
    ],
  }
  const done: readonly ActionCommand[] = body.Commands.map((command, index) => ({
    index,
    commandStatus: 'Completed',
    errors: [],
    ...command,
  }))
  const ran = (list: readonly ActionCommand[]): MachineAction =>
    action({ type: 'LiveResponse', commands: list })

  test('is sent as the service spells it, without arguments where there are none', () => {
    expect(bodyOf({ commands })).toStrictEqual(body)
  })

  test('is read back from its body', () => {
    expect(wishOf(body, { since })).toStrictEqual({ commands, since })
  })

  test('without a value is read back as an empty text', () => {
    expect(wishOf({ Commands: [{ type: 'PutFile', params: [] }] }, {})).toStrictEqual({
      commands: [{ type: 'PutFile', file: '' }],
    })
  })

  test('is the same with the same commands', () => {
    expect(isAbout(ran(done), { commands })).toBe(true)
  })

  test('is the same in whatever order the service lists commands and parameters', () => {
    const shuffled = [...done].reverse().map(one => ({ ...one, params: [...one.params].reverse() }))
    expect(isAbout(ran(shuffled), { commands })).toBe(true)
  })

  test.each<readonly [string, readonly ActionCommand[]]>([
    ['no commands', []],
    ['a command less', done.slice(1)],
    ['other arguments', done.map(one => ({ ...one, params: [{ key: 'ScriptName', value: 'triage.ps1' }] }))],
    ['another order', done.map(one => ({ ...one, index: -one.index }))],
  ])('is another with %s', (_what, list) => {
    expect(isAbout(ran(list), { commands })).toBe(false)
  })

  test('of a wish without commands is about nothing that ran', () => {
    expect(isAbout(ran(done), {})).toBe(false)
    expect(bodyOf({})).toStrictEqual({ Commands: [] })
  })
})

test('what a plan holds of a wish gives the wish back', () => {
  expect(facetOf('scanned').wishOf({ ScanType: 'Full' }, { within })).toStrictEqual({ scan: 'full', within })
  expect(facetOf('scanned').wishOf({ ScanType: 'Quick' }, {})).toStrictEqual({ scan: 'quick' })
  expect(facetOf('collected').wishOf({}, { since })).toStrictEqual({ since })
  expect(facetOf('quarantined').wishOf({ Sha1: SHA1 }, {})).toStrictEqual({ sha1: SHA1 })
  expect(facetOf('offboarded').wishOf({}, {})).toStrictEqual({})
})

test('bodies and words are the service’s and the reader’s own', () => {
  const said = RUN_FACETS.map(({ bodyOf, wordOf, doneWord }) => [
    bodyOf({ sha1: SHA1 }),
    wordOf({}),
    doneWord(action({ scope: 'Quick' })),
  ])
  expect(said).toStrictEqual([
    [{ ScanType: 'Quick' }, 'quick', 'quick'],
    [{}, 'collected', 'collected'],
    [{ Sha1: SHA1 }, 'quarantined', 'quarantined'],
    [{ Commands: [] }, 'run', 'run'],
    [{}, 'offboarded', 'offboarded'],
  ])
  expect(facetOf('scanned').bodyOf({ scan: 'full' })).toStrictEqual({ ScanType: 'Full' })
  expect(facetOf('scanned').wordOf({ scan: 'full' })).toBe('full')
})

test('every run of a kind that has no strength is strong enough, and every one without a key is about it', () => {
  for (const name of ['collected', 'quarantined', 'liveResponse', 'offboarded'] as const)
    expect(facetOf(name).isStrongEnough(action(), {})).toBe(true)
  for (const name of ['collected', 'offboarded'] as const)
    expect(facetOf(name).isAbout(action(), {})).toBe(true)
})
