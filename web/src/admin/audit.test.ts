import { describe, expect, it } from 'vitest'
import admin from '@/i18n/admin'
import { register } from '@/i18n/t'
import { ACTS, DOORS, type Entry, restOf, targetText } from './audit'

register(admin)
const entry = (more: Partial<Entry>): Entry => ({ seq: 1, at: '2026-11-22T10:00:00Z', actor: 'admin', door: 'api', act: 'login', app: null, form: null, record: null, detail: {}, ...more })

describe('an entry of the audit trail', () => {
  it('has words for every act and door', () => {
    for (const act of ACTS) expect(admin).toHaveProperty([`audit.act.${act}`])
    for (const door of DOORS) expect(admin).toHaveProperty([`audit.door.${door}`])
  })
  it('names what it is about once', () => {
    const token = entry({ act: 'token_add', detail: { token: 1, label: '官网', scope: {} } })
    expect(targetText(token)).toBe('官网')
    expect(restOf(token)).toEqual([['token', '1']])
    expect(targetText(entry({ app: 'crm', form: 'lead', detail: { rows: 3 } }))).toBe('crm lead')
    expect(targetText(entry({ detail: null }))).toBe('—')
  })
})
