import { describe, expect, it } from 'vitest'
import { sizeText, startOf } from './when'

describe('sizes', () => {
  it('read in the unit that fits', () => {
    expect([0, 900, 1024, 9256960, 256 * 1024 * 1024, 3 * 1024 ** 3].map(sizeText)).toEqual(['0 B', '900 B', '1.0 KB', '8.8 MB', '256 MB', '3.0 GB'])
  })
})

describe('days', () => {
  it('begin where the reader is, also over the end of a month', () => {
    expect(new Date(startOf('2026-11-30')).getHours()).toBe(0)
    expect(new Date(startOf('2026-11-30', 1)).getDate()).toBe(1)
    expect(new Date(startOf('2026-11-30', 1)).getMonth()).toBe(11)
  })
})
