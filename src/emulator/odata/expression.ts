/** A constant of a filter. Dates and GUIDs keep their text. */
export interface Literal {
  readonly kind: 'literal'
  readonly type: 'string' | 'number' | 'boolean' | 'date' | 'guid' | 'null'
  readonly text: string
}

/** A value of a filter: a constant, a property, or a function of one. */
export type Operand =
  | Literal
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'case'; readonly change: 'tolower' | 'toupper'; readonly operand: Operand }

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

export type TextFunction = 'startswith' | 'endswith' | 'contains'

/** A condition of a filter. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'compare'
      readonly operator: ComparisonOperator
      readonly left: Operand
      readonly right: Operand
    }
  | { readonly kind: 'in'; readonly operand: Operand; readonly values: readonly Literal[] }
  | {
      readonly kind: 'text'
      readonly name: TextFunction
      readonly subject: Operand
      readonly sought: Operand
    }
  | {
      readonly kind: 'any'
      readonly property: string
      readonly variable: string
      /** Without a condition: the collection is not empty. */
      readonly condition: Expression | undefined
    }

/** A parsed filter, with what a service may refuse of it. */
export interface Filter {
  readonly expression: Expression
  /** Comparisons, operators, properties and literals, as the service counts them. */
  readonly nodes: number
  readonly uses: ReadonlySet<'or' | 'in' | 'any'>
}
