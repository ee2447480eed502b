import { describe, expect, it } from 'vitest'
import type { AppDefinition, FieldDef, FormDef } from '@/api/types'
import { gridColumns, namingColumn } from './columns'

const fields: Record<string, Partial<FieldDef>> = { number: { type: 'serial' }, code: { type: 'text', unique: true }, name: { type: 'text' }, contact: { type: 'text' }, account: { type: 'ref' }, amount: { type: 'decimal' } }
const form = (title: string) => ({ form: 'lead', title, fields: Object.entries(fields).map(([name, f]) => ({ name, label: name, ...f })) }) as unknown as FormDef
const widths = (title: string, names: string[]) => gridColumns({ app: {}, forms: [], enums: [] } as unknown as AppDefinition, form(title), names).map((c) => [c.key, c.min, c.grow])

describe('the column that names the record', () => {
  it.each([
    ['{name} {contact}', ['number', 'name', 'contact'], 'name'],
    ['{code} {name}', ['code', 'name'], 'name'],
    ['{number} {account}', ['number', 'account', 'name'], 'account'],
    ['{code}', ['number', 'code'], 'code'],
    ['{name}', ['number', 'amount'], undefined]
  ])('title %s, columns %j: %s', (title, names, naming) => {
    expect(namingColumn(form(title), names)).toBe(naming)
  })
  it('has the most room wherever it stands', () => {
    expect(widths('{name} {contact}', ['number', 'name', 'contact', 'amount'])).toEqual([['number', 160, 0.6], ['name', 220, 1.6], ['contact', 128, 0.6], ['amount', 112, 0.4]])
    expect(widths('{code} {name}', ['code', 'name'])).toEqual([['code', 152, 0.6], ['name', 220, 1.6]])
  })
  it('is the first where the title names none of them, unless that is a number given by the form', () => {
    expect(widths('{name}', ['contact', 'amount'])).toEqual([['contact', 220, 1.6], ['amount', 112, 0.4]])
    expect(widths('{name}', ['number', 'amount'])).toEqual([['number', 160, 0.6], ['amount', 112, 0.4]])
  })
})
