// The filter sentence. A clause is one exchangeable part ("区域 是 华东、华南"); clauses joined by "and" become the expression
// the server filters by. Simple expressions of views are read back into clauses; one that says more stays whole as `raw`.
import type { FieldDef, FormDef } from '@/api/types'
import { anyField } from '@/systemFields'

export interface Clause {
  /** '' for a raw expression */
  field: string
  op: string
  values: string[]
}

export type OpKind = 'none' | 'one' | 'two' | 'many' | 'number' | 'days' | 'path'

export interface Op {
  op: string
  kind: OpKind
  /** Builds the expression from the field and its values as literals. */
  build: (f: string, v: string[]) => string
}

const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
const list = (values: string[]) => `[${values.map(quote).join(', ')}]`
const day = (text: string) => quote(text)

const EMPTY: Op[] = [
  { op: 'empty', kind: 'none', build: (f) => `${f} == null` },
  { op: 'filled', kind: 'none', build: (f) => `${f} != null` }
]
const TEXT: Op[] = [
  { op: 'contains', kind: 'one', build: (f, v) => `contains(${f}, ${quote(v[0] ?? '')})` },
  { op: 'is', kind: 'one', build: (f, v) => `${f} == ${quote(v[0] ?? '')}` },
  { op: 'isNot', kind: 'one', build: (f, v) => `${f} != ${quote(v[0] ?? '')}` },
  { op: 'starts', kind: 'one', build: (f, v) => `starts_with(${f}, ${quote(v[0] ?? '')})` },
  ...EMPTY
]
const NUMBER: Op[] = [
  { op: 'atLeast', kind: 'one', build: (f, v) => `${f} >= ${v[0]}` },
  { op: 'atMost', kind: 'one', build: (f, v) => `${f} <= ${v[0]}` },
  { op: 'between', kind: 'two', build: (f, v) => `${f} >= ${v[0]} and ${f} <= ${v[1]}` },
  { op: 'equals', kind: 'one', build: (f, v) => `${f} == ${v[0]}` },
  ...EMPTY
]
const CHOICE: Op[] = [
  { op: 'in', kind: 'many', build: (f, v) => (v.length === 1 ? `${f} == ${quote(v[0] ?? '')}` : `${f} in ${list(v)}`) },
  { op: 'notIn', kind: 'many', build: (f, v) => (v.length === 1 ? `${f} != ${quote(v[0] ?? '')}` : `not (${f} in ${list(v)})`) },
  ...EMPTY
]
const PEOPLE: Op[] = [{ op: 'me', kind: 'none', build: (f) => `${f} == $user` }, ...CHOICE]
// A day of a date or of a moment alike: half-open ranges mean the same for both.
const DATE: Op[] = [
  { op: 'today', kind: 'none', build: (f) => `${f} >= $today and ${f} < $today + 1` },
  { op: 'thisWeek', kind: 'none', build: (f) => `${f} >= $today - weekday($today) + 1 and ${f} < $today - weekday($today) + 8` },
  { op: 'thisMonth', kind: 'none', build: (f) => `${f} >= month_start($today) and ${f} < month_end($today) + 1` },
  { op: 'lastDays', kind: 'days', build: (f, v) => `${f} >= $today - ${v[0]} and ${f} < $today + 1` },
  { op: 'nextDays', kind: 'days', build: (f, v) => `${f} >= $today and ${f} < $today + ${v[0]}` },
  { op: 'past', kind: 'none', build: (f) => `${f} < $today` },
  { op: 'from', kind: 'one', build: (f, v) => `${f} >= ${day(v[0] ?? '')}` },
  { op: 'until', kind: 'one', build: (f, v) => `${f} <= ${day(v[0] ?? '')}` },
  ...EMPTY
]
const BOOL: Op[] = [
  { op: 'yes', kind: 'none', build: (f) => f },
  { op: 'no', kind: 'none', build: (f) => `not ${f}` },
  ...EMPTY
]
const REF: Op[] = [{ op: 'refIs', kind: 'number', build: (f, v) => `${f} == ${v[0]}` }, ...EMPTY]
const REFS: Op[] = [{ op: 'refIs', kind: 'number', build: (f, v) => `${v[0]} in ${f}` }, ...EMPTY]
/** A place in a tree, as its path "44/4403": everything there and below. */
const TREE: Op[] = [{ op: 'within', kind: 'path', build: (f, v) => (v[0] ?? '').split('/').map((step) => `${quote(step)} in ${f}`).join(' and ') }, ...EMPTY]
const TAGS: Op[] = [{ op: 'has', kind: 'one', build: (f, v) => `${quote(v[0] ?? '')} in ${f}` }, ...EMPTY]

const OPS: Record<string, Op[]> = {
  integer: NUMBER, decimal: NUMBER, money: NUMBER, percent: NUMBER, duration: NUMBER, enum: CHOICE, cascade: TREE, region: TREE, geo: EMPTY, richtext: EMPTY, rating: NUMBER, user: PEOPLE, dept: CHOICE,
  date: DATE, datetime: DATE, bool: BOOL, ref: REF, refs: REFS, tags: TAGS
}

export function opsOf(field: FieldDef): Op[] {
  return OPS[field.type] ?? TEXT
}

function opOf(form: FormDef, clause: Clause): Op | undefined {
  const field = anyField(form, clause.field)
  return field && opsOf(field).find((o) => o.op === clause.op)
}

/** A clause whose values are all there: only such a one is sent. */
export function isComplete(form: FormDef, clause: Clause): boolean {
  if (!clause.field) return clause.values[0] !== ''
  const op = opOf(form, clause)
  if (!op) return false
  const wanted = { none: 0, one: 1, number: 1, days: 1, two: 2, many: 1, path: 1 }[op.kind]
  return clause.values.length >= wanted && clause.values.slice(0, wanted).every((v) => v !== '')
}

export function expressionOf(form: FormDef, clauses: Clause[]): string {
  return clauses
    .filter((c) => isComplete(form, c))
    .map((c) => (c.field ? (opOf(form, c)?.build(c.field, c.values) ?? '') : c.values[0] ?? ''))
    .map((text, _i, all) => (all.length > 1 && / or /.test(text) ? `(${text})` : text))
    .join(' and ')
}

/* ---- URL: one `f` a clause, "field~op~value~value" ---- */

export const toParam = (c: Clause) => [c.field, c.op, ...c.values].map((part) => part.replace(/%/g, '%25').replace(/~/g, '%7E')).join('~')

export function fromParam(text: string): Clause {
  const [field = '', op = '', ...values] = text.split('~').map((part) => part.replace(/%7E/g, '~').replace(/%25/g, '%'))
  return { field, op, values }
}

/* ---- reading expressions of views back ---- */

const LITERAL = String.raw`(?:'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?))`
const unquote = (text: string) => text.replace(/\\(.)/g, '$1')

type Reader = [RegExp, (m: RegExpExecArray, field: FieldDef) => Clause | undefined]

const choice = (op: 'in' | 'notIn', field: string, values: string[]): Clause => ({ field, op, values })
const isChoice = (f: FieldDef) => opsOf(f).some((o) => o.op === 'in')

const READERS: Reader[] = [
  [/^(\w+) == \$user$/, (m, f) => (f.type === 'user' ? { field: m[1]!, op: 'me', values: [] } : undefined)],
  [/^(\w+) == null$|^empty\((\w+)\)$/, (m) => ({ field: (m[1] ?? m[2])!, op: 'empty', values: [] })],
  [/^(\w+) != null$|^not empty\((\w+)\)$/, (m) => ({ field: (m[1] ?? m[2])!, op: 'filled', values: [] })],
  [new RegExp(`^(\\w+) (==|!=) ${LITERAL}$`), (m, f) => {
    const value = m[3] !== undefined ? unquote(m[3]) : m[4]!
    if (isChoice(f)) return choice(m[2] === '==' ? 'in' : 'notIn', m[1]!, [value])
    const op = opsOf(f).find((o) => o.op === (m[2] === '==' ? 'is' : 'isNot') || (m[2] === '==' && (o.op === 'equals' || o.op === 'refIs')))
    return op && { field: m[1]!, op: op.op, values: [value] }
  }],
  [/^(not )?\(?(\w+) in \[([^\]]*)\]\)?$/, (m, f) => {
    const values = [...m[3]!.matchAll(new RegExp(LITERAL, 'g'))].map((v) => (v[1] !== undefined ? unquote(v[1]) : v[2]!))
    return isChoice(f) ? choice(m[1] ? 'notIn' : 'in', m[2]!, values) : undefined
  }],
  [new RegExp(`^(\\w+) (>=|<=) ${LITERAL}$`), (m, f) => {
    const names = m[2] === '>=' ? ['atLeast', 'from'] : ['atMost', 'until']
    const op = opsOf(f).find((o) => names.includes(o.op))
    return op && { field: m[1]!, op: op.op, values: [m[3] !== undefined ? unquote(m[3]) : m[4]!] }
  }],
  [new RegExp(`^(contains|starts_with)\\((\\w+), ${LITERAL}\\)$`), (m, f) => {
    const op = m[1] === 'contains' ? 'contains' : 'starts'
    return m[3] !== undefined && opsOf(f).some((o) => o.op === op) ? { field: m[2]!, op, values: [unquote(m[3])] } : undefined
  }],
  [/^(\w+) < \$today$/, (m) => ({ field: m[1]!, op: 'past', values: [] })],
  [/^(\w+)$/, (m, f) => (f.type === 'bool' ? { field: m[1]!, op: 'yes', values: [] } : undefined)],
  [/^not (\w+)$/, (m, f) => (f.type === 'bool' ? { field: m[1]!, op: 'no', values: [] } : undefined)]
]

/** Splits at "and" outside of quotes, brackets and parentheses; undefined when the text has an "or" at that level. */
function conjuncts(text: string): string[] | undefined {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === "'" || c === '"') {
      for (i++; i < text.length && text[i] !== c; i++) if (text[i] === '\\') i++
    } else if ('([{'.includes(c)) depth++
    else if (')]}'.includes(c)) depth--
    else if (depth === 0 && text.startsWith(' or ', i)) return undefined
    else if (depth === 0 && text.startsWith(' and ', i)) {
      parts.push(text.slice(start, i))
      start = i + 5
    }
  }
  parts.push(text.slice(start))
  return parts.map((p) => p.trim())
}

function readOne(form: FormDef, text: string): Clause {
  for (const [pattern, read] of READERS) {
    const m = pattern.exec(text)
    if (!m) continue
    const name = [m[1], m[2], m[3]].find((g) => g !== undefined && anyField(form, g.trim()))
    const field = name && anyField(form, name)
    const clause = field ? read(m, field) : undefined
    if (clause && opOf(form, clause)) return clause
  }
  return { field: '', op: 'raw', values: [text] }
}

export function clausesOf(form: FormDef, expression: string | undefined): Clause[] {
  const text = expression?.trim()
  if (!text) return []
  return conjuncts(text)?.map((part) => readOne(form, part)) ?? [{ field: '', op: 'raw', values: [text] }]
}
