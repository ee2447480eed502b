// What an action writes into a field, as people choose it: a fixed value, a value of the record, nothing, or an expression.
import type { FieldName } from '@/definitions/names'
import { t } from '@/i18n/t'
import { isNumber } from './condition'
import { type Around, fieldAt } from './who'

export type Written = { kind: 'fixed'; value: string } | { kind: 'from'; path: string } | { kind: 'empty' } | { kind: 'text'; text: string }
/** A record an action before has made or changed, and what it is called. */
export interface Named {
  name: string
  form: string
}
/** Fields nobody writes by hand. */
const MADE = ['button', 'serial', 'formula', 'rollup', 'lookup', 'table']
export const writable = (fields: FieldName[]) => fields.filter((f) => !MADE.includes(f.type))

const TEXT = /^'((?:[^'\\]|\\.)*)'$/
const PATH = /^(\$?[a-z_]\w*)(\.[a-z_]\w*)*$/
const plain = (text: string) => text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\(.)/g, '$1')
const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n').replace(/\t/g, '\\t')}'`

export function writtenOf(expression: string, type: string): Written {
  const text = expression.trim()
  if (text === '') return { kind: 'fixed', value: '' }
  if (text === 'null') return { kind: 'empty' }
  const quoted = TEXT.exec(text)
  if (quoted && !isNumber(type) && type !== 'bool') return { kind: 'fixed', value: plain(quoted[1] ?? '') }
  if (/^-?\d+(\.\d+)?$/.test(text) && isNumber(type)) return { kind: 'fixed', value: text }
  if (type === 'bool' && (text === 'true' || text === 'false')) return { kind: 'fixed', value: text }
  if (PATH.test(text) && !['true', 'false'].includes(text)) return { kind: 'from', path: text }
  return { kind: 'text', text: expression }
}
export function expressionOfValue(written: Written, type: string): string {
  if (written.kind === 'empty') return 'null'
  if (written.kind === 'from') return written.path
  if (written.kind === 'text') return written.text
  if (written.value === '') return ''
  return isNumber(type) || type === 'bool' ? written.value : quote(written.value)
}

const SYSTEM: Record<string, string[]> = { user: ['owner', 'created_by', '$user'], dept: ['dept'], date: ['$today'], datetime: ['$now', 'created_at'] }
const WORDS: Record<string, string> = { $user: 'flow.value.me', $today: 'flow.when.today', $now: 'flow.value.now' }

/** Whether a value of one can be that of the other. */
export function alike(one: Pick<FieldName, 'type' | 'enum' | 'form'>, other: Pick<FieldName, 'type' | 'enum' | 'form'>): boolean {
  if (isNumber(one.type) && one.type !== 'ref') return isNumber(other.type) && other.type !== 'ref'
  if (['text', 'longtext'].includes(one.type)) return ['text', 'longtext', 'serial', 'phone', 'email', 'url'].includes(other.type)
  return one.type === other.type && one.enum === other.enum && one.form === other.form
}

/** Values of the record (and of records named before) that fit a field. */
export function sourcesFor(around: Pick<Around, 'names'>, form: string, target: FieldName, named: Named[]): { value: string; label: string }[] {
  const of = (where: string) => (around.names.forms.get(where)?.fields ?? []).filter((f) => alike(target, f))
  const own = [...of(form).map((f) => f.name), ...(SYSTEM[target.type] ?? []), ...(target.type === 'ref' && target.form === form ? ['id'] : [])]
  const further = (around.names.forms.get(form)?.fields ?? []).filter((f) => f.type === 'ref' && f.form).flatMap((f) => of(f.form ?? '').map((g) => `${f.name}.${g.name}`))
  const records = named.flatMap((one) => [...(target.type === 'ref' && target.form === one.form ? [{ value: one.name, label: one.name }] : []), ...of(one.form).map((f) => ({ value: `${one.name}.${f.name}`, label: t('flow.of', { whose: one.name, what: fieldAt(around, one.form, f.name).label }) }))])
  return [...[...own, ...further].map((path) => ({ value: path, label: WORDS[path] ? t(WORDS[path]) : fieldAt(around, form, path).label })), ...records]
}
