import { beforeEach, describe, expect, it } from 'vitest'
import admin from '@/i18n/admin'
import { register, setLang } from '@/i18n/t'
import { ACTS, DOORS, type Entry, KEYS, restOf, targetText } from './audit'

register(admin)
const entry = (more: Partial<Entry>): Entry => ({ seq: 1, at: '2026-11-22T10:00:00Z', actor: 'admin', door: 'api', act: 'login', app: null, form: null, record: null, detail: {}, ...more })

describe('an entry of the audit trail', () => {
  beforeEach(() => setLang('zh-CN'))
  it('has words for every act and door', () => {
    for (const act of ACTS) expect(admin).toHaveProperty([`audit.act.${act}`])
    for (const key of KEYS) expect(admin).toHaveProperty([`audit.key.${key}`])
    for (const door of DOORS) expect(admin).toHaveProperty([`audit.door.${door}`])
  })
  it('names what it is about once', () => {
    const token = entry({ act: 'token_add', detail: { token: 1, label: '官网', scope: {} } })
    expect(targetText(token)).toBe('官网')
    expect(restOf(token)).toEqual([['令牌编号', '1']])
    expect(targetText(entry({ app: 'crm', form: 'lead', detail: { rows: 3 } }))).toBe('crm lead')
    expect(targetText(entry({ detail: null }))).toBe('—')
  })
  it('says what else was noted in words, whatever its shape', () => {
    const person = entry({ act: 'user_add', detail: { user: 'fang', given: ['label', 'dept'], admin: false, roles: { crm: ['legal'] }, superior: null } })
    expect(restOf(person)).toEqual([['改动', '名称, 部门'], ['系统管理员', '否'], ['角色', 'crm legal']])
    const shared = entry({ act: 'share', app: 'crm', form: 'lead', record: 3, detail: [{ who: 'user:zhou', right: 'edit', until: null }] as never })
    expect(restOf(shared)).toEqual([['谁', 'zhou'], ['权限', '可修改']])
    expect(restOf(entry({ detail: { of: 'audit', newer: 2 } }))).toEqual([['内容', 'audit'], ['newer', '2']])
  })
})
