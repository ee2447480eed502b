import { beforeEach, describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import type { FormModel } from '@/rules/types'
import { session } from '@/session'
import { fromAddress, remember, remembered } from './firstValues'

const form = {
  form: 'lead', rights: {}, url_defaults: ['source', 'amount', 'consent', 'account', 'industry'],
  fields: [
    { name: 'source', type: 'enum', remember: true }, { name: 'amount', type: 'money' }, { name: 'consent', type: 'bool' }, { name: 'account', type: 'ref' },
    { name: 'industry', type: 'cascade' }, { name: 'level', type: 'text', remember: true }, { name: 'owner', type: 'user' }
  ]
} as unknown as FormDef

describe('B10: the first values of a new record', () => {
  beforeEach(() => localStorage.clear())

  it('come from the address only for fields the form lists, in the forms of the wire', () => {
    expect(fromAddress(form, { 'd.source': 'web', 'd.amount': '12.50', 'd.consent': 'true', 'd.account': '17', 'd.industry': 'auto,ev' }))
      .toEqual({ source: 'web', amount: '12.50', consent: true, account: 17, industry: ['auto', 'ev'] })
    expect(fromAddress(form, { 'd.level': 'gold', 'd.owner': 'li', source: 'web', 'd.account': 'x', 'd.consent': 'maybe', 'd.amount': ['1', '2'] })).toEqual({})
  })

  it('are remembered per person and form, for the fields that say so', () => {
    session.me = { user: 'li' } as typeof session.me
    remember('crm', { form, values: { source: 'fair', level: null, amount: '9.00' } } as unknown as FormModel)
    expect(remembered('crm', form)).toEqual({ source: 'fair' })
    expect(remembered('shop', form)).toEqual({})
    session.me = { user: 'wang' } as typeof session.me
    expect(remembered('crm', form)).toEqual({})
    localStorage.setItem('tenon.first.wang.crm.lead', 'no JSON')
    expect(remembered('crm', form)).toEqual({})
    session.me = null
  })
})
