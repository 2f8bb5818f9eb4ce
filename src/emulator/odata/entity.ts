import { ODataProblem } from './lexer.ts'

/** The type of a property, which says what it can be compared with. */
export type PropertyType = 'string' | 'guid' | 'date' | 'number' | 'boolean' | 'tags' | 'complex'

/** A value as filters compare it: dates as canonical instants, GUIDs in lower case. */
export type PropertyValue = string | number | boolean | null

/** One property of an entity, and how a filter reads it from a row. */
export interface Property<Row> {
  readonly name: string
  readonly type: PropertyType
  readonly read: (row: Row) => PropertyValue
  /** The elements, of a collection. */
  readonly elements?: (row: Row) => readonly string[]
}

/** What a filter can say about one kind of row. */
export interface Entity<Row> {
  /** The name in error messages, such as `microsoft.windowsDefenderATP.api.machine`. */
  readonly typeName: string
  readonly properties: ReadonlyMap<string, Property<Row>>
}

/** Makes the lookup table of an entity; property names are found in any letter case. */
export function createEntity<Row>(typeName: string, properties: readonly Property<Row>[]): Entity<Row> {
  return {
    typeName,
    properties: new Map(properties.map(property => [property.name.toLowerCase(), property])),
  }
}

/**
 * Finds a property in any letter case.
 *
 * @throws ODataProblem where the entity has none of that name.
 */
export function propertyOf<Row>(entity: Entity<Row>, name: string): Property<Row> {
  const property = entity.properties.get(name.toLowerCase())
  if (property === undefined)
    throw new ODataProblem(`Could not find a property named '${name}' on type '${entity.typeName}'.`)
  return property
}
