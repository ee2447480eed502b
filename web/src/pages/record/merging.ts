// What there is to decide when two records of a form become one, and what is sent.
import type { FieldDef, FormDef, RecordData } from '@/api/types'

export type Side = 'stays' | 'goes' | 'both'
export interface Choice {
  field: FieldDef
  /** several values or rows: both may stay */
  several: boolean
  /** values of the one may replace those of the other */
  takes: boolean
}

const none = (value: unknown) => value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)
const LISTS = ['tags', 'refs', 'table']

/** Rows are told apart by what stands in them, not by their number. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? null
  return value.map((one: unknown) => (one && typeof one === 'object' ? { ...one, id: undefined, titles: undefined } : one))
}
export const alike = (field: FieldDef, a: RecordData, b: RecordData) => JSON.stringify(plain(a[field.name])) === JSON.stringify(plain(b[field.name])) || (none(a[field.name]) && none(b[field.name]))

/** Fields a person may write: only there is something to choose. */
export function choices(form: FormDef, stays: RecordData, goes: RecordData): { differ: Choice[]; same: Choice[] } {
  const all = form.fields
    .filter((f) => f.right === 'edit' && !f.computed && !f.read_only && !['serial', 'lookup', 'rollup', 'button'].includes(f.type))
    .map((field): Choice => ({ field, several: LISTS.includes(field.type), takes: field.type !== 'table' }))
  return { differ: all.filter((one) => !alike(one.field, stays, goes)), same: all.filter((one) => alike(one.field, stays, goes) && !none(stays[one.field.name])) }
}

/** What is empty is filled, lists keep what the two have; else the record that stays has the word. */
export function firstSide(choice: Choice, stays: RecordData, goes: RecordData): Side {
  const { name } = choice.field
  if (none(goes[name])) return 'stays'
  if (choice.several) return 'both'
  return none(stays[name]) ? 'goes' : 'stays'
}

export function bodyOf(chosen: Record<string, Side>, goes: RecordData): { from: number; rev: number; take: string[]; both: string[] } {
  const of = (side: Side) => Object.keys(chosen).filter((name) => chosen[name] === side)
  return { from: goes.id, rev: goes.rev, take: of('goes'), both: of('both') }
}
