import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FieldDef } from '@/api/types'
import { setLang } from '@/i18n/t'
import { formatMoment, formatValue } from './value'

const usual = process.env.TZ
const date = { name: 'day', type: 'date', label: 'Day' } as unknown as FieldDef
const context = { app: 'x', zone: 'Asia/Shanghai' } as unknown as Parameters<typeof formatValue>[2]
const text = (value: string, zone: string) => formatValue(date, value, { ...context, zone })

describe('F04: a day is that day wherever one sits', () => {
  beforeEach(() => {
    setLang('en')
    vi.useFakeTimers({ now: new Date('2026-06-15T12:00:00Z'), toFake: ['Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
    process.env.TZ = usual
  })
  // UTC+8; UTC-3; the days on which the clocks of New York and Berlin are changed.
  const days = ['2025-01-01', '2025-03-09', '2025-03-30', '2025-10-26', '2025-11-02', '2025-12-31']
  const offsets = { 'Asia/Shanghai': -480, 'America/Sao_Paulo': 180, 'America/New_York': 240, 'Pacific/Kiritimati': -840, 'Pacific/Pago_Pago': 660 }
  for (const [browser, minutes] of Object.entries(offsets))
    it(browser, () => {
      process.env.TZ = browser
      expect(new Date('2025-07-01T00:00:00Z').getTimezoneOffset(), 'the zone of the browser is this one').toBe(minutes)
      for (const zone of Object.keys(offsets)) for (const day of days) expect(text(day, zone), `${day} in an app of ${zone}`).toBe(day)
      for (const [before, today, after] of [['2025-03-08', '2025-03-09', '2025-03-10'], ['2025-11-01', '2025-11-02', '2025-11-03']] as const) {
        vi.setSystemTime(new Date(`${today}T16:30:00Z`))
        expect([before, today, after].map((day) => text(day, 'America/New_York'))).toEqual(['Yesterday', 'Today', 'Tomorrow'])
      }
      vi.setSystemTime(new Date('2026-06-15T12:00:00Z'))
      expect(formatMoment('2025-03-09T06:59:00Z', 'America/New_York')).toBe('2025-03-09 01:59')
      expect(formatMoment('2025-03-09T07:00:00Z', 'America/New_York')).toBe('2025-03-09 03:00')
      expect(formatMoment('2025-03-08T16:00:00Z', 'Asia/Shanghai')).toBe('2025-03-09 00:00')
    })
})
