import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlan } from '../../../src/plan/assemble/create-plan.ts'
import { driftDocument } from '../../../src/report/documents/drift-document.ts'
import {
  type DriftEvent,
  driftEvents,
  renderDriftEvents,
} from '../../../src/report/documents/drift-events.ts'
import { addMs } from '../../../src/schema/instant.ts'
import { anyHistory, anyMachines, anyPolicies } from '../../support/arbitrary-core.ts'
import { arbitraryPlan } from '../../support/arbitrary-plan.ts'
import { action, actionId, isolated, machineId, NOW, policy } from '../../support/build-core.ts'
import { type Given, inputOf } from '../../support/plan-of.ts'
import { seededRuns } from '../../support/seeded-runs.ts'
import { drift, drifted, machine } from '../sample-plan.ts'

const RUNS = seededRuns('drift events', 60)

/** What CloudEvents 1.0 and its JSON format ask: attributes, their names, their forms. */
const validate = new Ajv().compile({
  type: 'object',
  required: ['id', 'source', 'specversion', 'type'],
  propertyNames: { pattern: '^[a-z0-9]{1,20}$' },
  properties: {
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1, pattern: "^[A-Za-z0-9._~:/?#[\\]@!$&'()*+,;=%-]+$" },
    specversion: { const: '1.0' },
    type: { type: 'string', minLength: 1 },
    datacontenttype: { const: 'application/json' },
    subject: { type: 'string', minLength: 1 },
    time: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$',
    },
    data: { type: 'object' },
  },
})

function eventsOf(given: Given): readonly DriftEvent[] {
  return driftEvents(driftDocument(createPlan(inputOf(given)), null))
}

function idsOf(given: Given): readonly string[] {
  return eventsOf(given).map(({ id, source }) => `${source} ${id}`)
}

test('every finding is one line that is a CloudEvent', () => {
  const items = [
    drift(1, { kind: 'reverted' }),
    drift(2, { kind: 'missing', actor: null }),
    drift(3, { kind: 'due' }),
  ]
  const lines = renderDriftEvents(drifted({ drift: items })).split('\n')
  expect(lines).toHaveLength(3)
  expect(lines.pop()).toBe('')
  const [first, second] = lines.map(line => JSON.parse(line))
  expect(first).toMatchObject({
    specversion: '1.0',
    source: 'https://api.security.microsoft.com',
    type: 'dev.holdfast.drift.reverted',
    subject: `${machine(1).id}/isolated`,
    time: '2026-11-21T10:02:00.000Z',
    data: { kind: 'reverted', actor: { requestor: 'alice@contoso.com' }, wayOut: expect.any(String) },
  })
  expect(second.time, 'where no action tells of it, when it was seen').toBe('2026-11-22T18:03:12.000Z')
  expect('id' in second.data).toBe(false)
})

test('nothing drifted is nothing', () => {
  expect(renderDriftEvents(drifted())).toBe('')
})

test('a tenant that is known is the source, at whatever endpoint', () => {
  const sourceOf = (endpoint: string): string | undefined =>
    driftEvents(drifted({ target: { endpoint, tenantId: 'contoso' }, drift: [drift(1)] }))[0]?.source
  expect(sourceOf('https://eu.api.security.microsoft.com')).toBe('urn:holdfast:tenant:contoso')
  expect(sourceOf('https://us.api.security.microsoft.com')).toBe('urn:holdfast:tenant:contoso')
})

test('whatever the texts hold, every line is an event and prints nothing hidden', () => {
  fc.assert(
    fc.property(arbitraryPlan, made => {
      const hostile = { ...made, target: { ...made.target, endpoint: `https://x/${made.target.endpoint}` } }
      const named = {
        ...hostile,
        drift: hostile.drift.map(item => ({ ...item, address: `a${item.address}` })),
      }
      for (const line of renderDriftEvents(driftDocument(named, null)).split('\n').slice(0, -1)) {
        expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true)
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|##vso\[/)
      }
    }),
    RUNS,
  )
})

const anyGiven: fc.Arbitrary<Given> = fc
  .tuple(anyMachines, anyHistory, anyPolicies)
  .map(([machines, actions, policies]) => ({
    policies,
    observed: { machines, actions },
    options: { keepGoing: true },
  }))

test('the same findings have the same ids in another run, whatever the order of machines, pages and policies', () => {
  fc.assert(
    fc.property(anyGiven, fc.integer({ min: 1, max: 59 }), (given, minutes) => {
      const ids = idsOf(given)
      const { machines = [], actions = [] } = given.observed ?? {}
      const again: Given = {
        ...given,
        policies: (given.policies ?? []).toReversed(),
        observed: {
          machines: machines.toReversed(),
          actions: [...actions.toReversed(), ...actions],
          apiCalls: minutes,
          target: { endpoint: 'https://api.security.microsoft.com', tenantId: null },
        },
      }
      expect(idsOf(again).toSorted()).toStrictEqual(ids.toSorted())
      expect(new Set(ids).size).toBe(ids.length)
    }),
    RUNS,
  )
})

test('a later run has the ids of the findings that are still there', () => {
  const released = { ...action(), id: actionId(2), type: 'Unisolate', scope: null }
  const given: Given = { observed: { actions: [action({ requestorComment: null }), released] } }
  const later = inputOf(given)
  const document = driftDocument(
    createPlan({
      ...later,
      now: addMs(NOW, 3_600_000),
      observation: { ...later.observation, readAt: addMs(NOW, 3_600_000) },
    }),
    null,
  )
  expect(driftEvents(document).map(({ id }) => id)).toStrictEqual(eventsOf(given).map(({ id }) => id))
})

test('a new act by somebody is a new event', () => {
  const held = policy({ state: isolated('none') })
  const once: Given = { policies: [held], observed: { actions: [action()] } }
  const again = action({ id: actionId(2), creationDateTimeUtc: addMs(NOW, -60_000), machineId: machineId(1) })
  const twice: Given = { policies: [held], observed: { actions: [action(), again] } }
  expect(eventsOf(once).map(({ type }) => type)).toStrictEqual(['dev.holdfast.drift.held-by-other'])
  expect(eventsOf(twice).map(({ type }) => type)).toStrictEqual(['dev.holdfast.drift.held-by-other'])
  expect(idsOf(twice)).not.toStrictEqual(idsOf(once))
})
