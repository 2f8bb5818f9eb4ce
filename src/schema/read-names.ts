import type { Configuration } from './configuration.ts'
import type { RawConfiguration } from './generated/configuration.ts'
import { at, items, type Located, type Reading } from './located.ts'

/**
 * Reads the names that decide whose a hold is: this configuration's, those it had, those of others.
 *
 * One name is one configuration: a former name, or a sister, that is also something else leaves open whose the holds are.
 */
export function readNames(
  reading: Reading,
  raw: Located<RawConfiguration>,
): Pick<Configuration, 'name' | 'formerNames' | 'sisters'> {
  const { name } = raw.value
  const formerNames = items(at(raw, 'formerNames'))
  const sisters = items(at(raw, 'sisters'))
  const taken = new Map([[name ?? '', name === undefined ? 'a configuration without a name' : '`name`']])
  const claim = (names: readonly Located<string>[], key: string): void => {
    for (const { value, member } of names) {
      const by = taken.get(value)
      if (by === undefined) taken.set(value, `\`${key}\``)
      else {
        const message = `"${value}" is the name of ${by} already: one name is one configuration`
        reading.findings.push({ code: 'name-taken', message, span: member.node.span })
      }
    }
  }
  claim(formerNames, 'formerNames')
  claim(sisters, 'sisters')
  return {
    ...(name === undefined ? {} : { name }),
    ...(formerNames.length === 0 ? {} : { formerNames: formerNames.map(({ value }) => value) }),
    ...(sisters.length === 0 ? {} : { sisters: sisters.map(({ value }) => value) }),
  }
}
