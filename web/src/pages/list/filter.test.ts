import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { clausesOf, expressionOf, fromParam, isComplete, toParam } from './filter'

const form = {
  form: 'lead',
  rights: { read: true, create: true, update: true, delete: true, import: false, export: false },
  system: [{ name: 'owner', type: 'user' }],
  fields: [
    { name: 'company', type: 'text' }, { name: 'status', type: 'enum', enum: 's' }, { name: 'budget', type: 'money' }, { name: 'next', type: 'date' },
    { name: 'done', type: 'bool' }, { name: 'account', type: 'ref', form: 'account' }
  ]
} as FormDef

describe('filter sentence', () => {
  it('asks for a province or a city of a region (F11)', () => {
    const placed = { ...form, fields: [...form.fields, { name: 'region', type: 'region' }] } as FormDef
    const clause = { field: 'region', op: 'within', values: ['44/4403'] }
    expect(expressionOf(placed, [clause])).toBe("'44' in region and '4403' in region")
    expect(isComplete(placed, { ...clause, values: [] })).toBe(false)
    expect(fromParam(toParam(clause))).toEqual(clause)
  })

  it('writes what it read', () => {
    for (const text of [
      "status == 'new'", "status in ['new', 'working']", "not (status in ['lost', 'void'])", 'owner == $user', 'budget >= 1000', 'next < $today',
      "contains(company, 'x')", 'done', 'not done', 'company == null', "status != 'lost' and owner == $user and budget <= 5", 'account == 12'
    ]) {
      expect(expressionOf(form, clausesOf(form, text))).toBe(text)
    }
  })

  it('reads simple parts as clauses and keeps the rest whole', () => {
    expect(clausesOf(form, "status in ['new', 'working']")).toEqual([{ field: 'status', op: 'in', values: ['new', 'working'] }])
    expect(clausesOf(form, "done or status == 'new'")).toEqual([{ field: '', op: 'raw', values: ["done or status == 'new'"] }])
    expect(clausesOf(form, "(done or next < $today) and budget >= 2")[1]).toEqual({ field: 'budget', op: 'atLeast', values: ['2'] })
    expect(clausesOf(form, "nope == 1")[0]?.op).toBe('raw')
  })

  it('quotes what people type', () => {
    const clause = { field: 'company', op: 'contains', values: ["O'Neil \\ 科技"] }
    expect(expressionOf(form, [clause])).toBe("contains(company, 'O\\'Neil \\\\ 科技')")
  })

  it('sends complete clauses only', () => {
    const half = { field: 'budget', op: 'between', values: ['1', ''] }
    expect(isComplete(form, half)).toBe(false)
    expect(expressionOf(form, [half])).toBe('')
  })

  it('survives the address bar', () => {
    const clause = { field: 'company', op: 'is', values: ['a~b%7E'] }
    expect(fromParam(toParam(clause))).toEqual(clause)
  })
})
