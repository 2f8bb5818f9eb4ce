import { expect, test } from 'vitest'
import { adoptionPatch, renderAdoption } from '../../src/report/adoption-text.ts'
import { isolated, machine, machineId, placed, policy } from '../support/build-core.ts'

const STYLE = { color: false, width: 200 }
const ADDRESS = `${machineId(1)}/isolated`

test('a patch adds files and changes others, as git writes it', () => {
  expect(
    adoptionPatch([
      { path: 'p/a.yaml', before: 'a\nb\n', after: 'a\nx\nb\n' },
      { path: 'p/b.yaml', before: null, after: 'n\n' },
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
    renderAdoption(1, exclusions, leftOut, STYLE),
  ).toBe(`leaves fin-ws-001.contoso.com ${ADDRESS} from contain, which asked for scanned too
leaves ${ADDRESS} from contain
left   "b c" a\\u{1b}/isolated: no-record
The patch declares 1 hold of others. Apply it here with \`git apply\` or \`patch -p1\`, then run holdfast plan.
`)
  expect(renderAdoption(0, [], [], STYLE)).toBe(
    'Nothing to adopt: nobody else holds what is not declared so.\n',
  )
})
