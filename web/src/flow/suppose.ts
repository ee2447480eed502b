// What a simulation asks for where no record is stored: the fields the flow goes by and those that have to be filled in, first.
import type { FieldName, Names } from '@/definitions/names'
import { type Flow, rowsOf, START } from './tree'
import { writable } from './values'

/** Types whose value is one plain text. */
const PLAIN = ['text', 'longtext', 'integer', 'decimal', 'money', 'percent', 'duration', 'rating', 'bool', 'enum', 'user', 'dept', 'date', 'datetime', 'time', 'ref', 'phone', 'email', 'url', 'identity', 'barcode']
const NUMERIC = ['integer', 'duration', 'rating', 'ref']

export function fieldsRead(flow: Flow, names: Names): { first: FieldName[]; rest: FieldName[] } {
  const fields = writable(names.forms.get(flow.form)?.fields ?? []).filter((f) => PLAIN.includes(f.type))
  const said = [JSON.stringify(flow.start ?? {}), ...rowsOf(flow).filter((row) => row.pointer !== START).flatMap((row) => [row.case?.when, row.step?.until?.when, row.step?.record, JSON.stringify(row.step?.who)])].join(' ')
  const read = new Set([...said.matchAll(/(?<![\w'])[a-z_]\w*/gi)].map((m) => m[0]))
  return { first: fields.filter((f) => f.asked || read.has(f.name)), rest: fields.filter((f) => !f.asked && !read.has(f.name)) }
}

/** As the API takes them: amounts stay texts, so that no digit is lost. */
export function wireOf(values: Record<string, string>, fields: FieldName[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter((f) => (values[f.name] ?? '') !== '').map((f) => {
    const value = values[f.name] as string
    return [f.name, f.type === 'bool' ? value === 'true' : NUMERIC.includes(f.type) ? Number(value) : value]
  }))
}
