// The record as it is being entered: what is stored, what was given over it, and the reactive values a page draws. Rows keep
// their keys for the life of the page.
import { reactive, ref, toRaw } from 'vue'
import type { FieldDef, FormDef, RecordData } from '@/api/types'
import type { CompiledForm, Part } from './compile'
import { patchOf, type SentRows } from './patch'
import { same, type Unit, type Values } from './run'
import type { FieldPath, FieldState, RowModel, Wire } from './types'

/** One field of the record or of a row, with all that stands around it. */
export interface Place {
  unit: Unit
  values: Values
  titles: Record<string, string>
  states: Record<string, FieldState>
  field: string
  /** `note`, `lines/r3/qty`: where its faults are kept; without the row: `lines/qty` */
  key: string
  name: string
  /** the field of the record it lies in: itself, or its sub-table */
  top: string
}

const plain = (table: string, fields: FieldDef[]): Part =>
  ({ table, fields, byName: new Map(fields.map((f) => [f.name, f])), defaults: [], fills: [], linkages: [], checks: [], transitions: [], unique: [], left: new Set(), shown: new Set(), outside: [], clock: false, refs: [], deep: false })

const tablesOf = (form: FormDef) => form.fields.filter((f) => f.type === 'table')

/** The record ('') and its sub-tables; without the module their fields alone. */
export function partsOf(form: FormDef, compiled: CompiledForm | null): Map<string, Part> {
  const tables = tablesOf(form).map((f): [string, Part] => [f.name, compiled?.tables.get(f.name) ?? plain(f.name, f.fields ?? [])])
  return new Map([['', compiled?.root ?? plain('', form.fields)], ...tables])
}

function newUnit(part: Part, id: number | null, old: Values | null, given: Values): Unit {
  return { part, id, old, given, asking: new Set(), memo: new Map(), checked: new Map() }
}

const declared = (fields: FieldDef[], record: Record<string, unknown>): Values =>
  Object.fromEntries(fields.filter((f) => f.type !== 'table').map((f) => [f.name, (record[f.name] ?? null) as Wire]))

const hasGiven = (unit: Unit, initial: Values = {}): boolean =>
  Object.entries(unit.given).some(([name, value]) => !(name in initial && same(initial[name], value)))

/** A value that is stored already is not given. */
export function give(unit: Unit, field: string, value: Wire): void {
  if (unit.old && same(unit.old[field], value)) delete unit.given[field]
  else unit.given[field] = value
}

export class Entered {
  readonly values: Values = reactive({})
  readonly titles: Record<string, string> = reactive({})
  readonly rows: Record<string, RowModel[]> = reactive({})
  readonly states: Record<string, FieldState> = reactive({})
  readonly rev = ref(0)
  readonly id = ref<number | null>(null)
  readonly root: Unit
  readonly tables: FieldDef[]
  /** ids of the rows as stored, by table */
  readonly oldRows = new Map<string, number[]>()
  /** as it was read last */
  record: RecordData | undefined
  private readonly units = new Map<string, Unit>()
  private sent: SentRows = new Map()
  private keys = 0

  constructor(
    private readonly form: FormDef,
    private readonly parts: Map<string, Part>
  ) {
    this.root = newUnit(parts.get('')!, null, null, {})
    this.tables = tablesOf(form)
    for (const table of this.tables) this.rows[table.name] = []
  }

  begin(initial: Record<string, Wire>): void {
    for (const table of this.tables) {
      const rows = initial[table.name]
      for (const row of Array.isArray(rows) ? rows : []) this.rows[table.name]!.push(this.newRow(table.name, null, null, row as Values))
    }
    this.root.given = Object.fromEntries(Object.entries(initial).filter(([name]) => !this.rows[name]))
    Object.assign(this.values, this.root.given)
  }

  private newRow(table: string, id: number | null, old: Values | null, given: Values, key = `r${++this.keys}`): RowModel {
    const unit = newUnit(this.parts.get(table)!, id, old, { ...given })
    this.units.set(key, unit)
    return reactive({ key, id, values: { ...old, ...given }, titles: {}, states: {} })
  }

  /** A record as it is stored becomes what changes are compared with. */
  take(record: RecordData): void {
    this.record = record
    this.id.value = this.root.id = record.id
    this.rev.value = record.rev
    this.root.old = declared(this.form.fields, record)
    Object.assign(this.titles, record.titles ?? {})
    for (const table of this.tables) {
      const stored = (record[table.name] ?? []) as RecordData[]
      const known = this.rows[table.name]!
      const rows = stored.map((data, i) => {
        const had = known.find((row) => row.id === data.id) ?? (known[i]?.id === null ? known[i] : undefined)
        const row = this.newRow(table.name, data.id, declared(table.fields ?? [], data), {}, had?.key)
        Object.assign(row.titles, had?.titles, data.titles ?? {})
        if (!had) return row
        had.id = data.id
        return had
      })
      known.splice(0, known.length, ...rows)
      this.keepIds(table.name, stored)
    }
  }

  /** After a merge: stored is what the others have saved. */
  rebase(record: RecordData): void {
    this.record = record
    this.rev.value = record.rev
    for (const table of this.tables) this.keepIds(table.name, (record[table.name] ?? []) as RecordData[])
  }

  private keepIds(table: string, stored: RecordData[]): void {
    this.oldRows.set(table, stored.map((row) => row.id))
  }

  /** What was given is stored now. */
  accept(record: RecordData): void {
    this.root.given = {}
    this.root.asking.clear()
    this.root.memo.clear()
    this.take(record)
    Object.assign(this.values, this.root.old)
  }

  // ---- reading

  /** Did anybody type anything? What a new record came with is not typed, a row that only stands there neither. */
  differs(initial: Values = {}): boolean {
    const given = this.root.old ? hasGiven(this.root) : hasGiven(this.root, initial)
    return given || Object.entries(this.rows).some(([table, rows]) => toRaw(rows).some((row) => hasGiven(this.unit(row.key))) || (this.root.old !== null && this.hasMoved(table)))
  }

  private hasMoved(table: string): boolean {
    const [rows, old] = [toRaw(this.rows[table]!), this.oldRows.get(table) ?? []]
    return rows.length !== old.length || rows.some((row, i) => row.id !== old[i])
  }

  /** Of a row that is there. */
  unit(key: string): Unit {
    return this.units.get(key)!
  }

  unitsByTable(): Map<string, Unit[]> {
    return new Map(Object.entries(toRaw(this.rows)).map(([table, rows]) => [table, rows.map((row) => this.unit(row.key))]))
  }

  place(path: FieldPath): Place | null {
    if (typeof path === 'string')
      return { unit: this.root, values: this.values, titles: this.titles, states: this.states, field: path, key: path, name: path, top: path }
    const [table, key, field] = path
    // Found among the plain rows: going through 500 reactive ones would cost more than all else of a keystroke.
    const row = this.rows[table]?.[toRaw(this.rows[table]).findIndex((r) => toRaw(r).key === key)]
    return row ? { unit: this.unit(key), values: row.values, titles: row.titles, states: row.states, field, key: `${table}/${key}/${field}`, name: `${table}/${field}`, top: table } : null
  }

  // ---- changing

  /** The values the server worked out: all but what was given. */
  adopt(values: Record<string, unknown>): void {
    const into = (here: Values, unit: Unit, from: Record<string, unknown>): void => {
      for (const f of unit.part.fields)
        if (f.type !== 'table' && !(f.name in unit.given)) here[f.name] = (from[f.name] ?? null) as Wire
    }
    into(this.values, this.root, values)
    for (const [table, rows] of Object.entries(this.rows)) {
      const told = (values[table] ?? []) as Record<string, unknown>[]
      rows.forEach((row, i) => told[i] && into(row.values, this.unit(row.key), told[i]!))
    }
  }

  addRow(table: string, values: Values, at?: number): RowModel {
    const rows = this.rows[table]!
    const index = Math.min(at ?? rows.length, rows.length)
    rows.splice(index, 0, this.newRow(table, null, null, values))
    return rows[index]!
  }

  /** One that somebody else has saved meanwhile. */
  addStored(table: string, data: RecordData): void {
    const row = this.newRow(table, data.id, declared(this.parts.get(table)!.fields, data), {})
    Object.assign(row.titles, data.titles ?? {})
    this.rows[table]!.push(row)
  }

  removeRow(table: string, key: string): boolean {
    const rows = this.rows[table]!
    const index = rows.findIndex((row) => row.key === key)
    if (index < 0) return false
    rows.splice(index, 1)
    this.units.delete(key)
    return true
  }

  moveRow(table: string, key: string, to: number): boolean {
    const rows = this.rows[table]!
    const from = rows.findIndex((row) => row.key === key)
    if (from < 0 || from === to) return false
    const [row] = rows.splice(from, 1)
    rows.splice(Math.min(to, rows.length), 0, row!)
    return true
  }

  orderRows(table: string, keys: string[]): void {
    const rows = this.rows[table]!
    const place = new Map(keys.map((key, i) => [key, i]))
    rows.splice(0, rows.length, ...[...toRaw(rows)].sort((a, b) => place.get(a.key)! - place.get(b.key)!))
  }

  /** What a copy of the row begins with, and where it goes. */
  copyOf(table: string, key: string): { values: Values; titles: Record<string, string>; at: number } {
    const index = this.rows[table]!.findIndex((row) => row.key === key)
    const row = this.rows[table]![index]!
    const settable = this.parts.get(table)!.fields.filter((f) => !f.computed && !f.formula && f.type !== 'serial' && !f.read_only)
    return { values: Object.fromEntries(settable.map((f) => [f.name, row.values[f.name] ?? null])), titles: row.titles, at: index + 1 }
  }

  // ---- to the server and back

  body(): Record<string, Wire> | null {
    const rows = new Map(Object.entries(toRaw(this.rows)).map(([table, list]) => [table, toRaw(list).map((one) => toRaw(one)).map(({ key }) => ({ key, unit: this.unit(key) }))]))
    const { body, sent } = patchOf(this.root, rows, this.oldRows)
    this.sent = sent
    return body
  }

  /** "/note", "/lines", "/lines/2/qty" and, of a body that names only some rows, "/lines/set/0/qty". */
  keyOf(pointer: string): string | null {
    const parts = pointer.split('/').slice(1).map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    const [field, ...rest] = parts
    if (!field || !this.root.part.byName.has(field)) return null
    const rows = this.rows[field]
    if (!rows || !rest.length) return field
    const inSet = rest[0] === 'set'
    const [index, name] = inSet ? rest.slice(1) : rest
    const key = inSet ? this.sent.get(field)?.[Number(index)] : rows[Number(index)]?.key
    if (key === undefined) return field
    return name && this.parts.get(field)!.byName.has(name) ? `${field}/${key}/${name}` : field
  }
}
