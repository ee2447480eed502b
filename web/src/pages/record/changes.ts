// Changes of a record as lines to read: one a field, the fields of a row by their own names.
import type { FieldDef, FormDef } from '@/api/types'
import { labelOf, t } from '@/i18n/t'
import type { Change } from './feed'

export interface ChangeLine {
  label: string
  field?: FieldDef
  old?: unknown
  new?: unknown
  words?: string
}
// Fields every record has, which no form lists.
const SYSTEM: FieldDef[] = [{ name: 'owner', type: 'user' }, { name: 'dept', type: 'dept' }]

export function linesOf(changes: Change[], form: FormDef): ChangeLine[] {
  const among = [...form.fields, ...SYSTEM.map((f) => ({ ...f, label: t(`record.${f.name}`) }))]
  return changes.flatMap((change): ChangeLine[] => {
    const field = among.find((f) => f.name === change.field)
    const label = labelOf(field?.label, change.field)
    if (!change.changes) return [{ label, field, old: change.old, new: change.new }]
    if (change.op === 'delete' || change.op === 'add') return [{ label, words: t(change.op === 'delete' ? 'record.rowGone' : 'record.rowNew') }]
    return change.changes.map((c) => {
      const inner = field?.fields?.find((f) => f.name === c.field)
      return { label: labelOf(inner?.label, c.field), field: inner, old: c.old, new: c.new }
    })
  })
}
