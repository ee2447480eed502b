import { describe, expect, it } from 'vitest'
import type { FormDef, RecordData } from '@/api/types'
// F14: what a choice of records shows of each.
import { secondLine, titleFields, titleOf } from './title'

const form = {
  form: 'lead', title: '{company} {contact}', rights: {}, views: [{ view: 'all', columns: ['company', 'account', 'mobile', 'status'] }],
  fields: [{ name: 'company', type: 'text' }, { name: 'contact', type: 'text' }, { name: 'account', type: 'ref', form: 'account' }, { name: 'mobile', type: 'phone' }, { name: 'status', type: 'enum' }]
} as unknown as FormDef
const record: RecordData = { id: 1, rev: 1, company: '云岭', contact: null, account: 7, mobile: '138', status: 'new', titles: { account: '深圳云岭', status: '新线索' } }

describe('titles of records', () => {
  it('fill the template and leave no hole', () => {
    expect(titleFields(form)).toEqual(['company', 'contact'])
    expect(titleOf(form, record, 'UTC')).toBe('云岭')
    expect(titleOf({ ...form, title: '{account}（{company}）' }, record, 'UTC')).toBe('深圳云岭（云岭）')
  })
  it('follow paths the list call has answered', () => {
    expect(titleOf({ ...form, title: '{account.name}' }, { ...record, 'account.name': '南山' }, 'UTC')).toBe('南山')
  })
  it('have a second line of the columns of the list', () => {
    expect(secondLine(form, record, 'UTC')).toBe('深圳云岭  138')
  })
})
