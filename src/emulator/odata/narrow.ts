import type { Expression } from './expression.ts'

function union(left: ReadonlySet<string> | undefined, right: ReadonlySet<string> | undefined) {
  return left === undefined || right === undefined ? undefined : new Set([...left, ...right])
}

/** Says whether a comparison or an `in` is about this property; names in any letter case. */
function isAbout(operand: { readonly kind: string; readonly name?: string }, property: string): boolean {
  return operand.kind === 'property' && operand.name?.toLowerCase() === property
}

/**
 * Finds the only values that a property can have in rows that pass a filter, so that an index can be used.
 *
 * @param property - Its name in lower case.
 * @returns The values in lower case; undefined where the filter does not limit them.
 */
export function valuesAllowed(expression: Expression, property: string): ReadonlySet<string> | undefined {
  switch (expression.kind) {
    case 'and':
      return valuesAllowed(expression.left, property) ?? valuesAllowed(expression.right, property)
    case 'or':
      return union(valuesAllowed(expression.left, property), valuesAllowed(expression.right, property))
    case 'compare': {
      const { operator, left, right } = expression
      if (operator !== 'eq' || right.kind !== 'literal' || !isAbout(left, property)) return undefined
      return new Set([right.text.toLowerCase()])
    }
    case 'in':
      return isAbout(expression.operand, property)
        ? new Set(expression.values.map(({ text }) => text.toLowerCase()))
        : undefined
    default:
      return undefined
  }
}
