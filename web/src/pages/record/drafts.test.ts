import { describe, expect, it, vi } from 'vitest'
import type { AppDefinition, FormDef, RecordData } from '@/api/types'
import { formModel } from '@/rules/FormModel'
import { isEmptyDraft, putDraft, putRows, takeDraft, takeRows } from './drafts'

vi.mock('@/api/client', async (real) => ({ ...(await real<typeof import('@/api/client')>()), post: async () => ({ values: {}, errors: [], fields: {} }) }))

const form = {
  form: 'order', rights: { read: true, update: true }, fields: [
    { name: 'note', type: 'text', right: 'edit' }, { name: 'account', type: 'ref', form: 'account', right: 'edit' },
    { name: 'lines', type: 'table', right: 'edit', fields: [{ name: 'product', type: 'ref', form: 'product', right: 'edit' }, { name: 'qty', type: 'decimal', right: 'edit' }] }
  ]
} as unknown as FormDef
const definition = { app: { app: 'crm' }, version: 1, forms: [form], enums: [] } as unknown as AppDefinition
const stored = (): RecordData => ({ id: 7, rev: 3, note: 'a', account: 1, titles: { account: 'One' }, lines: [{ id: 71, product: 5, qty: '1.00', titles: { product: 'P5' } }, { id: 72, product: 6, qty: '2.00', titles: { product: 'P6' } }] })
const fresh = () => formModel({ app: 'crm', form, record: stored(), fetch: async () => null }, definition, null)
const shape = (m: ReturnType<typeof fresh>) => m.rows.lines!.map((r) => [r.id, r.values.product, r.values.qty, r.titles.product])

describe('what was typed and not saved', () => {
  it('is nothing where nothing was typed', () => {
    expect(isEmptyDraft(takeDraft(fresh(), '14:32'))).toBe(true)
  })
  it('comes back onto the stored record, rows and titles too', () => {
    const m = fresh()
    m.set('note', 'b')
    m.set('account', 2, 'Two')
    const row = m.addRow('lines')
    m.set(['lines', row.key, 'product'], 9, 'P9')
    m.set(['lines', row.key, 'qty'], '4')
    m.removeRow('lines', m.rows.lines![0]!.key)
    const draft = JSON.parse(JSON.stringify(takeDraft(m, '14:32')))
    expect(draft).toMatchObject({ at: '14:32', rev: 3, values: { note: 'b', account: 2 }, titles: { account: 'Two' } })

    const again = fresh()
    putDraft(again, draft)
    expect(again.values).toMatchObject({ note: 'b', account: 2 })
    expect(again.titles.account).toBe('Two')
    expect(shape(again)).toEqual([[72, 6, '2.00', 'P6'], [null, 9, '4', 'P9']])
    expect(again.patch()).toEqual(m.patch())
  })
  it('makes an undone table what it was', () => {
    const m = fresh()
    const before = takeRows(m, 'lines')
    m.set(['lines', m.rows.lines![0]!.key, 'qty'], '99')
    m.copyRow('lines', m.rows.lines![1]!.key)
    m.moveRow('lines', m.rows.lines![2]!.key, 0)
    putRows(m, 'lines', before)
    expect(shape(m)).toEqual([[71, 5, '1.00', 'P5'], [72, 6, '2.00', 'P6']])
    expect(m.patch()).toBeNull()
  })
})
