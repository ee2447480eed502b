// Changes to a definition made for people who do not write JSON: text goes in where it belongs, everything else stays as
// it was typed.
import { applyEdits, findNodeAtLocation, type JSONPath, modify, parse, type ParseError, parseTree } from 'jsonc-parser'
import type { Label } from '@/api/types'
import { RESERVED } from './names'
import { keysAt, type Path, type Schema } from './schema'

const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } }

/** A value on one line, in the manner of hand-written files: {"name": "a", "type": "text"}. */
export function flat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${flat(part)}`).join(', ')}}`
}

/** Inserts into the list at `path` in the manner of its other items: beside them or on lines of its own. */
function insertItem(text: string, path: JSONPath, index: number, value: unknown): string {
  const root = parseTree(text)
  const items = (root && findNodeAtLocation(root, path)?.children) ?? []
  const near = items[Math.max(0, Math.min(index, items.length) - 1)]
  if (!near) return applyEdits(text, modify(text, [...path, 0], value, { ...FORMAT, isArrayInsertion: true }))
  const lead = /\n[ \t]*$/.exec(text.slice(0, near.offset))?.[0] ?? ''
  const block = lead && typeof value === 'object' && text.slice(near.offset, near.offset + near.length).includes('\n')
  const item = block ? JSON.stringify(value, null, 2).replace(/\n/g, lead) : flat(value)
  const end = near.offset + near.length
  return index <= 0
    ? `${text.slice(0, near.offset)}${item},${lead || ' '}${text.slice(near.offset)}`
    : `${text.slice(0, end)},${lead || ' '}${item}${text.slice(end)}`
}

export interface NewField {
  name: string
  label: { zh: string; en: string }
  type: string
  required: boolean
  enum?: string
  form?: string
  /** index of the layout block and of the place within its fields; null: in no block */
  place: { block: number; at: number } | null
  /** index of views that get a column for it */
  views: number[]
}

/** {"zh-CN", "en"}, or the one text there is. */
export function labelText({ zh, en }: { zh: string; en: string }): Label | undefined {
  if (zh && en) return { 'zh-CN': zh, en }
  return zh || en || undefined
}

function definitionOf(field: NewField): Record<string, unknown> {
  const label = labelText(field.label)
  return {
    name: field.name,
    ...(label === undefined ? {} : { label }),
    type: field.type,
    ...(field.required ? { required: true } : {}),
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.form ? { form: field.form } : {})
  }
}

interface Shape {
  fields?: { name?: string }[]
  layout?: { fields?: string[]; section?: Label; tab?: Label }[]
  views?: { view?: string; label?: Label; columns?: string[] }[]
}

/** The form's text with the field in its list of fields, its layout and the views asked for. */
export function addField(text: string, field: NewField): string {
  const shape = (parse(text) ?? {}) as Shape
  const layout = field.place ? shape.layout?.[field.place.block]?.fields : undefined
  const before = field.place && field.place.at > 0 ? layout?.[field.place.at - 1] : undefined
  const fields = shape.fields ?? []
  const neighbour = fields.findIndex((f) => f.name === before)
  let result = insertItem(text, ['fields'], neighbour < 0 ? fields.length : neighbour + 1, definitionOf(field))
  if (field.place && layout) result = insertItem(result, ['layout', field.place.block, 'fields'], field.place.at, field.name)
  for (const view of field.views) {
    const columns = shape.views?.[view]?.columns
    if (columns) result = insertItem(result, ['views', view, 'columns'], columns.length, field.name)
  }
  return result
}

/** app.json with the form as the last entry of its first menu group. */
export function addToMenu(text: string, form: string): string {
  const menu = ((parse(text) ?? {}) as { menu?: { items?: unknown[] }[] }).menu
  const items = menu?.[0]?.items
  if (!items) return applyEdits(text, modify(text, ['menu'], [{ items: [{ form }] }], FORMAT))
  return insertItem(text, ['menu', 0, 'items'], items.length, { form })
}

/** A name from an English label: "Next call on" → next_call_on; free among `taken`. */
export function nameFrom(label: string, taken: string[], fallback: string): string {
  const words = label.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '').slice(0, 40)
  const base = words || fallback
  if (!taken.includes(base) && !RESERVED.includes(base)) return base
  for (let n = 2; ; n++) if (!taken.includes(`${base}_${n}`)) return `${base}_${n}`
}

/** What a common Chinese label usually means: its English twin and its type. */
const USUAL: [zh: RegExp, en: string, type: string][] = [
  [/^微信(号)?$/, 'WeChat', 'text'], [/^QQ(号)?$/i, 'QQ', 'text'], [/手机|电话|座机/, 'Phone', 'phone'], [/邮箱|邮件/, 'E-mail', 'email'],
  [/网址|网站|链接/, 'Website', 'url'], [/备注|说明|描述/, 'Note', 'longtext'], [/身份证/, 'ID card number', 'idcard'], [/信用代码/, 'Credit code', 'creditcode'], [/评分|满意度/, 'Rating', 'rating'], [/省市区|地区/, 'Region', 'region'], [/条码|二维码/, 'Code', 'barcode'], [/地址/, 'Address', 'address'], [/生日/, 'Birthday', 'date'],
  [/时间$/, '', 'datetime'], [/日期$|日$/, '', 'date'], [/金额|价格|费用|预算/, 'Amount', 'money'], [/数量|人数|次数/, 'Quantity', 'integer'],
  [/比例|折扣|税率/, 'Rate', 'percent'], [/^(是否|有无)/, '', 'bool'], [/负责人|经办人|同事/, 'Person', 'user'], [/部门/, 'Department', 'dept']
]

export function usualMeaning(zh: string): { en: string; type: string } | undefined {
  const found = USUAL.find(([pattern]) => pattern.test(zh.trim()))
  return found && { en: found[1], type: found[2] }
}

/** A new enumeration from lines people typed: one value a line; repeated and empty lines are left out. */
export function enumText(name: string, label: Label | undefined, lines: string): string {
  const values = [...new Set(lines.split('\n').map((line) => line.trim()).filter(Boolean))]
  return `${JSON.stringify({ enum: name, ...(label === undefined ? {} : { label }), values: values.map((value) => ({ value })) }, null, 2)}\n`
}

/** The smallest definition of a kind that is complete. */
export function template(kind: string, name: string, label: Label | undefined, form: string): string {
  const head = label === undefined ? {} : { label }
  const bodies: Record<string, object> = {
    form: { form: name, ...head, title: '{title}', fields: [{ name: 'title', label: { 'zh-CN': '名称', en: 'Name' }, type: 'text', required: true }], layout: [{ columns: 2, fields: ['title'] }], views: [{ view: 'all', label: { 'zh-CN': '全部', en: 'All' }, columns: ['title', 'owner', 'created_at'], sort: ['-created_at'] }] },
    enum: { enum: name, ...head, values: [{ value: 'first', label: { 'zh-CN': '第一项', en: 'First' } }] },
    role: { role: name, ...head, forms: { [form]: { create: true, read: 'dept_tree', update: 'own' } } },
    report: { report: name, ...head, form, measures: [{ name: 'records', agg: 'count' }] },
    dashboard: { dashboard: name, ...head, cards: [] },
    print: { print: name, form, ...head, body: [{ text: '{id}' }] },
    flow: { flow: name, form, ...head, steps: [{ id: 'superior', kind: 'approve', who: [{ superior: 1 }] }] },
    calendar: { calendar: name, ...head, days: { mon: [['09:00', '18:00']], tue: [['09:00', '18:00']], wed: [['09:00', '18:00']], thu: [['09:00', '18:00']], fri: [['09:00', '18:00']] } },
    rule: { rule: name, ...head }
  }
  return `${JSON.stringify(bodies[kind] ?? {}, null, 2)}\n`
}

/** Keys in the order of the schema, as published definitions have them; keys it does not know stay last, in their order. */
function ordered(value: unknown, schema: Schema, path: Path): unknown {
  if (Array.isArray(value)) return value.map((item, i) => ordered(item, schema, [...path, i]))
  if (typeof value !== 'object' || value === null) return value
  const known = keysAt(schema, path).map((k) => k.key)
  const rank = (key: string) => (known.includes(key) ? known.indexOf(key) : known.length)
  const keys = Object.keys(value).sort((a, b) => rank(a) - rank(b))
  return Object.fromEntries(keys.map((key) => [key, ordered((value as Record<string, unknown>)[key], schema, [...path, key])]))
}

/** The layout of published definitions; undefined when the text cannot be read. */
export function tidy(text: string, schema: Schema | undefined): string | undefined {
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors)
  if (errors.length || value === undefined) return undefined
  return `${JSON.stringify(schema ? ordered(value, schema, []) : value, null, 2)}\n`
}
