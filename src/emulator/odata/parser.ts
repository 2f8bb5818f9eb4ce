import type { ComparisonOperator, Expression, Filter, Literal, Operand, TextFunction } from './expression.ts'
import { ODataProblem, type Token, tokenize } from './lexer.ts'

const COMPARISONS: ReadonlySet<string> = new Set<ComparisonOperator>(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])
const TEXT_FUNCTIONS: ReadonlySet<string> = new Set<TextFunction>(['startswith', 'endswith', 'contains'])
const DEEPEST = 200

/** Reads a filter by recursive descent: or, and, not, then one condition. Words in any letter case. */
class FilterParser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #index = 0
  #depth = 0
  nodes = 0
  readonly uses: Set<'or' | 'in' | 'any'> = new Set()

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  whole(): Expression {
    const expression = this.#or()
    this.#expect('end')
    return expression
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? (this.#tokens.at(-1) as Token)
  }

  #expect(kind: Token['kind']): Token {
    const token = this.#peek()
    if (token.kind !== kind)
      throw new ODataProblem(`Syntax error at position ${token.at} in '${this.#text}': ${kind} expected.`)
    this.#index += 1
    return token
  }

  #word(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'name' || token.text.toLowerCase() !== word) return false
    this.#index += 1
    return true
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#word('or')) {
      this.nodes += 1
      this.uses.add('or')
      left = { kind: 'or', left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#condition()
    while (this.#word('and')) {
      this.nodes += 1
      left = { kind: 'and', left, right: this.#condition() }
    }
    return left
  }

  #condition(): Expression {
    this.#depth += 1
    if (this.#depth > DEEPEST) throw new ODataProblem('The recursion limit has been exceeded.')
    const expression = this.#word('not')
      ? ({ kind: 'not', operand: this.#condition() } as const)
      : this.#primary()
    this.#depth -= 1
    return expression
  }

  #primary(): Expression {
    if (this.#peek().kind === '(') {
      this.#expect('(')
      const inner = this.#or()
      this.#expect(')')
      return inner
    }
    this.nodes += 1
    const { kind, text } = this.#peek()
    const called = this.#peek(1).kind
    if (kind === 'name' && called === '(' && TEXT_FUNCTIONS.has(text.toLowerCase())) return this.#textCall()
    if (kind === 'name' && called === '/') return this.#any()
    return this.#comparison()
  }

  #textCall(): Expression {
    const name = this.#expect('name').text.toLowerCase() as TextFunction
    this.#expect('(')
    const subject = this.#operand()
    this.#expect(',')
    const sought = this.#operand()
    this.#expect(')')
    return { kind: 'text', name, subject, sought }
  }

  #any(): Expression {
    const property = this.#expect('name').text
    this.#expect('/')
    if (!this.#word('any')) throw new ODataProblem(`Only any() can follow '${property}/'.`)
    this.uses.add('any')
    this.#expect('(')
    if (this.#peek().kind === ')') {
      this.#expect(')')
      return { kind: 'any', property, variable: '', condition: undefined }
    }
    const variable = this.#expect('name').text
    this.#expect(':')
    const condition = this.#or()
    this.#expect(')')
    return { kind: 'any', property, variable, condition }
  }

  #comparison(): Expression {
    const left = this.#operand()
    if (this.#word('in')) return this.#in(left)
    const operator = this.#expect('name').text.toLowerCase()
    if (!COMPARISONS.has(operator))
      throw new ODataProblem(`Syntax error in '${this.#text}': '${operator}' is no operator.`)
    return { kind: 'compare', operator: operator as ComparisonOperator, left, right: this.#operand() }
  }

  #in(operand: Operand): Expression {
    this.uses.add('in')
    this.#expect('(')
    const values = [this.#literal()]
    while (this.#peek().kind === ',') {
      this.#expect(',')
      values.push(this.#literal())
    }
    this.#expect(')')
    return { kind: 'in', operand, values }
  }

  #literal(): Literal {
    const operand = this.#operand()
    if (operand.kind !== 'literal') throw new ODataProblem(`Only literals can stand in the list after 'in'.`)
    return operand
  }

  #operand(): Operand {
    this.nodes += 1
    const token = this.#peek()
    this.#index += 1
    switch (token.kind) {
      case 'string':
      case 'number':
      case 'date':
      case 'guid':
        return { kind: 'literal', type: token.kind, text: token.text }
      case 'name':
        return this.#named(token.text)
      default:
        throw new ODataProblem(`Expression expected at position ${token.at} in '${this.#text}'.`)
    }
  }

  #named(name: string): Operand {
    const word = name.toLowerCase()
    if (word === 'null') return { kind: 'literal', type: 'null', text: '' }
    if (word === 'true' || word === 'false') return { kind: 'literal', type: 'boolean', text: word }
    if (this.#peek().kind !== '(') return { kind: 'property', name }
    if (word !== 'tolower' && word !== 'toupper')
      throw new ODataProblem(`An unknown function with name '${name}' was found.`)
    this.#expect('(')
    const operand = this.#operand()
    this.#expect(')')
    return { kind: 'case', change: word, operand }
  }
}

/**
 * Parses a decoded `$filter`.
 *
 * @throws ODataProblem where it does not follow the grammar of docs/service.md#filter-grammar.
 */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(text)
  const expression = parser.whole()
  return { expression, nodes: parser.nodes, uses: parser.uses }
}
