import { readFileSync } from 'node:fs'
import { parse, parseTree } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { allowCode, type PlanStep } from './api'
import { complete } from './complete'
import { addField, addToMenu, enumText, nameFrom, type NewField, template, tidy, usualMeaning } from './insert'
import { inlineRows, rowsOf } from './lines'
import { fieldsOfEnum, namesOf } from './names'
import { offsetOf, outlineOf, rangeOf, subjectAt } from './places'
import { helpOf, keysAt, type Schema } from './schema'

const SCHEMA: Schema = {
  $ref: '#/$defs/form',
  $defs: {
    label: { anyOf: [{ type: 'string' }, { type: 'object', properties: { 'zh-CN': { type: 'string' }, en: { type: 'string' } } }] },
    form: { type: 'object', required: ['form', 'fields'], properties: {
      form: { anyOf: [{ type: 'string' }] }, label: { anyOf: [{ $ref: '#/$defs/label' }] }, fields: { description: '字段，按次序。 Its fields in order.', anyOf: [{ type: 'array', items: { $ref: '#/$defs/field' } }] },
      layout: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/layout_block' } }] }, transitions: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/transition' } }] }
    } },
    field: { type: 'object', required: ['name'], properties: {
      name: { type: 'string' }, label: { $ref: '#/$defs/label' }, type: { anyOf: [{ enum: ['text', 'enum', 'table'] }] }, required: { description: '必填。 Must have a value.', anyOf: [{ type: 'boolean' }] },
      enum: { anyOf: [{ type: 'string' }] }, fields: { anyOf: [{ type: 'array', items: { $ref: '#/$defs/field' } }] }
    } },
    layout_block: { type: 'object', properties: { fields: { anyOf: [{ type: 'array', items: { type: 'string' } }] } } },
    transition: { type: 'object', properties: { field: { type: 'string' }, to: { type: 'string' }, from: { type: 'array', items: { type: 'string' } } } }
  }
}
const LEAD = `{
  "form": "lead",
  "fields": [
    {"name": "company", "type": "text"},
    {"name": "status", "type": "enum", "enum": "lead_status"},
    {"name": "lines", "type": "table", "fields": [{"name": "kind", "type": "enum", "enum": "lead_status"}]}
  ],
  "layout": [
    {"columns": 2, "fields": ["company", "status"]}
  ],
  "views": [{"view": "all", "columns": ["company"]}]
}
`
const STATUS = '{"enum": "lead_status", "values": [{"value": "new", "label": "新"}, "done"]}'
const names = () => namesOf([['forms/lead.json', LEAD], ['enums/lead_status.json', STATUS], ['roles/sales.json', '{"role": "sales"}']])

/** Completes at the bar; the bar is taken out. */
function at(marked: string): string[] {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  const all = namesOf([['forms/lead.json', text], ['enums/lead_status.json', STATUS]])
  return complete(text, offset, { file: 'forms/lead.json', schema: SCHEMA, names: all })?.suggestions.map((s) => s.label) ?? []
}

describe('completion', () => {
  it('offers the keys that may stand here and are not there yet', () => {
    expect(at('{"form": "lead", |}')).toEqual(['label', 'fields', 'layout', 'transitions'])
    expect(at('{"fields": [{"name": "a", "|"}]}')).toEqual(['label', 'type', 'required', 'enum', 'fields'])
  })
  it('offers values: of an enumeration of the schema, true and false', () => {
    expect(at('{"fields": [{"type": "|"}]}')).toEqual(['text', 'enum', 'table'])
    expect(at('{"fields": [{"required": |}]}')).toEqual(['true', 'false'])
  })
  it('offers names of the app where a name is meant', () => {
    expect(at('{"fields": [{"enum": "|"}]}')).toEqual(['lead_status'])
    expect(at('{"fields": [{"name": "company"}], "layout": [{"fields": ["|"]}]}')).toContain('company')
    expect(at('{"fields": [{"name": "s", "enum": "lead_status"}], "transitions": [{"field": "s", "to": "|"}]}')).toEqual(['new', 'done'])
  })
  it('replaces the quotes of a value and adds the colon only to a key that has none', () => {
    const text = '{"fields": [{"type": "te"}]}'
    const found = complete(text, text.indexOf('te"') + 2, { file: 'forms/lead.json', schema: SCHEMA, names: names() })
    expect(text.slice(found?.from, found?.to)).toBe('"te"')
    const key = complete('{"fo": 1}', 4, { file: 'forms/lead.json', schema: SCHEMA, names: names() })
    expect(key?.suggestions[0]?.insert).toBe('"form"')
  })
  it('shows help in one language', () => {
    expect(helpOf(SCHEMA.$defs?.form?.properties?.fields)).toBe(helpOf({ description: '字段，按次序。 Its fields in order.' }))
    expect(helpOf({ description: '必填。 Must have a value.' })).not.toMatch(/必填.*Must/)
    expect(keysAt(SCHEMA, ['fields', 0]).find((k) => k.key === 'name')?.required).toBe(true)
  })
})

describe('adding a field', () => {
  const field: NewField = { name: 'wechat', label: { zh: '微信', en: 'WeChat' }, type: 'text', required: false, place: { block: 0, at: 1 }, views: [0] }
  const result = addField(LEAD, field)
  it('puts it after its neighbour, into the layout and the views', () => {
    const form = parse(result) as { fields: { name: string }[]; layout: { fields: string[] }[]; views: { columns: string[] }[] }
    expect(form.fields.map((f) => f.name)).toEqual(['company', 'wechat', 'status', 'lines'])
    expect(form.fields[1]).toEqual({ name: 'wechat', label: { 'zh-CN': '微信', en: 'WeChat' }, type: 'text' })
    expect(form.layout[0]?.fields).toEqual(['company', 'wechat', 'status'])
    expect(form.views[0]?.columns).toEqual(['company', 'wechat'])
  })
  it('leaves every other line as it was typed', () => {
    const after = result.split('\n')
    for (const line of LEAD.split('\n').filter((l) => !/layout|columns/.test(l))) expect(after).toContain(line)
    expect(result).toContain('{"columns": 2, "fields": ["company", "wechat", "status"]}')
  })
  it('works without a layout and into an empty list', () => {
    const small = addField('{"form": "x", "fields": []}', { ...field, place: null, views: [] })
    expect((parse(small) as { fields: unknown[] }).fields).toHaveLength(1)
    const first = parse(addField(LEAD, { ...field, place: { block: 0, at: 0 } })) as { layout: { fields: string[] }[] }
    expect(first.layout[0]?.fields).toEqual(['wechat', 'company', 'status'])
  })
  it('finds free names', () => {
    expect(nameFrom('Next call on', [], 'f')).toBe('next_call_on')
    expect(nameFrom('Owner', [], 'f')).toBe('owner_2')
    expect(nameFrom('A', ['a', 'a_2'], 'f')).toBe('a_3')
    expect(nameFrom('微信', [], 'field_4')).toBe('field_4')
    expect(usualMeaning('微信')).toEqual({ en: 'WeChat', type: 'text' })
    expect(usualMeaning('签约日期')?.type).toBe('date')
  })
  it('writes options once each, and a menu entry', () => {
    expect(parse(enumText('x', '渠道', '线上\n\n线下\n线上'))).toEqual({ enum: 'x', label: '渠道', values: [{ value: '线上' }, { value: '线下' }] })
    expect(parse(addToMenu('{"app": "a", "menu": [{"items": [{"form": "b"}]}]}', 'c'))).toEqual({ app: 'a', menu: [{ items: [{ form: 'b' }, { form: 'c' }] }] })
    expect(parse(addToMenu('{"app": "a"}', 'c'))).toEqual({ app: 'a', menu: [{ items: [{ form: 'c' }] }] })
    expect(parse(template('form', 'card', undefined, ''))).toMatchObject({ form: 'card', fields: [{ name: 'title' }] })
  })
  it('tidies keys into the order of the schema and keeps what it cannot read', () => {
    expect(tidy('{"fields": [{"type": "text", "name": "a"}], "form": "x"}', SCHEMA)).toBe('{\n  "form": "x",\n  "fields": [\n    {\n      "name": "a",\n      "type": "text"\n    }\n  ]\n}\n')
    expect(tidy('{"form": ', SCHEMA)).toBeUndefined()
  })
})

describe('places', () => {
  it('finds pointers, also of what is missing', () => {
    const root = parseTree(LEAD)
    const range = rangeOf(root, '/fields/1/enum')
    expect(LEAD.slice(range?.from, range?.to)).toBe('"lead_status"')
    expect(rangeOf(root, '/fields/1/nothing')?.from).toBe(LEAD.indexOf('{"name": "status"'))
  })
  it('counts columns in characters', () => {
    expect(offsetOf('a\n𠮷好b', 2, 3)).toBe(5)
    expect(offsetOf('a', 9, 1)).toBe(1)
  })
  it('knows what the cursor stands on', () => {
    expect(subjectAt('forms/lead.json', LEAD, LEAD.indexOf('"enum": "lead_status"'))).toEqual({ form: 'lead', field: 'status' })
    expect(subjectAt('forms/lead.json', LEAD, LEAD.indexOf('"kind"'))).toEqual({ form: 'lead', field: 'lines.kind' })
    expect(subjectAt('forms/lead.json', LEAD, 0)).toEqual({ form: 'lead' })
    expect(subjectAt('enums/lead_status.json', STATUS, 0)).toEqual({ enum: 'lead_status' })
    expect(fieldsOfEnum(names(), 'lead_status').map((u) => u.pointer)).toEqual(['/fields/1', '/fields/2/fields/0'])
  })
  it('outlines what is named', () => {
    expect(outlineOf(LEAD).filter((o) => o.depth === 0).map((o) => o.key)).toEqual(['form', 'fields', 'layout', 'views'])
    expect(outlineOf(LEAD).filter((o) => o.depth).map((o) => o.name)).toContain('status')
  })
})

describe('differences and plans', () => {
  const hunk = { from: 1, from_count: 3, to: 1, to_count: 3, lines: [' a', '-b', '-c', '+B', ' d', '+e'] }
  it('puts what came beside what went', () => {
    expect(rowsOf(hunk)).toEqual([
      { kind: 'same', left: { line: 1, text: 'a' }, right: { line: 1, text: 'a' } },
      { kind: 'changed', left: { line: 2, text: 'b' }, right: { line: 2, text: 'B' } },
      { kind: 'removed', left: { line: 3, text: 'c' }, right: undefined },
      { kind: 'same', left: { line: 4, text: 'd' }, right: { line: 3, text: 'd' } },
      { kind: 'added', left: undefined, right: { line: 4, text: 'e' } }
    ])
    expect(inlineRows(hunk).map((r) => `${r.line}${r.mark}${r.text}`)).toEqual(['1a', '2−b', '3−c', '2+B', '3d', '4+e'])
  })
  it('allows a loss at its place only', () => {
    const step = { code: 'trash_field', form: 'lead', field: 'mobile' } as PlanStep
    expect(allowCode(step)).toBe('trash_field:lead.mobile')
    expect(allowCode({ ...step, field: null })).toBe('trash_field:lead')
  })
})

describe('the shipped app', () => {
  it('takes a field without another line changing but those of its lists', () => {
    const text = readFileSync('../apps/crm/forms/lead.json', 'utf8')
    const more = addField(text, { name: 'wecom', label: { zh: '企业微信', en: 'WeCom' }, type: 'text', required: false, place: { block: 1, at: 2 }, views: [] })
    const kept = new Set(more.split('\n'))
    expect(text.split('\n').filter((line) => !kept.has(line))).toHaveLength(1)
    expect((parse(more) as { fields: { name: string }[] }).fields.some((f) => f.name === 'wecom')).toBe(true)
  })
})
