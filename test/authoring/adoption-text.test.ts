import { expect, test } from 'vitest'
import { adoptionPatch, patchReach, renderAdoption } from '../../src/authoring/adoption-text.ts'
import { isolated, machine, machineId, placed, policy } from '../support/build-core.ts'

const STYLE = { color: false, width: 200 }
const ADDRESS = `${machineId(1)}/isolated`

test('a patch adds files and changes others, as git writes it', () => {
  expect(
    adoptionPatch([
      { path: 'p/a.yaml', before: 'a\nb\n', after: 'a\nx\nb\n' },
      { path: 'p/b.yaml', before: null, after: 'n\n' },
      { path: 'p q/c.yaml', before: '-- d\t\n', after: '' },
    ]),
  ).toBe(`diff --git a/p/a.yaml b/p/a.yaml
--- a/p/a.yaml
+++ b/p/a.yaml
@@ -1,2 +1,3 @@
 a
+x
 b
diff --git a/p/b.yaml b/p/b.yaml
new file mode 100644
--- /dev/null
+++ b/p/b.yaml
@@ -0,0 +1,1 @@
+n
diff --git a/p q/c.yaml b/p q/c.yaml
--- a/p q/c.yaml\t
+++ b/p q/c.yaml\t
@@ -1,1 +0,0 @@
--- d\t
`)
  expect(adoptionPatch([])).toBe('')
})

test('people are told what a machine leaves, what is lost with it, and what is left out', () => {
  const state = { ...isolated('none'), scanned: placed({ scan: 'full' as const }) }
  const exclusions = [
    { address: ADDRESS, machine: machine(), policy: policy({ state }) },
    {
      address: ADDRESS,
      machine: machine({ computerDnsName: null }),
      policy: policy({ state: isolated('none') }),
    },
  ]
  const leftOut = [{ address: 'a\u001b/isolated', dnsName: 'b c', why: 'no-record' }]
  expect(
    renderAdoption(1, exclusions, leftOut, 'here', STYLE),
  ).toBe(`leaves fin-ws-001.contoso.com ${ADDRESS} from contain, which asked for scanned too
leaves ${ADDRESS} from contain
left   "b c" a\\u{1b}/isolated: no-record
The patch declares 1 hold of others. Apply it here with \`git apply\` or \`patch -p1\`. Then run holdfast plan.
`)
  expect(renderAdoption(0, [], [], 'here', STYLE)).toBe(
    'Nothing to adopt: nobody else holds what is not declared so.\n',
  )
})

test.each([
  ['at the top, or in no repository', '', ['p/a.yaml'], 'Apply it here with `git apply` or `patch -p1`.'],
  [
    'in a folder below',
    'sub/',
    ['sub/a.yaml', 'sub/b.yaml'],
    'Apply it with `git apply` here, or with `patch -p1` at the top of the repository.',
  ],
  [
    'where a file is outside of the folder',
    'sub/',
    ['sub/a.yaml', 'submarine/b.yaml'],
    'at the top of the repository, not here: here git apply skips files without a word.',
  ],
])('people are told where to apply a patch: %s', (_where, prefix, paths, told) => {
  const files = paths.map(path => ({ path, before: null, after: '' }))
  expect(renderAdoption(1, [], [], patchReach(files, prefix), { ...STYLE, width: 400 })).toContain(told)
})
