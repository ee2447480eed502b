// Changes of a record as lines to read: one a field, the fields of a row by their own names.
import type { FieldDef, FormDef } from '@/api/types'
import { byRecord, inCurrency } from '@/format/value'
import { labelOf, t } from '@/i18n/t'
import type { Change, HistoryLine } from './feed'

export interface ChangeLine {
  label: string
  field?: FieldDef
  /** the field as it was before: an amount then in another currency */
  was?: FieldDef
  old?: unknown
  new?: unknown
  words?: string
}
// Fields every record has, which no form lists.
const SYSTEM: FieldDef[] = [{ name: 'owner', type: 'user' }, { name: 'dept', type: 'dept' }]

type Values = Record<string, unknown>
/** What records and rows named as currencies before and after a change. */
export interface Named {
  was: Values
  now: Values
  rows: Map<number, { was: Values; now: Values }>
}
const none: Named = { was: {}, now: {}, rows: new Map() }

function step(values: Values, changes: Change[]): Values {
  return { ...values, ...Object.fromEntries(changes.map((c) => [c.field, c.new])) }
}
/** By revision: the story told again from its beginning, for the fields that name currencies. */
export function namedBy(history: HistoryLine[], form: FormDef): Map<number, Named> {
  const told = new Map<number, Named>()
  const names = new Set(form.fields.flatMap((f) => [f, ...(f.fields ?? [])]).filter(byRecord).map((f) => f.currency!))
  if (!names.size) return told
  let values: Values = {}
  const rows = new Map<number, Values>()
  for (const line of [...history].sort((a, b) => a.rev - b.rev)) {
    const here: Named = { was: values, now: step(values, line.changes.filter((c) => names.has(c.field))), rows: new Map() }
    for (const c of line.changes) {
      if (c.row === undefined || !c.changes) continue
      const was = rows.get(c.row) ?? {}
      const now = step(was, c.changes.filter((one) => names.has(one.field)))
      here.rows.set(c.row, { was, now })
      rows.set(c.row, now)
    }
    values = here.now
    told.set(line.rev, here)
  }
  return told
}

export function linesOf(changes: Change[], form: FormDef, named: Named = none): ChangeLine[] {
  const among = [...form.fields, ...SYSTEM.map((f) => ({ ...f, label: t(`record.${f.name}`) }))]
  return changes.flatMap((change): ChangeLine[] => {
    const field = among.find((f) => f.name === change.field)
    const label = labelOf(field?.label, change.field)
    if (!change.changes) return [{ label, field: field && inCurrency(field, named.now), was: field && inCurrency(field, named.was), old: change.old, new: change.new }]
    if (change.op === 'delete' || change.op === 'add') return [{ label, words: t(change.op === 'delete' ? 'record.rowGone' : 'record.rowNew') }]
    return change.changes.map((c) => {
      const inner = field?.fields?.find((f) => f.name === c.field)
      const row = named.rows.get(change.row ?? 0)
      const own = field?.fields?.some((f) => f.name === inner?.currency) ?? false
      const as = (side: 'was' | 'now') => inner && inCurrency(inner, (own ? row?.[side] : named[side]) ?? {})
      return { label: labelOf(inner?.label, c.field), field: as('now'), was: as('was'), old: c.old, new: c.new }
    })
  })
}
