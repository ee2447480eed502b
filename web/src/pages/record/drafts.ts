// What was typed and not saved, as plain values: kept in this browser per record, offered back, and the way back after Esc.
import { toRaw } from 'vue'
import { session } from '@/session'
import type { FormModel, Wire } from '@/rules/types'

interface DraftRow {
  id: number | null
  values: Record<string, Wire>
  titles: Record<string, string>
}
export interface Draft {
  at: string
  rev: number
  values: Record<string, Wire>
  titles: Record<string, string>
  rows: Record<string, DraftRow[]>
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

export function takeRows(model: FormModel, table: string): DraftRow[] {
  // Values are replaced, never changed: a copy of each row is enough, and 500 of them are taken between two keys.
  return toRaw(model.rows[table] ?? []).map((row) => toRaw(row)).map(({ id, values, titles }) => ({ id, values: { ...toRaw(values) }, titles: { ...toRaw(titles) } }))
}

export function takeDraft(model: FormModel, at: string): Draft {
  const draft: Draft = { at, rev: model.rev, values: {}, titles: {}, rows: {} }
  const body = model.patch() ?? {}
  for (const field of model.form.fields) {
    if (field.type === 'table') {
      if (field.name in body) draft.rows[field.name] = takeRows(model, field.name)
    } else if (!model.isDirty(field.name)) continue
    else if (!model.state(field.name).computed) {
      draft.values[field.name] = plain(model.values[field.name] ?? null)
      const title = model.titles[field.name]
      if (title !== undefined) draft.titles[field.name] = title
    }
  }
  return draft
}

const settable = (model: FormModel, table: string) =>
  (model.form.fields.find((f) => f.name === table)?.fields ?? []).filter((f) => !f.computed && f.type !== 'serial').map((f) => f.name)

/** Makes the rows of a table what they were: known ones are set, others added or removed, in the order kept. */
export function putRows(model: FormModel, table: string, kept: DraftRow[]): void {
  const names = settable(model, table)
  const wanted = new Set(kept.map((row) => row.id).filter((id) => id !== null))
  for (const row of [...(model.rows[table] ?? [])]) if (row.id === null || !wanted.has(row.id)) model.removeRow(table, row.key)
  kept.forEach((row, at) => {
    const known = row.id === null ? undefined : model.rows[table]?.find((r) => r.id === row.id)
    const target = known ?? model.addRow(table, {}, at)
    for (const name of names) {
      if (JSON.stringify(target.values[name] ?? null) !== JSON.stringify(row.values[name] ?? null)) model.set([table, target.key, name], row.values[name] ?? null, row.titles[name])
    }
    if (known) model.moveRow(table, target.key, at)
  })
}

export function putDraft(model: FormModel, draft: Draft): void {
  for (const [name, value] of Object.entries(draft.values)) {
    if (model.form.fields.some((f) => f.name === name) && !model.state(name).readOnly) model.set(name, value, draft.titles[name])
  }
  for (const [table, rows] of Object.entries(draft.rows)) if (model.form.fields.some((f) => f.name === table)) putRows(model, table, rows)
}

export function isEmptyDraft(draft: Draft): boolean {
  return !Object.keys(draft.values).length && !Object.keys(draft.rows).length
}

const keyOf = (app: string, form: string, id: number | null) => `tenon.draft.${session.me?.user ?? ''}.${app}.${form}.${id ?? 'new'}`

export function storeDraft(app: string, form: string, id: number | null, draft: Draft): boolean {
  try {
    localStorage.setItem(keyOf(app, form, id), JSON.stringify(draft))
    return true
  } catch {
    return false
  }
}
export function storedDraft(app: string, form: string, id: number | null): Draft | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(app, form, id)) ?? 'null') as Draft | null
  } catch {
    return null
  }
}
export function dropDraft(app: string, form: string, id: number | null): void {
  localStorage.removeItem(keyOf(app, form, id))
}
