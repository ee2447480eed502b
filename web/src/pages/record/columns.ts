// Columns of a sub-table: their width by type, and which of them have a sum worth reading.
import type { FieldDef } from '@/api/types'
import { byRecord, currencyUnit, isNumeric } from '@/format/value'
import { labelOf } from '@/i18n/t'

const WIDTH: Record<string, number> = { integer: 80, decimal: 88, percent: 80, money: 116, bool: 64, date: 116, datetime: 156, time: 80, duration: 96, enum: 112, phone: 128, user: 104, dept: 112, serial: 120 }
const LEAST = 160
/** the columns at the sides: the number of the row, its menu */
const NUMBER = 36
const MENU = 40

export function widthOf(field: FieldDef): number | undefined {
  return WIDTH[field.type]
}
export function leastWidth(columns: FieldDef[], editable: boolean): number {
  return columns.reduce((sum, f) => sum + (WIDTH[f.type] ?? LEAST), NUMBER + (editable ? MENU : 0))
}
const PLAIN = new Set(['integer', 'decimal', 'percent', 'money', 'date'])
const DIGIT = 7.5
const PADDING = 16
/** Surely one line of its column, commas and all: it needs no clip of its own. Each clip costs every frame of a long table a little. */
export function fits(field: FieldDef, value: unknown): boolean {
  if (!PLAIN.has(field.type)) return false
  const length = String(value ?? '').length
  return (field.type === 'date' ? length : (length * 4) / 3) * DIGIT <= WIDTH[field.type]! - PADDING
}
/** The same widths as tracks: those of the number, the columns, the menu. Where none is free to grow, all of them do. */
export function tracksOf(columns: FieldDef[], editable: boolean): string {
  const widths = [NUMBER, ...columns.map((f) => WIDTH[f.type]), ...(editable ? [MENU] : [])]
  const isFree = widths.includes(undefined)
  return widths.map((px) => (px === undefined ? 'minmax(0, 1fr)' : isFree ? `${px}px` : `minmax(0, ${px}fr)`)).join(' ')
}
export function headOf(field: FieldDef, currency: string | undefined): string {
  const label = labelOf(field.label, field.name)
  // A field's name is no unit: which currency it is stands in each row.
  const unit = field.type === 'money' && !byRecord(field) ? currencyUnit(field.currency ?? currency) : ''
  return unit && unit !== currencyUnit(currency) ? `${label} ${unit}` : label
}
/** Amounts that formulas give add up; a sum of prices or of mixed quantities says nothing. */
export function summed(columns: FieldDef[]): Set<string> {
  return new Set(columns.filter((f) => f.computed && (f.type === 'money' || (f.type === 'duration'))).map((f) => f.name))
}
export function isRight(field: FieldDef): boolean {
  return isNumeric(field)
}
