import { describe, expect, it } from 'vitest'
import { cleanNumber, readDuration, readNumber, restText, sumDecimals, textToPercent } from './number'

describe('numbers as typed', () => {
  it.each([['1,234.50', '1234.50'], ['￥ １２．５', '12.5'], ['.5', '0.5'], ['5.', '5'], ['−3', '-3'], ['(12)', '-12'], ['abc', 'abc']])('%s cleans to %s', (typed, bare) => {
    expect(cleanNumber(typed)).toBe(bare)
  })
  it.each([['0.0818', '8.18'], ['0.05', '5'], ['1', '100'], ['-0.125', '-12.5'], ['0', '0'], ['0.0001', '0.01'], ['12', '1200']])('the fraction %s is typed as %s percent', (value, text) => {
    expect(textToPercent(`${text}%`)).toBe(value)
  })
  it('keeps more digits than a double holds', () => {
    expect(readNumber('money', '9,007,199,254,740,993.07')).toBe('9007199254740993.07')
    expect(textToPercent('12.345678901234567890')).toBe('0.1234567890123456789')
  })
  it('leaves what is no number for the rules to name', () => {
    expect(readNumber('decimal', '12 个')).toBe('12 个')
    expect(readNumber('integer', '1.5')).toBe('1.5')
    expect(readNumber('integer', ' ')).toBeNull()
    expect(readNumber('integer', '1,200')).toBe(1200)
  })
  it('groups at rest, with the digits of the scale', () => {
    expect(restText('money', '1234.5', undefined)).toBe('1,234.50')
    expect(restText('decimal', '3', 0)).toBe('3')
    expect(restText('percent', '0.05', 4)).toBe('5.0')
    expect(restText('money', 'x', 2)).toBe('x')
    expect(restText('money', null, 2)).toBe('')
  })
  it.each([['1:30', 5400], ['90', 5400], ['1.5h', 5400], ['1 小时 05 分', 3900], ['2d 3h', 183600], ['45s', 45]])('%s lasts %d seconds', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds)
  })
  it('does not guess at a duration it cannot read', () => {
    expect(readDuration('soon')).toBe('soon')
    expect(readDuration('1h soon')).toBe('1h soon')
    expect(readDuration('')).toBeNull()
  })
})

describe('sums', () => {
  it('are exact beyond what a double holds, and null of nothing', () => {
    expect(sumDecimals(['0.1', '0.2', null])).toBe('0.3')
    expect(sumDecimals(['9007199254740993.07', '-0.005'])).toBe('9007199254740993.065')
    expect(sumDecimals(['-1.50', '1.25'])).toBe('-0.25')
    expect(sumDecimals([null, undefined])).toBeNull()
    expect(sumDecimals([3, 4])).toBe('7')
    expect(sumDecimals(['999999999999', '999999999999.9', '1.05'])).toBe('1999999999999.95')
    expect(sumDecimals(Array.from({ length: 9001 }, () => '99999999.99'))).toBe('900099999909.99')
    expect(sumDecimals(Array.from({ length: 9000 }, () => '-9999999999.9'))).toBe('-89999999999100.0')
  })
})
