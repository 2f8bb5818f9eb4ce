import { parseInstant } from '../../schema/instant.ts'
import { type Entity, type Property, type PropertyType, type PropertyValue, propertyOf } from './entity.ts'
import type { ComparisonOperator, Expression, Literal, Operand, TextFunction } from './expression.ts'
import { ODataProblem } from './lexer.ts'

/** A filter as a function of a row. */
export type Predicate<Row> = (row: Row) => boolean

type Reader<Row> = (row: Row) => PropertyValue

interface Typed<Row> {
  readonly type: PropertyType | 'null'
  readonly read: Reader<Row>
}

function clash(left: string, right: string, operator: string): ODataProblem {
  return new ODataProblem(
    `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operator}'.`,
  )
}

/** Reads a date of a filter; the docs also show dates with a Z and no time (`2018-08-01Z`). */
function dateValue(text: string): string {
  const instant = parseInstant(text.replace(/^(\d{4}-\d\d-\d\d)Z$/i, '$1'))
  if (instant === undefined) throw new ODataProblem(`'${text}' is not a valid Edm.DateTimeOffset.`)
  return instant
}

/** The value of a literal where a value of `wanted` stands beside it. */
function literalValue(literal: Literal, wanted: PropertyType | 'null', operator: string): PropertyValue {
  const { type, text } = literal
  if (type === 'null') return null
  if (type === 'boolean' && wanted === 'boolean') return text === 'true'
  if (type === 'date' && wanted === 'date') return dateValue(text)
  if ((type === 'guid' || type === 'string') && wanted === 'guid') return text.toLowerCase()
  if (type === 'guid' && wanted === 'string') return text
  if (type === 'string' && wanted === 'string') return text
  // rbacGroupId is documented as a String and sent as a number: both forms are compared as numbers.
  if ((type === 'number' || type === 'string') && wanted === 'number' && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text)
  throw clash(wanted, type, operator)
}

function propertyReader<Row>(entity: Entity<Row>, name: string): Typed<Row> {
  const { type, read } = propertyOf(entity, name)
  return { type, read }
}

function operandReader<Row>(entity: Entity<Row>, operand: Operand): Typed<Row> {
  if (operand.kind === 'property') return propertyReader(entity, operand.name)
  if (operand.kind === 'literal') {
    const type = operand.type === 'guid' ? 'string' : operand.type
    const value = literalValue(operand, type, 'literal')
    return { type, read: () => value }
  }
  const inner = operandReader(entity, operand.operand)
  if (inner.type !== 'string') throw new ODataProblem(`${operand.change} needs a string.`)
  const lower = operand.change === 'tolower'
  const read = (row: Row): PropertyValue => {
    const text = inner.read(row)
    if (typeof text !== 'string') return null
    return lower ? text.toLowerCase() : text.toUpperCase()
  }
  return { type: 'string', read }
}

/** Compares by the rules of OData: null equals only null, and is neither more nor less than anything. */
function compareBy(operator: ComparisonOperator): (left: PropertyValue, right: PropertyValue) => boolean {
  switch (operator) {
    case 'eq':
      return (left, right) => left === right
    case 'ne':
      return (left, right) => left !== right
    case 'gt':
      return (left, right) => left !== null && right !== null && left > right
    case 'ge':
      return (left, right) => left !== null && right !== null && left >= right
    case 'lt':
      return (left, right) => left !== null && right !== null && left < right
    case 'le':
      return (left, right) => left !== null && right !== null && left <= right
  }
}

const MIRRORED = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const

function compileComparison<Row>(
  entity: Entity<Row>,
  operator: ComparisonOperator,
  left: Operand,
  right: Operand,
): Predicate<Row> {
  if (left.kind === 'literal' && right.kind !== 'literal')
    return compileComparison(entity, MIRRORED[operator], right, left)
  const holds = compareBy(operator)
  const subject = operandReader(entity, left)
  if (subject.type === 'tags' || subject.type === 'complex') throw clash(subject.type, 'value', operator)
  if (right.kind === 'literal') {
    const value = literalValue(right, subject.type, operator)
    return row => holds(subject.read(row), value)
  }
  const other = operandReader(entity, right)
  if (other.type !== subject.type) throw clash(subject.type, other.type, operator)
  return row => holds(subject.read(row), other.read(row))
}

function compileIn<Row>(entity: Entity<Row>, operand: Operand, values: readonly Literal[]): Predicate<Row> {
  const subject = operandReader(entity, operand)
  const wanted = new Set(values.map(value => literalValue(value, subject.type, 'in')))
  return row => wanted.has(subject.read(row))
}

const TEXT_TESTS: Readonly<Record<TextFunction, (subject: string, sought: string) => boolean>> = {
  startswith: (subject, sought) => subject.startsWith(sought),
  endswith: (subject, sought) => subject.endsWith(sought),
  contains: (subject, sought) => subject.includes(sought),
}

function compileText<Row>(
  entity: Entity<Row>,
  name: TextFunction,
  subject: Operand,
  sought: Operand,
): Predicate<Row> {
  const [text, part] = [operandReader(entity, subject), operandReader(entity, sought)]
  for (const { type } of [text, part])
    if (type !== 'string' && type !== 'guid')
      throw new ODataProblem(`No function signature for the function with name '${name}' matches '${type}'.`)
  const test = TEXT_TESTS[name]
  return row => {
    const [whole, wanted] = [text.read(row), part.read(row)]
    return typeof whole === 'string' && typeof wanted === 'string' && test(whole, wanted)
  }
}

/** Inside any(), the variable stands for one element: a row of its own with that single property. */
function elementEntity(variable: string): Entity<string> {
  const element: Property<string> = { name: variable, type: 'string', read: value => value }
  return { typeName: 'Edm.String', properties: new Map([[variable.toLowerCase(), element]]) }
}

function compileAny<Row>(
  entity: Entity<Row>,
  { property, variable, condition }: Extract<Expression, { kind: 'any' }>,
): Predicate<Row> {
  const { elements } = propertyOf(entity, property)
  if (elements === undefined) throw new ODataProblem(`any() needs a collection, and '${property}' is none.`)
  if (condition === undefined) return row => elements(row).length > 0
  const holds = compileFilter(elementEntity(variable), condition)
  return row => elements(row).some(holds)
}

/**
 * Turns a parsed filter into a predicate.
 *
 * @throws ODataProblem where it names an unknown property or compares what cannot be compared.
 */
export function compileFilter<Row>(entity: Entity<Row>, expression: Expression): Predicate<Row> {
  switch (expression.kind) {
    case 'and': {
      const [left, right] = [compileFilter(entity, expression.left), compileFilter(entity, expression.right)]
      return row => left(row) && right(row)
    }
    case 'or': {
      const [left, right] = [compileFilter(entity, expression.left), compileFilter(entity, expression.right)]
      return row => left(row) || right(row)
    }
    case 'not': {
      const operand = compileFilter(entity, expression.operand)
      return row => !operand(row)
    }
    case 'compare':
      return compileComparison(entity, expression.operator, expression.left, expression.right)
    case 'in':
      return compileIn(entity, expression.operand, expression.values)
    case 'text':
      return compileText(entity, expression.name, expression.subject, expression.sought)
    case 'any':
      return compileAny(entity, expression)
  }
}
