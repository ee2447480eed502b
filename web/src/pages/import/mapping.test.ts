// B17: what is offered for the columns of a file, where one begins, and the map that is sent.
import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { byOf, choicesOf, type Column, faultOf, keysOf, linesOf, mapOf, missing } from './mapping'

const rights = { read: true, create: true, update: true, delete: true, import: true, export: true }
const account: FormDef = { form: 'account', rights, fields: [{ name: 'code', type: 'text', label: 'Code', unique: true }, { name: 'secret', type: 'text', unique: true, right: 'mask' }] }
const deal: FormDef = {
  form: 'deal', rights, system: [{ name: 'owner', type: 'user', label: 'Owner' }, { name: 'id', type: 'integer', label: 'Id' }], unique: [['name', 'account']],
  fields: [
    { name: 'number', type: 'serial', label: 'Number', unique: true }, { name: 'name', type: 'text', label: 'Name', required: true },
    { name: 'account', type: 'ref', form: 'account', label: 'Account', required: true }, { name: 'stage', type: 'enum', label: 'Stage', required: true, default: 'new' },
    { name: 'total', type: 'money', formula: 'a', label: 'Total' }, { name: 'gone', type: 'text', right: 'read', label: 'Gone' },
    { name: 'lines', type: 'table', label: 'Lines', fields: [{ name: 'qty', type: 'integer', label: 'Qty', required: true }, { name: 'sum', type: 'money', computed: true }] },
    { name: 'costs', type: 'table', label: 'Costs', fields: [{ name: 'what', type: 'text', label: 'What' }] }
  ]
}
const column = (header: string, field: string | null = null, more: Partial<Column> = {}): Column => ({ header, field, by: null, only_key: false, samples: [], ...more })
const formOf = (name: string) => (name === 'account' ? account : undefined)

describe('what there is to choose', () => {
  it('fields one may write, those that find a record, and what was guessed beside them', () => {
    expect(choicesOf(deal, [], formOf).map((c) => c.name)).toEqual(['number', 'name', 'account', 'stage', 'lines.qty', 'costs.what'])
    expect(choicesOf(deal, [column('Owner', 'owner'), column('Id', 'id', { only_key: true }), column('Total', 'total', { only_key: true })], formOf).map((c) => c.name).slice(6)).toEqual(['owner', 'id'])
    expect(choicesOf(deal, [], formOf).find((c) => c.name === 'account')?.by).toEqual([{ name: 'code', label: 'Code' }])
  })
  it('a reference is found by what the header names, by its unique field, or by ids', () => {
    const choice = choicesOf(deal, [], formOf).find((c) => c.name === 'account')
    expect(byOf(choice, column('account.code', 'account', { by: 'code' }))).toBe('code')
    expect(byOf(choice, column('Account', 'account', { samples: ['A-1', ''] }))).toBe('code')
    expect(byOf(choice, column('Account', 'account', { samples: ['244738276872192', ''] }))).toBe('')
    expect(byOf(undefined, column('x'))).toBe('')
  })
})

describe('the map', () => {
  const columns = [column('No', 'number', { only_key: true }), column('Name', 'name'), column('Title', 'name'), column('Account', 'account', { samples: ['A-1'] }), column('Note')]
  const choices = choicesOf(deal, columns, formOf)
  const lines = () => linesOf(columns, choices)

  it('begins with each field once, and names what is missing', () => {
    expect(lines().map((l) => l.field)).toEqual(['number', 'name', '', 'account', ''])
    expect(missing(choices, lines())).toEqual([])
    expect(missing(choices, lines().slice(0, 1)).map((c) => c.name)).toEqual(['name', 'account'])
  })
  it('offers what finds a record, the unique first', () => {
    expect(keysOf(deal, choices, lines()).map((k) => [k.value, k.unique])).toEqual([['number', true], ['name,account', true], ['name', false], ['account', false]])
  })
  it('is sent as the server reads it; what is only read goes along as a key alone', () => {
    expect(mapOf(choices, lines(), '', '')).toEqual({ columns: { Name: 'name', Account: { field: 'account', by: 'code' } } })
    expect(mapOf(choices, lines(), 'number', 'gb18030')).toEqual({ columns: { No: 'number', Name: 'name', Account: { field: 'account', by: 'code' } }, key: ['number'], encoding: 'gb18030' })
    expect(mapOf(choices, lines(), 'name,account', '').key).toEqual(['name', 'account'])
  })
  it('says what has to be mended first', () => {
    const to = (...fields: string[]) => fields.map((field, i) => ({ column: column(`c${i}`), field, by: '' }))
    expect(faultOf(choices, to('', ''), 'create', '')).toEqual({ kind: 'none' })
    expect(faultOf(choices, to('number'), 'create', '')).toEqual({ kind: 'none' })
    expect(faultOf(choices, to('name', 'name'), 'create', '')).toEqual({ kind: 'twice', label: 'Name' })
    expect(faultOf(choices, to('name', 'lines.qty', 'costs.what'), 'create', 'name')).toEqual({ kind: 'tables' })
    expect(faultOf(choices, to('name', 'lines.qty'), 'create', '')).toEqual({ kind: 'rowsKey' })
    expect(faultOf(choices, to('name'), 'upsert', '')).toEqual({ kind: 'needsKey' })
    expect(faultOf(choices, to('name'), 'upsert', 'name')).toBeNull()
    const same = to('name', '').map((l) => ({ ...l, column: column('Same') }))
    expect(faultOf(choices, same, 'create', '')).toEqual({ kind: 'header', label: 'Same' })
  })
})
