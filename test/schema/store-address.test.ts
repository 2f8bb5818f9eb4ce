import { describe, expect, test } from 'vitest'
import { parseStore } from '../../src/schema/store-address.ts'

describe('where the store is', () => {
  test.each(
    Object.entries({
      'https://acct.blob.core.windows.net/holdfast': ['https://acct.blob.core.windows.net', 'holdfast', ''],
      'https://acct.blob.core.windows.net/holdfast/emea/': [
        'https://acct.blob.core.windows.net',
        'holdfast',
        'emea',
      ],
      'https://acct.blob.core.windows.net//holdfast/a//b': [
        'https://acct.blob.core.windows.net',
        'holdfast',
        'a/b',
      ],
      'https://127.0.0.1:10000/devstoreaccount1/holdfast/emea': [
        'https://127.0.0.1:10000/devstoreaccount1',
        'holdfast',
        'emea',
      ],
      'http://localhost:10000/devstoreaccount1/holdfast': [
        'http://localhost:10000/devstoreaccount1',
        'holdfast',
        '',
      ],
      'https://10.1.2.3/acct/holdfast': ['https://10.1.2.3/acct', 'holdfast', ''],
    }),
  )('%s', (text, [account, container, prefix]) => {
    const url = [account, container, prefix].filter(part => part !== '').join('/')
    expect(parseStore(text)).toStrictEqual({ url, account, container, prefix })
  })

  test('is this host alone with `local`', () => {
    expect(parseStore('local')).toBe('local')
  })

  test.each([
    ['', 'nothing'],
    ['https://acct.blob.core.windows.net/', 'no container'],
    ['https://127.0.0.1/devstoreaccount1', 'an account without a container'],
    ['http://acct.blob.core.windows.net/holdfast', 'plain http to elsewhere'],
    ['ftp://acct.blob.core.windows.net/holdfast', 'another protocol'],
    ['https://acct.blob.core.windows.net/Holdfast', 'a container with a capital'],
    ['https://acct.blob.core.windows.net/hold--fast', 'two dashes in a row'],
    ['https://acct.blob.core.windows.net/ab', 'too short a container'],
    ['https://acct.blob.core.windows.net/holdfast/a%2fb', 'an escaped slash'],
    ['https://acct.blob.core.windows.net/holdfast/é', 'letters beyond ASCII'],
    ['https://acct.blob.core.windows.net/holdfast#x', 'a fragment'],
    ['https://acct.blob.core.windows.net/hold fast', 'a blank'],
    ['https://acct.blob.core.windows.net/holdfast?sv=1&sig=2', 'a SAS'],
    ['https://user:password@acct.blob.core.windows.net/holdfast', 'a login'],
    ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b', 'a connection string'],
  ])('%j is none: %s', text => {
    expect(parseStore(text)).toBeUndefined()
  })
})
