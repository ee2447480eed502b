import { describe, expect, it } from 'vitest'
import { readDate, readMoment, readTime } from './moment'

describe('days and times as typed', () => {
  it.each([['2026-12-05', '2026-12-05'], ['2026/2/5', '2026-02-05'], ['20261205', '2026-12-05'], ['2026年12月5日', '2026-12-05'], ['２０２６－１２－０５', '2026-12-05'], ['2026-02-30', null], ['12-05', null], ['', null], ['soon', null]])('the day %s is %s', (text, day) => {
    expect(readDate(text)).toBe(day)
  })
  it.each([['8:30', '08:30'], ['0830', '08:30'], ['830', '08:30'], ['8', '08:00'], ['8点半', '08:30'], ['18时05分', '18:05'], ['８：３０', '08:30'], ['24:00', null], ['8:61', null], ['', null], ['morning', null]])('the time %s is %s', (text, time) => {
    expect(readTime(text)).toBe(time)
  })
  it.each([['2026-12-05 8:30', '2026-12-05T08:30'], ['2026-12-05', '2026-12-05T00:00'], ['2026-12-05 25:00', null], ['8:30', null]])('the moment %s is %s', (text, moment) => {
    expect(readMoment(text)).toBe(moment)
  })
})
