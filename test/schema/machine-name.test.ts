import { expect, test } from 'vitest'
import { matchesAddress, parseAddress } from '../../src/plan/select/address.ts'
import { compileEntry } from '../../src/plan/select/match.ts'
import { readMachineName } from '../../src/plan/select/need.ts'
import { indexMachines, resolveName } from '../../src/plan/select/resolve.ts'
import { normalName, normalText } from '../../src/schema/machine-name.ts'
import { parseListFile } from '../../src/schema/parse-list.ts'
import { parsePolicyFile } from '../../src/schema/parse-policy.ts'
import { entry, machine, machineId, NOW } from '../support/build-core.ts'

const WAYS = [
  'ws-1.contoso.com',
  'WS-1.Contoso.com',
  'ws-1.contoso.com.',
  ' ws-1.contoso.com ',
  'Ws-1.contoso.com. ',
]
const RECORDS = WAYS.map(computerDnsName => machine({ computerDnsName }))

test('names are compared without blanks around, a dot at the end and case; other texts keep their dot', () => {
  expect([...new Set(WAYS.map(normalName))]).toStrictEqual(['ws-1.contoso.com'])
  expect(normalName('a..')).toBe('a.')
  expect(normalText(' Tier.0. ')).toBe('tier.0.')
})

test.each(WAYS)('%j is one machine wherever it stands', typed => {
  const [policy] = parsePolicyFile({
    path: 'p.yaml',
    text: `version: 1\npolicy: a\nreason: r\nmachines: [{ dnsName: ${JSON.stringify(typed)} }]\nstate: { isolated: true }\n`,
  }).policies
  expect(policy?.machines[0]?.fields.dnsName).toStrictEqual(['ws-1.contoso.com'])
  expect(parseListFile({ path: 'l.txt', text: `${typed}\n` }).machines.map(({ name }) => name)).toStrictEqual(
    ['ws-1.contoso.com'],
  )
  for (const record of RECORDS) {
    expect(compileEntry(entry({ fields: { dnsName: [typed] } }), NOW)(record)).toBe(true)
    expect(resolveName(readMachineName(typed), indexMachines([record]))).toBe(record)
    const pattern = parseAddress(`${typed}/isolated`)
    const item = { address: `${machineId(1)}/isolated`, machine: record, policies: [] }
    expect(pattern !== undefined && matchesAddress(pattern, item)).toBe(true)
  }
})
