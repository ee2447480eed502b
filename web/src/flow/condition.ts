// A condition as a sentence people build by clicking: field, operator, value, joined by "and" or by "or". What an expression
// says beyond that stays text; the engine's own language is never guessed at.
import { formatPercent, groupDigits } from '@/format/value'

export type Op = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne' | 'in' | 'notIn' | 'contains' | 'yes' | 'no' | 'empty' | 'filled'

export interface Clause {
  field: string
  op: Op
  values: string[]
  /** compared not with a fixed value but with one of the record of the flow ("$parent.dept") or of the day ("$today") */
  from?: string
}
export interface Condition {
  join: 'and' | 'or'
  clauses: Clause[]
}
/** What a sentence needs to know of a field. */
export interface Known {
  type: string
  label: string
  choices?: { value: string; label: string }[]
  /** what a value is called: a person, a department */
  name?: (value: string) => string
}
export type Look = (field: string) => Known | undefined

const NUMBERS = ['integer', 'decimal', 'money', 'percent', 'duration', 'rating', 'ref', 'rollup', 'formula']
const COMPARE: Op[] = ['gt', 'ge', 'lt', 'le', 'eq', 'ne', 'empty', 'filled']
const CHOICE: Op[] = ['eq', 'ne', 'in', 'notIn', 'empty', 'filled']
const OPS: Record<string, Op[]> = {
  integer: COMPARE, decimal: COMPARE, money: COMPARE, percent: COMPARE, duration: COMPARE, rating: COMPARE, date: COMPARE, datetime: COMPARE, time: COMPARE, rollup: COMPARE, formula: COMPARE,
  bool: ['yes', 'no', 'empty', 'filled'], enum: CHOICE, user: CHOICE, dept: CHOICE, ref: ['eq', 'ne', 'empty', 'filled']
}
export const opsOf = (type: string): Op[] => OPS[type] ?? ['eq', 'ne', 'contains', 'empty', 'filled']
/** Comparisons whose other side may be a value of another record. */
export const takesOther = (op: Op) => ['gt', 'ge', 'lt', 'le', 'eq', 'ne'].includes(op)
export const takesNone = (op: Op) => ['yes', 'no', 'empty', 'filled'].includes(op)
export const takesMany = (op: Op) => op === 'in' || op === 'notIn'
export const isNumber = (type: string) => NUMBERS.includes(type)

const SIGNS: Record<string, Op> = { '>': 'gt', '>=': 'ge', '<': 'lt', '<=': 'le', '==': 'eq', '!=': 'ne' }
const TURNED: Partial<Record<Op, Op>> = { gt: 'lt', ge: 'le', lt: 'gt', le: 'ge', eq: 'eq', ne: 'ne' }
const TOKEN = /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?%?)|([a-z_$][\w$]*(?:\.[a-z_]\w*)*)|(==|!=|<=|>=|[<>()[\],]))/giy

type Token = { kind: 'text' | 'number' | 'name' | 'sign'; text: string }

function tokensOf(expression: string): Token[] | null {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const end = expression.trimEnd().length
  while (TOKEN.lastIndex < end) {
    const m = TOKEN.exec(expression)
    if (!m) return null
    const kind = m[1] !== undefined ? 'text' : m[2] !== undefined ? 'number' : m[3] !== undefined ? 'name' : 'sign'
    tokens.push({ kind, text: (m[1] ?? m[2] ?? m[3] ?? m[4]) as string })
  }
  return tokens
}

const plain = (text: string) => text.slice(1, -1).replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))).replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\(.)/g, '$1')
const literal = (token: Token | undefined): string | undefined => {
  if (token?.kind === 'text') return plain(token.text)
  return token?.kind === 'number' ? fraction(token.text) : undefined
}
/** "5%" is the fraction 0.05: the point moves two places. */
function fraction(text: string): string {
  if (!text.endsWith('%')) return text
  const negative = text.startsWith('-')
  const [whole = '0', rest = ''] = text.replace(/[-%]/g, '').split('.')
  const digits = whole.padStart(3, '0')
  const moved = `${digits.slice(0, -2)}.${digits.slice(-2)}${rest}`.replace(/0+$/, '').replace(/\.$/, '').replace(/^0+(?=\d)/, '')
  return negative ? `-${moved}` : moved
}

const WORDS = ['and', 'or', 'not', 'in', 'true', 'false', 'null']
const isField = (token: Token | undefined) => token?.kind === 'name' && !WORDS.includes(token.text) && !token.text.startsWith('$')

class Reader {
  at = 0
  constructor(readonly tokens: Token[]) {}
  peek = () => this.tokens[this.at]?.text
  next = () => this.tokens[this.at++]
  eat(text: string): boolean {
    if (this.tokens[this.at]?.kind === 'text' || this.peek() !== text) return false
    this.at++
    return true
  }

  /** `[a, b]` */
  list(): string[] | null {
    if (!this.eat('[')) return null
    const values: string[] = []
    while (!this.eat(']')) {
      const value = literal(this.next())
      if (value === undefined) return null
      values.push(value)
      if (!this.eat(',') && this.peek() !== ']') return null
    }
    return values
  }

  membership(field: string, op: Op): Clause | null {
    const values = this.list()
    return values?.length ? { field, op, values } : null
  }

  call(): Clause | null {
    const name = this.next()?.text
    if (!this.eat('(') || (name !== 'contains' && name !== 'empty')) return null
    const field = this.next()
    if (!isField(field)) return null
    if (name === 'empty') return this.eat(')') ? { field: field!.text, op: 'empty', values: [] } : null
    const value = this.eat(',') ? literal(this.next()) : undefined
    return value !== undefined && this.eat(')') ? { field: field!.text, op: 'contains', values: [value] } : null
  }

  negated(): Clause | null {
    const bracket = this.eat('(')
    const inner = this.clause()
    if (!inner || (bracket && !this.eat(')'))) return null
    const turned: Partial<Record<Op, Op>> = { in: 'notIn', yes: 'no', empty: 'filled' }
    const op = turned[inner.op]
    return op && (bracket || inner.op !== 'in') ? { ...inner, op } : null
  }

  clause(): Clause | null {
    if (this.eat('not')) return this.negated()
    if (this.tokens[this.at]?.kind === 'name' && this.tokens[this.at + 1]?.text === '(') return this.call()
    const first = this.next()
    if (!isField(first)) {
      // 100 < amount
      const value = literal(first)
      const op = TURNED[SIGNS[this.next()?.text ?? ''] as Op]
      const field = this.next()
      return value !== undefined && op && isField(field) ? { field: field!.text, op, values: [value] } : null
    }
    const field = first!.text
    if (this.eat('in')) return this.membership(field, 'in')
    const op = this.tokens[this.at]?.kind === 'sign' ? SIGNS[this.peek() ?? ''] : undefined
    if (!op) return { field, op: 'yes', values: [] }
    this.at++
    const token = this.next()
    if (token?.kind === 'name') {
      if (/^\$parent\.|^\$today$/.test(token.text)) return { field, op, values: [], from: token.text }
      if (token.text === 'null' && (op === 'eq' || op === 'ne')) return { field, op: op === 'eq' ? 'empty' : 'filled', values: [] }
      if (token.text === 'true' || token.text === 'false') return op === 'eq' ? { field, op: token.text === 'true' ? 'yes' : 'no', values: [] } : null
      return null
    }
    const value = literal(token)
    return value === undefined ? null : { field, op, values: [value] }
  }
}

/** null: it says more than a sentence can. */
export function conditionOf(expression: string): Condition | null {
  const tokens = tokensOf(expression)
  if (!tokens?.length) return null
  const reader = new Reader(tokens)
  const clauses: Clause[] = []
  let join: 'and' | 'or' | '' = ''
  for (;;) {
    const one = reader.clause()
    if (!one) return null
    clauses.push(one)
    const word = reader.next()
    if (!word) return { join: join || 'and', clauses }
    if (word.kind !== 'name' || (word.text !== 'and' && word.text !== 'or') || (join && join !== word.text)) return null
    join = word.text
  }
}

const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n').replace(/\t/g, '\\t')}'`
const SIGN_OF: Partial<Record<Op, string>> = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '==', ne: '!=' }

export const isWhole = (clause: Clause) => clause.field !== '' && (takesNone(clause.op) || !!clause.from || (clause.values.length > 0 && clause.values.every((v) => v !== '')))

function words(clause: Clause, type: string): string {
  const value = (v: string) => (isNumber(type) ? v : quote(v))
  const [first = ''] = clause.values
  switch (clause.op) {
    case 'yes': return clause.field
    case 'no': return `not ${clause.field}`
    case 'empty': return `${clause.field} == null`
    case 'filled': return `${clause.field} != null`
    case 'contains': return `contains(${clause.field}, ${quote(first)})`
    case 'in': return `${clause.field} in [${clause.values.map(value).join(', ')}]`
    case 'notIn': return `not (${clause.field} in [${clause.values.map(value).join(', ')}])`
    default: return `${clause.field} ${SIGN_OF[clause.op]} ${clause.from ?? value(first)}`
  }
}

/** The expression of the clauses that are whole; '' when none is. */
export function expressionOf(condition: Condition, look: Look): string {
  return condition.clauses.filter(isWhole).map((c) => words(c, look(c.field)?.type ?? 'text')).join(` ${condition.join} `)
}

/** "50,000", "5万", "20%" as the number the engine reads; null when it is none. */
export function numberOf(typed: string, type: string): string | null {
  const text = typed.replace(/[\s,，¥￥]/g, '')
  const big = /^(-?\d+)(?:\.(\d+))?([万亿])$/.exec(text)
  if (big) {
    const places = big[3] === '万' ? 4 : 8
    const rest = big[2] ?? ''
    const digits = `${big[1]}${rest.padEnd(places, '0')}`
    const cut = digits.length - Math.max(0, rest.length - places)
    const tail = digits.slice(cut)
    return digits.slice(0, cut).replace(/^(-?)0+(?=\d)/, '$1') + (tail ? `.${tail}` : '')
  }
  if (/^-?\d+(\.\d+)?%$/.test(text)) return type === 'percent' ? fraction(text) : null
  return /^-?\d+(\.\d+)?$/.test(text) ? text : null
}

/** How a value of a clause reads. */
export function valueWords(value: string, known: Known | undefined): string {
  if (known?.type === 'percent' && numberOf(value, 'percent') !== null) return formatPercent(value)
  if (known && isNumber(known.type) && known.type !== 'ref') return groupDigits(value)
  return known?.choices?.find((c) => c.value === value)?.label ?? known?.name?.(value) ?? value
}

/** The sentence, its joints by `t`: words of operators, "and", "or", the separator of lists. */
export function sentenceOf(condition: Condition, look: Look, t: (key: string, params?: Record<string, string>) => string): string {
  const one = (clause: Clause): string => {
    const known = look(clause.field)
    const values = clause.from ? (look(clause.from)?.label ?? clause.from) : clause.values.map((v) => valueWords(v, known)).join(t('flow.comma'))
    return t(`flow.op.${clause.op}.sentence`, { field: known?.label ?? clause.field, value: values })
  }
  return condition.clauses.map(one).join(t(`flow.${condition.join}`))
}
