import { expect, test } from 'vitest'
import { nearest } from '../../src/schema/nearest.ts'

const KEYS = [
  'id',
  'dnsName',
  'tag',
  'isolated',
  'restricted',
  'machines',
  'since',
  'state',
  'gcc',
  'gcc-high',
]

test.each(
  Object.entries({
    'a letter too few': ['isolate', 'isolated'],
    'a letter too many': ['tags', 'tag'],
    'another letter': ['isolatet', 'isolated'],
    'two letters swapped': ['sicne', 'since'],
    'two letters swapped at the beginning': ['atg', 'tag'],
    'other capitals': ['DNSNAME', 'dnsName'],
    'other separators': ['dns_name', 'dnsName'],
    'several mistakes in a long word': ['restrictd', 'restricted'],
    'the nearer of two': ['gcchigh', 'gcc-high'],
    'the first of two that are as near': ['xd', 'id'],
    'an exact candidate': ['state', 'state'],
  }),
)('suggests in spite of %s', (_rule, [text = '', want]) => expect(nearest(text, KEYS)).toBe(want))

test.each(
  Object.entries({
    'another word': 'colour',
    'a word that is too far from every candidate': 'pebble',
    'nothing in common with a short one': 'xyz',
    'the empty text': '',
    'a text that is too long to be a key': 'isolated'.padEnd(65, 'd'),
  }),
)('suggests nothing for %s', (_rule, text) =>
  expect(nearest(text, ['isolated', 'since', 'state', 'tag'])).toBeUndefined(),
)

test('suggests nothing where there are no candidates', () => expect(nearest('a', [])).toBeUndefined())
