// The smallest body that says what was given: all of a new record, of a stored one what differs. A sub-table goes in the merge
// form {"set", "delete"} unless rows have moved, then as the whole list in its new order.
import { same, type Unit, type Values } from './run'
import type { Wire } from './types'

/** Keys of the rows a merge body names, in its order: pointers of the answer come back by place. */
export type SentRows = Map<string, string[]>
interface Row {
  key: string
  unit: Unit
}

function changesOf(unit: Unit): Values {
  return Object.fromEntries(Object.entries(unit.given).filter(([name, value]) => !unit.old || !same(unit.old[name], value)))
}

const rowBody = (row: Row): Values => (row.unit.id === null ? { ...row.unit.given } : { id: row.unit.id, ...changesOf(row.unit) })

/** Stored rows in their order, then the new ones: what a merge makes of it anyway. */
function inOrder(rows: Row[], old: number[]): boolean {
  const ids = rows.map((row) => row.unit.id)
  const here = new Set(ids)
  const kept = old.filter((id) => here.has(id))
  return ids.every((id, i) => (i < kept.length ? id === kept[i] : id === null))
}

function rowsBody(rows: Row[], old: number[]): { body: Wire; keys: string[] } | null {
  const here = new Set(rows.map((row) => row.unit.id))
  const gone = old.filter((id) => !here.has(id))
  const said = rows.filter((row) => row.unit.id === null || Object.keys(changesOf(row.unit)).length > 0)
  const ordered = inOrder(rows, old)
  if (ordered && !gone.length && !said.length) return null
  if (!ordered) return { body: rows.map(rowBody), keys: [] }
  const body: Record<string, Wire> = {}
  if (said.length) body.set = said.map(rowBody)
  if (gone.length) body.delete = gone
  return { body, keys: said.map((row) => row.key) }
}

export function patchOf(root: Unit, tables: Map<string, Row[]>, oldRows: Map<string, number[]>): { body: Record<string, Wire> | null; sent: SentRows } {
  const body: Record<string, Wire> = changesOf(root)
  const sent: SentRows = new Map()
  for (const [table, rows] of tables) {
    if (!root.old) {
      if (rows.length) body[table] = rows.map((row) => ({ ...row.unit.given }))
      continue
    }
    const said = rowsBody(rows, oldRows.get(table) ?? [])
    if (!said) continue
    body[table] = said.body
    sent.set(table, said.keys)
  }
  return { body: root.old && !Object.keys(body).length ? null : body, sent }
}
