import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JournalEntry } from '../../src/apply/ports.ts'
import { Failure } from '../../src/local/failure.ts'
import { fileLease } from '../../src/local/lease/file-lease.ts'
import { describeLease, findLease } from '../../src/local/lease/remove-lease.ts'
import { identifyProcess } from '../../src/local/process-identity.ts'
import { temporaryFolder } from '../cli/temporary-folder.ts'
import { apply, clockAtNow, MemoryJournal, planFor, policyFor, sceneOf } from '../support/apply-harness.ts'
import { isolated, machine, machineId } from '../support/build-core.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FakeService } from '../support/fake-service.ts'
import { seededRuns } from '../support/seeded-runs.ts'
import { mutatedJson } from './nasty.ts'

const RUNS = seededRuns('files of ours', 60)
const SELF = await identifyProcess()

const ADDRESS = `${machineId(1)}/isolated`
const EVENTS = ['intent', 'answer', 'retry', 'run-started', 'run-ended', 'progress', 'lease-taken-over', 'x']

/** A value that a key of an entry has, or any other. */
function mostly(...values: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
}

function entryOf(planId: string): fc.Arbitrary<JournalEntry> {
  return fc.record(
    {
      event: fc.constantFrom(...EVENTS),
      at: fc.constantFrom(
        '2026-11-22T17:59:59Z',
        '2026-11-22T18:00:00Z',
        '2999-01-01T00:00:00Z',
        'never',
        '',
      ),
      planId: mostly(planId, 'sha256:other'),
      runId: mostly('run-0', 'run-1'),
      intent: mostly(0, 1),
      address: mostly(ADDRESS),
      request: mostly(0, -1, 7),
      path: mostly('isolate', 'cancel', '../../x'),
      kind: mostly('accepted', 'unknown', 'rejected', 'not-sent', 'found'),
      actionId: mostly('a', null),
      end: mostly('done'),
      retries: mostly([{ address: ADDRESS, request: 0, actionIds: ['a'] }], [null], [{ address: ADDRESS }]),
    },
    { requiredKeys: ['event', 'at'] },
  ) as fc.Arbitrary<JournalEntry>
}

async function planOfTwo() {
  const clock = clockAtNow()
  const machines = [1, 2].map(number => machine({ id: machineId(number), computerDnsName: `ws-${number}` }))
  const service = new FakeService({ clock, machines })
  return {
    scene: sceneOf(clock, service),
    plan: await planFor(service, [policyFor([1, 2], isolated('full'))]),
  }
}

test('whatever a journal holds, an apply ends, with an outcome for each change and nothing sent twice', async () => {
  const { plan: shown } = await planOfTwo()
  await fc.assert(
    fc.asyncProperty(fc.array(entryOf(shown.planId), { maxLength: 8 }), async entries => {
      const { scene, plan } = await planOfTwo()
      const journal = new MemoryJournal(entries)
      const result = await apply(scene, plan, { retryFailed: true, timeoutMs: 60_000 }, { journal })
      expect(result.outcomes).toHaveLength(2)
      expect(scene.service.posts.length).toBeLessThanOrEqual(2)
    }),
    RUNS,
  )
})

test('whatever a file of a lease holds, it is taken, somebody’s, or an error that says what is wrong with it', async () => {
  const good = {
    owner: SELF,
    token: '0123456789abcdef',
    acquiredAt: '2026-11-20T10:00:00.0000000Z',
    renewedAt: '2026-11-20T10:00:00.0000000Z',
    released: false,
    purpose: { planId: 'p', runId: 'r', journal: '/x' },
  }
  const twice = `{"token":"a",${JSON.stringify(good).slice(1)}`
  const texts = fc.oneof(
    mutatedJson(good).map(value => JSON.stringify(value) ?? ''),
    fc.string(),
    fc.constant(twice),
    fc.constant('['.repeat(50_000)),
  )
  await fc.assert(
    fc.asyncProperty(texts, async text => {
      const folder = join(await temporaryFolder(), 'tenant')
      await mkdir(folder)
      await writeFile(join(folder, 'lease-0000000001.json'), text)
      const clock = new FakeClock()
      const lease = fileLease(folder, SELF, clock)
      try {
        const answer = await lease.acquire()
        expect(['held', 'taken']).toContain(answer.kind)
        const found = await findLease(folder, SELF, clock.now())
        expect(found === null ? null : describeLease(found)).not.toBeUndefined()
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        expect(error.message).toMatch(/lease-0000000001\.json: (the key|it is nested)/)
      }
    }),
    { ...RUNS, examples: [[twice]] },
  )
})
