import { expect, test } from 'vitest'
import { formatAddress, matchesAddress, parseAddress } from '../../../src/plan/select/address.ts'
import { machine, machineId } from '../../support/build-core.ts'

test('an address carries the key of a list facet', () => {
  expect(formatAddress('m', 'isolated')).toBe('m/isolated')
  expect(formatAddress('m', 'quarantined', 'abc')).toBe('m/quarantined/abc')
  expect(formatAddress('m', 'scanned', null)).toBe('m/scanned')
})

test.each(
  Object.entries({
    'SRV1.contoso.com': { text: 'SRV1.contoso.com', machine: 'srv1.contoso.com' },
    'policy:contain': { text: 'policy:contain', policy: 'contain' },
    'policy:contain/isolated': { text: 'policy:contain/isolated', policy: 'contain', facet: 'isolated' },
    'srv1/quarantined/abc': { text: 'srv1/quarantined/abc', machine: 'srv1', facet: 'quarantined/abc' },
    '': undefined,
    '/isolated': undefined,
    'srv1/isolate': undefined,
  }),
)('%s is read as an address', (text, pattern) => {
  expect(parseAddress(text)).toStrictEqual(pattern)
})

const ITEM = {
  address: `${machineId(1)}/quarantined/abc`,
  machine: machine({ computerDnsName: 'SRV1.contoso.com' }),
  policies: ['contain'],
}

test.each(
  Object.entries({
    [machineId(1)]: true,
    'srv1.contoso.com': true,
    srv1: false,
    'srv1.contoso.com/quarantined': true,
    'srv1.contoso.com/quarantined/abc': true,
    'srv1.contoso.com/quarantined/ab': false,
    'srv1.contoso.com/isolated': false,
    'policy:contain': true,
    'policy:other': false,
    'policy:contain/isolated': false,
  }),
)('%s chooses a quarantine of srv1 by contain: %s', (text, chosen) => {
  const pattern = parseAddress(text)
  expect(pattern !== undefined && matchesAddress(pattern, ITEM)).toBe(chosen)
})

test('an item without a record is chosen by id only', () => {
  const pattern = parseAddress('srv1.contoso.com')
  expect(pattern !== undefined && matchesAddress(pattern, { ...ITEM, machine: null })).toBe(false)
})
