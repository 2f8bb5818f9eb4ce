import { expect, test } from 'vitest'
import { findTagUses } from '../../../src/analysis/by-hand/tag-uses.ts'
import { configuration, entry, PLACE, policy } from '../../support/build-core.ts'

const byTag = entry({ fields: { tag: ['INC-1'] } })

test('a tag is found in machines, except and protected, whatever its case', () => {
  const policies = [
    policy({ name: 'b', machines: [byTag] }),
    policy({ name: 'a', machines: [entry()], except: [byTag] }),
    policy({ name: 'c' }),
  ]
  const guarded = configuration({
    file: 'holdfast.yaml',
    protected: [{ match: byTag, allow: [], place: PLACE }],
  })
  expect(findTagUses('inc-1', policies, guarded)).toStrictEqual([
    { kind: 'except', name: 'a' },
    { kind: 'policy', name: 'b' },
    { kind: 'protected', name: 'holdfast.yaml' },
  ])
  const { file: _file, ...unnamed } = guarded
  expect(findTagUses('INC-1', [], unnamed)).toStrictEqual([{ kind: 'protected', name: 'the configuration' }])
  expect(findTagUses('INC', policies, guarded)).toStrictEqual([])
})

test('uses of one kind are sorted by name', () => {
  const policies = ['b', 'a'].map(name => policy({ name, machines: [byTag] }))
  expect(findTagUses('INC-1', policies, configuration()).map(({ name }) => name)).toStrictEqual(['a', 'b'])
})
