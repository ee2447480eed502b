// The rules of one form, compiled and put into the order they run in (as runtime/model/load_rules.c and load_order.c do).
// A rule that does not compile here reads what this person may not know of, or asks people or working time, which are not here: it is
// left to the server.
import type { AppDefinition, FieldDef, FormDef, Json, Lang } from '@/api/types'
import { isRefusal, type Read, type Rule, type RuleModule, type RuleText } from './module'

export interface FieldRule {
  field: FieldDef
  rule: Rule
}
export interface Fill {
  /** the reference whose choice fills */
  by: FieldDef
  target: FieldDef
  rule: Rule
  /** `account.main_contact`: where the text to show comes from, too */
  path: string | null
}
export interface Linkage {
  /** null: always */
  when: Rule | null
  show: string[]
  hide: string[]
  require: string[]
  readOnly: string[]
  sets: FieldRule[]
  options: { field: string; text: string }[]
}
export interface Check {
  id: string
  when: Rule | null
  require: Rule
  at?: string
  message?: Words
}
/** What a rule says: `told` has each {expression} as an ellipsis, `filled` fills them in. */
export interface Words {
  told: Partial<Record<Lang, string>>
  filled: { language: Lang; rule: Rule }[]
}
export interface Transition {
  field: string
  from: string[]
  to: string
  when: Rule | null
  require: string[]
  /** this person may make the move */
  may: boolean
}
/** A form, or the rows of a sub-table: both work alike. */
export interface Part {
  /** the sub-table's name; '' for the record */
  table: string
  fields: FieldDef[]
  byName: Map<string, FieldDef>
  defaults: FieldRule[]
  fills: Fill[]
  linkages: Linkage[]
  checks: Check[]
  transitions: Transition[]
  unique: string[][]
  /** what the server fills in: their rule is left to it */
  left: Set<string>
  /** some linkage shows it: hidden by default */
  shown: Set<string>
  /** rows: what their rules read of the record around them */
  outside: Read[]
  /** some rule asks the time */
  clock: boolean
  /** references whose records some rule reads */
  refs: FieldDef[]
  /** some rule reads on from there */
  deep: boolean
}
export interface CompiledForm {
  form: string
  root: Part
  tables: Map<string, Part>
  tableFields: FieldDef[]
  /** formulas of the record and of its rows in one order */
  computed: { part: Part; field: FieldDef; rule: Rule }[]
  linked: boolean
  /** conditions of layout blocks by their place: null: always */
  blocks: (Rule | null)[]
  /** texts of layout blocks that hold {expressions}, by text */
  templates: Map<string, Rule>
}

interface Source {
  name: string
  fields: FieldDef[]
  json: Record<string, Json>
}

/** Numbers, booleans and null stand for themselves. */
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
const listOf = (value: Json | undefined): string[] => (Array.isArray(value) ? (value as string[]) : [])
const objectsOf = (value: Json | undefined): Record<string, Json>[] => (Array.isArray(value) ? (value as Record<string, Json>[]) : [])
const entriesOf = (value: Json | undefined): [string, Json][] =>
  value && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []

/** As the server's (runtime/model/load_expr.c): text in quotes may hold braces of its own. */
export const hushed = (text: string): string =>
  text.replace(/\{\{|\}\}|\{(?:[^}']|'[^']*')*\}?/g, (found) => (found === '{{' ? '{' : found === '}}' ? '}' : '…'))

function partOf(rules: RuleModule, form: string, source: Source): Part {
  const table = source.name || undefined
  const byName = new Map(source.fields.map((f) => [f.name, f]))
  const left = new Set<string>()
  const compile = (item: Omit<RuleText, 'form' | 'table'>): Rule | null => {
    const [rule] = rules.compile([{ form, table, ...item }])
    return rule && !isRefusal(rule) ? rule : null
  }
  const forField = (name: string, value: Json): FieldRule[] => {
    const field = byName.get(name)
    const rule = field && compile({ field: name, text: textOf(value) })
    if (field && !rule) left.add(name)
    return field && rule ? [{ field, rule }] : []
  }
  /** null: always; undefined: not to be known here */
  const condition = (value: Json | undefined): Rule | null | undefined =>
    value === undefined ? null : (compile({ text: textOf(value) }) ?? undefined)

  const wordsOf = (message: Json | undefined): Words | undefined => {
    if (message === undefined) return undefined
    const texts: Words['told'] = typeof message === 'string' ? { 'zh-CN': message, en: message } : (message as Words['told'])
    const all = Object.entries(texts) as [Lang, string][]
    const filled = all.flatMap(([language, text]) => {
      const rule = /[{}]/.test(text) ? compile({ template: true, text }) : null
      return rule ? [{ language, rule }] : []
    })
    return { told: Object.fromEntries(all.map(([language, text]) => [language, hushed(text)])), filled }
  }

  const linkages: Linkage[] = objectsOf(source.json.linkage).flatMap((j) => {
    const when = condition(j.when)
    if (when === undefined) return []
    return [{
      when, show: listOf(j.show), hide: listOf(j.hide), require: listOf(j.require), readOnly: listOf(j.read_only),
      sets: entriesOf(j.set).flatMap(([name, value]) => forField(name, value)),
      options: entriesOf(j.options).map(([field, text]) => ({ field, text: String(text) }))
    }]
  })
  const checks: Check[] = objectsOf(source.json.checks).flatMap((j, i) => {
    const when = condition(j.when), require = compile({ text: String(j.require) })
    if (when === undefined || !require) return []
    return [{ id: String(j.id ?? `check_${i + 1}`), when, require, at: j.at as string | undefined, message: wordsOf(j.message) }]
  })
  const transitions: Transition[] = objectsOf(source.json.transitions).flatMap((j) => {
    const when = condition(j.when)
    if (when === undefined) return []
    return [{ field: String(j.field), from: listOf(j.from), to: String(j.to), when, require: listOf(j.require), may: j.may !== false }]
  })
  const part: Part = {
    table: source.name,
    fields: source.fields,
    byName,
    defaults: ordered(source.fields.flatMap((f) => (f.default === undefined || f.formula ? [] : forField(f.name, f.default)))),
    fills: source.fields.flatMap((by) =>
      Object.entries(by.fill ?? {}).flatMap(([name, value]) =>
        forField(name, value).map(({ field, rule }) => ({ by, target: field, rule, path: /^\w+(\.\w+)+$/.test(String(value)) ? String(value) : null }))
      )
    ),
    linkages,
    checks,
    transitions,
    unique: Array.isArray(source.json.unique) ? (source.json.unique as string[][]) : [],
    left,
    shown: new Set(linkages.flatMap((l) => l.show)),
    outside: source.fields.flatMap((f) => parentNames(f.options)).concat(linkages.flatMap((l) => l.options.flatMap((o) => parentNames(o.text)))),
    clock: false,
    refs: [],
    deep: false
  }
  const own = [
    ...[...part.defaults, ...part.fills, ...part.linkages.flatMap((l) => l.sets)].map((x) => x.rule),
    ...[...part.linkages, ...part.checks, ...part.transitions].map((x) => x.when),
    ...part.checks.flatMap((c) => [c.require, ...(c.message?.filled ?? []).map((text) => text.rule)])
  ]
  for (const rule of own) if (rule) note(part, rule)
  return part
}

/** What the conditions of pickers name of the record around a row. */
function parentNames(text: string | undefined): Read[] {
  return [...(text ?? '').matchAll(/\$parent\.([a-z0-9_.]+)/g)].map((m) => ({ root: 'parent', path: m[1]!.split('.'), rows: false }))
}

function note(part: Part, rule: Rule): void {
  part.clock ||= rule.clock
  for (const read of rule.reads) {
    const ref = read.root === 'parent' || read.path.length < 2 ? undefined : part.byName.get(read.path[0]!)
    if (ref?.form && !part.refs.includes(ref)) part.refs.push(ref)
    part.deep ||= ref !== undefined && read.path.length > 2
    const known = part.outside.some((r) => r.path.join('.') === read.path.join('.'))
    if (part.table && read.root === 'parent' && !known) part.outside.push(read)
  }
}

/** Depth first: what a rule reads comes before it. Publishing has found cycles already. */
function sorted<T>(items: T[], reads: (item: T) => T[]): T[] {
  const out: T[] = []
  const seen = new Set<T>()
  const place = (item: T): void => {
    if (seen.has(item)) return
    seen.add(item)
    for (const other of reads(item)) place(other)
    out.push(item)
  }
  for (const item of items) place(item)
  return out
}

function ordered(defaults: FieldRule[]): FieldRule[] {
  return sorted(defaults, (d) => defaults.filter((other) => d.rule.reads.some((r) => r.root === 'record' && r.path[0] === other.field.name)))
}

function formulas(rules: RuleModule, form: string, parts: Part[]): CompiledForm['computed'] {
  const all = parts.flatMap((part) =>
    part.fields.flatMap((field) => {
      if (!field.formula) return []
      const [rule] = rules.compile([{ form, table: part.table || undefined, field: field.name, text: field.formula }])
      if (!rule || isRefusal(rule)) part.left.add(field.name)
      return rule && !isRefusal(rule) ? [{ part, field, rule }] : []
    })
  )
  const at = (table: string, name?: string) => all.filter((c) => c.part.table === table && c.field.name === name)
  return sorted(all, (c) =>
    c.rule.reads.flatMap((r) => {
      if (r.root === 'parent') return at('', r.path[0])
      if (r.root !== 'record') return []
      return c.part.table === '' && r.rows ? at(r.path[0]!, r.path[1]) : at(c.part.table, r.path[0])
    })
  )
}

const BLOCK_TEXTS = ['heading', 'text', 'notice'] as const

/** What a block shows is compiled in every language it has; what reads what this person may not know stays away. */
function layoutOf(rules: RuleModule, form: FormDef): Pick<CompiledForm, 'blocks' | 'templates'> {
  const layout = form.layout ?? []
  const compile = (item: Omit<RuleText, 'form'>): Rule | null => {
    const [rule] = rules.compile([{ form: form.form, ...item }])
    return rule && !isRefusal(rule) ? rule : null
  }
  const texts = layout.flatMap((block) => BLOCK_TEXTS.flatMap((key) => (typeof block[key] === 'object' ? Object.values(block[key]) : [block[key] ?? ''])))
  const templates = [...new Set(texts.filter((text) => text.includes('{')))].flatMap((text) => {
    const rule = compile({ template: true, text })
    return rule ? [[text, rule] as const] : []
  })
  return { blocks: layout.map((block) => (block.when === undefined ? null : compile({ text: block.when }))), templates: new Map(templates) }
}

export function compileForm(rules: RuleModule, definition: AppDefinition, name: string): CompiledForm {
  const form = definition.forms.find((f) => f.form === name)
  if (!form) throw new Error(`no form ${name}`)
  const tableFields = form.fields.filter((f) => f.type === 'table')
  const root = partOf(rules, name, { name: '', fields: form.fields, json: form as unknown as Record<string, Json> })
  const tables = new Map(
    tableFields.map((f) => [f.name, partOf(rules, name, { name: f.name, fields: f.fields ?? [], json: f as unknown as Record<string, Json> })])
  )
  const parts = [root, ...tables.values()]
  const computed = formulas(rules, name, parts)
  for (const c of computed) note(c.part, c.rule)
  return { form: name, root, tables, tableFields, computed, linked: parts.some((p) => p.linkages.length > 0), ...layoutOf(rules, form) }
}
