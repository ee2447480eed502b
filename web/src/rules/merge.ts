// Three ways: as it was read (base), as it stands here (mine), as it is stored now (theirs). What only one side changed stands;
// what both changed is a conflict, and mine stays until somebody decides. Nothing typed is lost: a row they deleted and I
// changed becomes a new row.
import type { FieldDef, RecordData } from '@/api/types'
import { same, type Unit } from './run'
import type { FieldPath, MergeResult, RowModel, Wire } from './types'

export interface Merging {
  root: Unit
  tables: FieldDef[]
  /** ids of the rows as they were read, by table */
  oldRows: Map<string, number[]>
  rows: Record<string, RowModel[]>
  unit(key: string): Unit
  drop(table: string, key: string): void
  add(table: string, data: RecordData): void
}

const isComputed = (f: FieldDef) => f.computed === true || f.formula !== undefined || f.type === 'serial'

function mergeUnit(unit: Unit, current: Record<string, unknown>, path: (name: string) => FieldPath, pointer: string, out: MergeResult): void {
  const base = unit.old ?? {}
  const next = { ...base }
  for (const f of unit.part.fields) {
    if (f.type === 'table') continue
    const theirs = (current[f.name] ?? null) as Wire
    next[f.name] = theirs
    if (same(base[f.name], theirs)) continue
    const mine = unit.given[f.name]
    if (mine === undefined) {
      if (!isComputed(f)) out.merged.push(path(f.name))
    } else if (same(mine, theirs)) {
      delete unit.given[f.name]
    } else {
      out.conflicts.push({ pointer: `${pointer}/${f.name}`, path: path(f.name), base: base[f.name] ?? null, mine, theirs })
    }
  }
  unit.old = next
  unit.memo.clear()
}

/** They deleted it: mine goes too, unless I changed it, then it is given anew. */
function mergeDeleted(m: Merging, table: string, row: RowModel): void {
  const unit = m.unit(row.key)
  if (!Object.keys(unit.given).length) {
    m.drop(table, row.key)
    return
  }
  const settable = unit.part.fields.filter((f) => !isComputed(f))
  unit.given = Object.fromEntries(settable.map((f) => [f.name, unit.given[f.name] ?? unit.old?.[f.name] ?? null]))
  unit.old = null
  unit.id = row.id = null
}

export function merge(m: Merging, current: RecordData): MergeResult {
  const out: MergeResult = { rev: current.rev, merged: [], conflicts: [] }
  mergeUnit(m.root, current, (name) => name, '', out)
  for (const table of m.tables) {
    const theirs = (current[table.name] ?? []) as RecordData[]
    const known = new Set(m.rows[table.name]!.map((row) => row.id))
    // A row I deleted stays deleted.
    const before = new Set(m.oldRows.get(table.name))
    for (const row of [...m.rows[table.name]!]) {
      if (row.id === null) continue
      const data = theirs.find((candidate) => candidate.id === row.id)
      const place = m.rows[table.name]!.indexOf(row)
      if (!data) mergeDeleted(m, table.name, row)
      else mergeUnit(m.unit(row.key), data, (name) => [table.name, row.key, name], `/${table.name}/${place}`, out)
    }
    for (const data of theirs) if (!known.has(data.id) && !before.has(data.id)) m.add(table.name, data)
  }
  return out
}
