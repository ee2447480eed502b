// F14: the other side of a reference.
import { describe, expect, it } from 'vitest'
import type { AppDefinition } from '@/api/types'
import { firstOf, relatedOf } from './related'

const rights = { read: true }
const app = {
  app: { app: 'crm' }, version: 1, enums: [], forms: [
    { form: 'account', label: 'Account', rights, fields: [{ name: 'name', type: 'text' }, { name: 'parent', label: 'Parent', type: 'ref', form: 'account' }] },
    { form: 'order', label: 'Order', rights, views: [{ view: 'a', columns: ['number', 'account', 'lines', 'gone', 'total'] }], fields: [{ name: 'number', type: 'serial' }, { name: 'account', type: 'ref', form: 'account' }, { name: 'lines', type: 'table' }, { name: 'total', type: 'money' }] },
    { form: 'secret', label: 'Secret', rights: { read: false }, fields: [{ name: 'account', type: 'ref', form: 'account' }] }
  ]
} as unknown as AppDefinition

describe('related lists', () => {
  it('are the readable forms that point here, with the columns of their list', () => {
    expect(relatedOf(app, 'account').map((r) => [r.key, r.label, r.columns.map((c) => c.name)])).toEqual([['account.parent', 'Account Parent', ['name']], ['order.account', 'Order', ['number', 'total']]])
    expect(relatedOf(app, 'order')).toEqual([])
  })

  it('begin a new record with the record they stand at, as a value or as a list', () => {
    const [parent, order] = relatedOf(app, 'account')
    expect(firstOf(parent!, 7)).toEqual({ parent: 7 })
    expect(firstOf({ ...order!, field: { ...order!.field, type: 'refs' } }, 7)).toEqual({ account: [7] })
  })
})
