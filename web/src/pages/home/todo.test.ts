import { beforeEach, describe, expect, it } from 'vitest'
import { register, setLang } from '@/i18n/t'
import homeTexts from '@/i18n/home'
import { todayIn } from '@/format/value'
import { dueOf } from './todo'

register(homeTexts)
const ZONE = 'Asia/Shanghai'
const shift = (days: number) => {
  const d = new Date(`${todayIn(ZONE)}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + days)
  return d.toISOString().slice(0, 10)
}

describe('due', () => {
  beforeEach(() => setLang('zh-CN'))

  it('says days for dates', () => {
    const field = { name: 'd', type: 'date' }
    expect(dueOf(field, shift(-2), ZONE)).toMatchObject({ text: '超时 2 天', state: 'late' })
    expect(dueOf(field, shift(0), ZONE)).toMatchObject({ text: '今天', state: 'today' })
    expect(dueOf(field, shift(1), ZONE)).toMatchObject({ text: '明天', state: 'later' })
  })

  it('says hours and minutes for moments', () => {
    const field = { name: 'd', type: 'datetime' }
    const now = Date.parse('2026-11-24T06:00:00Z')
    expect(dueOf(field, '2026-11-24T04:55:00Z', ZONE, now)).toMatchObject({ text: '超时 1 小时 05 分', state: 'late' })
    expect(dueOf(field, '2026-11-21T04:55:00Z', ZONE, now)).toMatchObject({ text: '超时 3 天', state: 'late' })
    expect(dueOf(field, '2026-11-24T06:12:00Z', ZONE, now)).toMatchObject({ text: '剩 12 分钟', state: 'today' })
  })

  it('puts what has no date last', () => {
    expect(dueOf({ name: 'd', type: 'date' }, null, ZONE).order).toBeGreaterThan(dueOf({ name: 'd', type: 'date' }, shift(900), ZONE).order)
  })
})
