import { describe, expect, it } from 'vitest'
import type { FieldDef } from '@/api/types'
import { fits, leastWidth, tracksOf } from './columns'

const field = (type: string): FieldDef => ({ name: type, type, label: type }) as unknown as FieldDef

// F13: the rows of a long table stand by themselves, in the same columns as a short one's.
describe('columns of a sub-table', () => {
  it('share what is left where one is free to grow, and all of it where none is', () => {
    expect(tracksOf([field('text'), field('money')], true)).toBe('36px minmax(0, 1fr) 116px 40px')
    expect(tracksOf([field('integer'), field('date')], false)).toBe('minmax(0, 36fr) minmax(0, 80fr) minmax(0, 116fr)')
  })
  it('leave no room for a menu that is not there', () => {
    expect(leastWidth([field('text'), field('money')], true)).toBe(36 + 160 + 116 + 40)
    expect(leastWidth([field('text'), field('money')], false)).toBe(36 + 160 + 116)
  })
  it.each([['money', '1000000.00', true], ['money', '10000000.00', false], ['decimal', '1234.50', true], ['decimal', '12345.67', false], ['percent', '0.0500', true], ['date', '2026-12-01', true], ['money', null, true]])('%s %s fits: %s', (type, value, yes) => {
    expect(fits(field(type), value)).toBe(yes)
  })
  it('what is no plain number may be any length', () => {
    expect(fits(field('text'), 'a')).toBe(false)
    expect(fits(field('duration'), '60')).toBe(false)
  })
})
