import { expect, test } from 'vitest'
import { byName } from '../../../src/report/documents/machine-document.ts'

test('machines are in the order of their names whatever the case, those without one first, and twins by id', () => {
  const machines = [
    { id: '3', dnsName: 'b.example' },
    { id: '2', dnsName: 'A.example' },
    { id: '1', dnsName: 'a.example' },
    { id: '5', dnsName: null },
    { id: '4', dnsName: null },
  ]
  expect(machines.sort(byName).map(({ id }) => id)).toStrictEqual(['4', '5', '1', '2', '3'])
})
