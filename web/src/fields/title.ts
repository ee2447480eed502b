// The title of a record is a template of its form: "{company} {contact}", "{account.name}".
import type { FormDef, RecordData } from '@/api/types'
import { byRecord, formatValue, inCurrency, NOTHING } from '@/format/value'

const PART = /\{([a-z][a-z0-9_.]*)\}/g
const SHORT = ['text', 'phone', 'email', 'enum', 'ref', 'serial', 'date', 'user']

export function titleFields(form: FormDef): string[] {
  const named = [...(form.title ?? '').matchAll(PART)].map((m) => m[1]!)
  return named.length ? named : form.fields.filter((f) => SHORT.includes(f.type)).slice(0, 1).map((f) => f.name)
}

function wordOf(form: FormDef, record: RecordData, name: string, zone: string): string {
  const field = form.fields.find((f) => f.name === name)
  const value = record[name]
  if (!field) return value === null || value === undefined ? '' : String(value)
  const text = formatValue(inCurrency(field, record), value, { zone, symbol: byRecord(field) }, record)
  return text === NOTHING ? '' : text
}

/** As the server has it, if it came along; else by the template. */
export function titleOf(form: FormDef, record: RecordData, zone: string): string {
  if (record.titles?.id) return record.titles.id
  const template = form.title ?? titleFields(form).map((name) => `{${name}}`).join(' ')
  return template.replace(PART, (_, name: string) => wordOf(form, record, name, zone)).replace(/\s+/g, ' ').trim()
}

/** What tells two records of one title apart: the first columns of the form's list. */
export function secondFields(form: FormDef): string[] {
  const shown = new Set(titleFields(form).map((n) => n.split('.')[0]))
  const columns = form.views?.find((v) => v.columns)?.columns ?? form.fields.map((f) => f.name)
  return columns.filter((name) => !shown.has(name) && SHORT.includes(form.fields.find((f) => f.name === name)?.type ?? '')).slice(0, 2)
}

export function secondLine(form: FormDef, record: RecordData, zone: string): string {
  return secondFields(form).map((name) => wordOf(form, record, name, zone)).filter(Boolean).join('  ')
}
