import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { changeField, changeGrant, columnState, differences, fillColumn, fillRow, grantsOf, printRole, type RoleFile, rowState, withGrants } from './rights'

const file: RoleFile = {
  role: 'sales',
  label: { 'zh-CN': '销售', en: 'Sales' },
  forms: {
    lead: [{ create: true, read: 'own', update: 'own' }, { read: 'all', where: 'owner == null', fields: { mobile: 'mask' } }],
    product: { read: 'all', fields: { cost: 'hidden' } }
  }
}

describe('the matrix of a role', () => {
  it('has a line for every grant, and one for a form without', () => {
    expect(grantsOf(file, 'lead')).toHaveLength(2)
    expect(grantsOf(file, 'order')).toEqual([{}])
  })
  it('fills a column and empties it again, in every line', () => {
    expect(columnState(file, ['lead', 'product', 'order'], 'read')).toBe('some')
    const full = fillColumn(file, ['lead', 'product', 'order'], 'read')
    expect(columnState(full, ['lead', 'product', 'order'], 'read')).toBe('all')
    expect(grantsOf(full, 'lead').map((g) => g.read)).toEqual(['all', 'all'])
    expect(columnState(fillColumn(full, ['lead', 'product', 'order'], 'read'), ['lead', 'product', 'order'], 'read')).toBe('none')
    expect(grantsOf(fillColumn(file, ['order'], 'export'), 'order')).toEqual([{ export: true }])
  })
  it('fills one row only', () => {
    const full = fillRow(file, 'lead', 0)
    expect(grantsOf(full, 'lead').map(rowState)).toEqual(['all', 'some'])
    expect(rowState(grantsOf(fillRow(full, 'lead', 0), 'lead')[0]!)).toBe('none')
  })
  it('writes down a field only when it is not as usual', () => {
    const shown = changeField(file, 'product', 0, 'cost', 'edit', 'edit')
    expect(grantsOf(shown, 'product')[0]?.fields).toEqual({})
    expect(printRole(shown)).toContain('"product": {"read": "all"}')
    expect(grantsOf(changeField(shown, 'product', 0, 'owner', 'edit', 'read'), 'product')[0]?.fields).toEqual({ owner: 'edit' })
  })
  it('never changes the file it was given', () => {
    const before = JSON.stringify(file)
    changeGrant(file, 'lead', 1, { read: 'none' })
    fillColumn(file, ['lead'], 'delete')
    expect(JSON.stringify(file)).toBe(before)
  })
})

describe('the text of a role', () => {
  it('leaves out what gives nothing', () => {
    const empty = changeGrant(withGrants(file, 'lead', [{ read: 'none' }, { read: 'all' }]), 'product', 0, { read: 'none' })
    expect(printRole(empty)).toBe('{\n  "role": "sales",\n  "label": {"zh-CN": "销售", "en": "Sales"},\n  "forms": {\n    "lead": {"read": "all"}\n  }\n}\n')
  })
  it.each(['sales', 'sales_manager', 'marketing', 'service'])('of %s reads back as the same rights', (role) => {
    const text = readFileSync(`../apps/crm/roles/${role}.json`, 'utf8')
    const printed = printRole(JSON.parse(text) as RoleFile)
    expect(JSON.parse(printed)).toEqual(JSON.parse(text))
  })
})

describe('what a change means', () => {
  it('names every cell that differs', () => {
    const next = changeField(changeGrant(file, 'lead', 0, { read: 'dept', export: true }), 'product', 0, 'cost', 'edit', 'edit')
    expect(differences(file, next)).toEqual([
      { form: 'lead', grant: 1, what: 'read', before: 'own', after: 'dept' },
      { form: 'lead', grant: 1, what: 'export', before: null, after: 'true' },
      { form: 'product', grant: 0, what: 'field:cost', before: 'hidden', after: null }
    ])
    expect(differences(file, changeGrant(file, 'order', 0, { read: 'none' }))).toEqual([])
  })
})
