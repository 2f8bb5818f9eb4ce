import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLOUDS } from '../../src/defender/clouds.ts'
import { ROOT } from './source-files.ts'

const page = readFileSync(join(ROOT, 'docs/clouds.md'), 'utf8')

/** The cells of the tables whose first cell is a cloud, in the order of the page. */
function rowsOf(cloud: string): readonly (readonly string[])[] {
  return page
    .split('\n')
    .filter(line => line.startsWith(`| \`${cloud}\` |`))
    .map(line => line.slice(2, -2).split(' | '))
}

describe.each(Object.entries(CLOUDS))(
  'docs/clouds.md on %s',
  (cloud, { endpoint, authority, scope, hosts, graph }) => {
    const [row = [], allowed = []] = rowsOf(cloud)

    test('says where it is', () => {
      const cells = row.map(cell => cell.replaceAll('`', ''))
      expect(cells).toStrictEqual([cloud, endpoint, authority, scope, `https://${graph}`])
    })

    test('says which hosts get the token', () => {
      const told = [...String(allowed[1]).matchAll(/`([a-z.-]+\.[a-z.-]+)`/g)].map(([, host]) => host)
      const numbered = hosts.filter(host => /^api-(us|eu|uk)\d?\./.test(host))
      expect(told.filter(host => !host?.startsWith('.'))).toStrictEqual(
        hosts.filter(host => !numbered.includes(host)),
      )
      expect(numbered).toHaveLength(cloud === 'commercial' ? 3 * 6 : 0)
    })
  },
)
