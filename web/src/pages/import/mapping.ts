// Which column of a file goes into which field: what there is to choose, where one begins, and the map the server reads. What a
// header says is the server's guess (`?preview=1`); here it is only made whole where people have to say more.
import type { FieldDef, FormDef } from '@/api/types'
import { labelOf } from '@/i18n/t'
import { anyField } from '@/systemFields'

export interface Column {
  header: string
  field: string | null
  by: string | null
  only_key: boolean
  samples: string[]
}
export interface Preview {
  encoding: string | null
  sheet: string | null
  sheets: { name: string; hidden: boolean }[]
  columns: Column[]
}
export type Mode = 'create' | 'update' | 'upsert'
/** A column and where it goes; '' is nowhere. `by`: the unique field that names the record meant, '' its id. */
export interface Line {
  column: Column
  field: string
  by: string
}
export interface Choice {
  name: string
  label: string
  required: boolean
  /** cannot be written; finds records */
  onlyKey: boolean
  unique: boolean
  /** of a reference: the unique fields of the form it points at */
  by: { name: string; label: string }[]
}

const NEVER = new Set(['button', 'lookup', 'rollup', 'barcode'])
const isRead = (f: FieldDef) => f.computed === true || f.formula !== undefined || f.read_only === true || f.type === 'serial' || (f.right ?? 'edit') !== 'edit'

/** Unique fields of a form, each alone. */
export const uniques = (form: FormDef | undefined) => form?.fields.filter((f) => f.unique === true && f.right !== 'mask') ?? []

function choiceOf(f: FieldDef, formOf: (name: string) => FormDef | undefined, table?: FieldDef): Choice {
  return {
    name: table ? `${table.name}.${f.name}` : f.name,
    label: table ? `${labelOf(table.label, table.name)} / ${labelOf(f.label, f.name)}` : labelOf(f.label, f.name),
    required: f.required === true && f.default === undefined,
    onlyKey: isRead(f),
    unique: f.unique === true,
    by: f.type === 'ref' ? uniques(formOf(f.form ?? '')).map((u) => ({ name: u.name, label: labelOf(u.label, u.name) })) : []
  }
}

/** What a column may go into: fields one may write, those that find a record, and what the server guessed beside them. */
export function choicesOf(form: FormDef, columns: Column[], formOf: (name: string) => FormDef | undefined): Choice[] {
  const own = form.fields.filter((f) => f.type !== 'table' && !NEVER.has(f.type)).map((f) => choiceOf(f, formOf)).filter((c) => !c.onlyKey || c.unique)
  const rows = form.fields.filter((f) => f.type === 'table' && !isRead(f)).flatMap((table) => (table.fields ?? []).filter((f) => !NEVER.has(f.type) && !isRead(f)).map((f) => choiceOf(f, formOf, table)))
  const known = new Set([...own, ...rows].map((c) => c.name))
  const more = columns.flatMap((c) => {
    const field = c.field && !known.has(c.field) && (!c.only_key || c.field === 'id') ? anyField(form, c.field) : undefined
    return field ? [{ ...choiceOf(field, formOf), onlyKey: c.only_key, unique: c.field === 'id' }] : []
  })
  return [...own, ...rows, ...more]
}

/** A reference is looked up by the unique field the header names; else by the first there is, unless the file has ids. */
export function byOf(choice: Choice | undefined, column: Column): string {
  if (!choice?.by.length) return ''
  if (choice.name === column.field && column.by) return column.by
  const given = column.samples.filter(Boolean)
  return given.length && given.every((s) => /^\d{6,}$/.test(s.trim())) ? '' : choice.by[0]!.name
}

/** Where one begins: each field once, by the first header that says it. */
export function linesOf(columns: Column[], choices: Choice[]): Line[] {
  const taken = new Set<string>()
  return columns.map((column) => {
    const choice = choices.find((c) => c.name === column.field && !taken.has(c.name))
    if (choice) taken.add(choice.name)
    return { column, field: choice?.name ?? '', by: byOf(choice, column) }
  })
}

/** What finds a record: fields that are mapped, the unique ones first; several that are unique together as one. */
export function keysOf(form: FormDef, choices: Choice[], lines: Line[]): { value: string; label: string; unique: boolean }[] {
  const mapped = choices.filter((c) => !c.name.includes('.') && lines.some((l) => l.field === c.name))
  const label = (name: string) => choices.find((c) => c.name === name)?.label ?? name
  const together = (form.unique ?? []).filter((names) => names.length > 1 && names.every((name) => mapped.some((c) => c.name === name)))
  const alone = (unique: boolean) => mapped.filter((c) => c.unique === unique).map((c) => ({ value: c.name, label: c.label, unique }))
  return [...alone(true), ...together.map((names) => ({ value: names.join(','), label: names.map(label).join(' + '), unique: true })), ...alone(false)]
}

/** Required fields that no column goes into. */
export const missing = (choices: Choice[], lines: Line[]) => choices.filter((c) => c.required && !c.onlyKey && !c.name.includes('.') && !lines.some((l) => l.field === c.name))

export type Fault = { kind: 'none' } | { kind: 'twice'; label: string } | { kind: 'header'; label: string } | { kind: 'tables' } | { kind: 'rowsKey' } | { kind: 'needsKey' }

/** What has to be mended before the file can be checked. */
export function faultOf(choices: Choice[], lines: Line[], mode: Mode, key: string): Fault | null {
  const used = lines.filter((l) => l.field)
  const tables = new Set(used.flatMap((l) => (l.field.includes('.') ? [l.field.split('.')[0]] : [])))
  const twice = used.find((l, i) => used.findIndex((other) => other.field === l.field) < i)
  const header = used.find((l) => lines.filter((other) => other.column.header === l.column.header).length > 1)
  const keys = key.split(',')
  if (!used.some((l) => !choices.find((c) => c.name === l.field)?.onlyKey || keys.includes(l.field))) return { kind: 'none' }
  if (twice) return { kind: 'twice', label: choices.find((c) => c.name === twice.field)?.label ?? twice.field }
  if (header) return { kind: 'header', label: header.column.header }
  if (tables.size > 1) return { kind: 'tables' }
  if (tables.size && !key) return { kind: 'rowsKey' }
  return mode !== 'create' && !key ? { kind: 'needsKey' } : null
}

/** As the server reads it (tenon help import). A field that is only read goes along where it finds records. */
export function mapOf(choices: Choice[], lines: Line[], key: string, encoding: string): Record<string, unknown> {
  const keys = key ? key.split(',') : []
  const columns = lines.filter((l) => l.field && (keys.includes(l.field) || !choices.find((c) => c.name === l.field)?.onlyKey))
  return {
    columns: Object.fromEntries(columns.map((l) => [l.column.header, l.by ? { field: l.field, by: l.by } : l.field])),
    ...(keys.length && { key: keys }),
    ...(encoding && { encoding })
  }
}
