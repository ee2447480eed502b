// What a cell of a list says, worked out once for each record shown: the grid writes it, nothing of it is worked out while the
// list scrolls.
import type { FieldDef, RecordData } from '@/api/types'
import { formatValue, byRecord, exactMoment, inCurrency, NOTHING, wordsOf } from '@/format/value'
import { enumOf } from '@/session'
import { currencyColumn } from './currency'

export interface Cell {
  kind: 'text' | 'nothing' | 'link' | 'chip' | 'user' | 'yes'
  text: string
  /** the whole of what the cell has no room for */
  hint?: string
  colour?: string
  login?: string
}
export interface CellContext {
  app: string
  zone: string
  currency?: string
  chip: boolean
}

function hintOf(field: FieldDef, value: unknown, text: string, zone: string): string | undefined {
  if (field.type === 'datetime' && typeof value === 'string') return exactMoment(value, zone)
  if (field.type === 'date') return String(value)
  return text.length > 12 ? text : undefined
}

export function cellOf(field: FieldDef, name: string, record: RecordData, { app, zone, currency, chip }: CellContext): Cell {
  const value = record[name]
  if (value === null || value === undefined || (Array.isArray(value) && !value.length)) return { kind: 'nothing', text: NOTHING }
  // An amount in the currency its record names.
  const shown = inCurrency(field, record, currencyColumn(name, field))
  const text = wordsOf(record.titles?.[name]) ?? formatValue(shown, value, { zone, currency, symbol: byRecord(field) })
  if (chip && field.enum) return { kind: 'chip', text, colour: enumOf(app, field.enum)?.values.find((v) => v.value === value)?.color ?? 'gray' }
  if (field.type === 'user') return { kind: 'user', text, login: String(value) }
  if (field.type === 'bool') return value ? { kind: 'yes', text } : { kind: 'nothing', text }
  return { kind: 'text', text, hint: hintOf(field, value, text, zone) }
}
