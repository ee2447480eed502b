import { describe, expect, it } from 'vitest'
import type { FieldDef } from '@/api/types'
import { parseBlock, readCell, readDate } from './paste'

const read = (type: string, text: string) => readCell({ name: 'x', type } as FieldDef, text, 'crm')

describe('a block from a spreadsheet', () => {
  it('keeps cells, empty ones, and line breaks within quotes', () => {
    expect(parseBlock('a\tb\r\n\tc\r\n')).toEqual([['a', 'b'], ['', 'c']])
    expect(parseBlock('"two\nlines"\t"say ""hi"""\nx\t')).toEqual([['two\nlines', 'say "hi"'], ['x', '']])
    expect(parseBlock('5" pipe\t1')).toEqual([['5" pipe', '1']])
  })
  it('reads values by the type of the column', async () => {
    expect(await read('money', '¥1,234.50')).toEqual({ value: '1234.50' })
    expect(await read('integer', '1,200')).toEqual({ value: 1200 })
    expect(await read('bool', '是')).toEqual({ value: true })
    expect(await read('datetime', '2026/1/5 9:30')).toEqual({ value: '2026-01-05T09:30:00' })
    expect(await read('text', 'as it is')).toEqual({ value: 'as it is' })
    expect(await read('decimal', '')).toEqual({ value: null })
  })
  it.each([['5%', '0.05'], ['0.05', '0.05'], ['5', '0.05'], ['100%', '1'], ['1', '1'], ['13', '0.13']])('reads %s in a percent column as the fraction %s', async (text, value) => {
    expect(await read('percent', text)).toEqual({ value })
  })
  it('reads the types with rules of their own (F05 F11 F22 F23)', async () => {
    expect(await read('rating', '★★★')).toEqual({ value: 3 })
    expect(await read('rating', '5')).toEqual({ value: 5 })
    expect(await read('rating', '6')).toBeUndefined()
    expect(await read('idcard', '110105 19491231 002x')).toEqual({ value: '11010519491231002X' })
    expect(await read('geo', '114.05, -22.5')).toEqual({ value: { lng: '114.05', lat: '-22.5' } })
    expect(await read('geo', '22.5,114.05')).toBeUndefined()
    expect(await read('richtext', 'a < b\nc')).toEqual({ value: '<p>a &lt; b</p><p>c</p>' })
    expect(await read('tags', 'x；y')).toEqual({ value: ['x', 'y'] })
    expect(await read('region', '巴黎')).toBeUndefined()
    expect(await read('address', '巴黎 1 号')).toBeUndefined()
  })
  it('does not guess', async () => {
    expect(await read('money', 'about 5')).toBeUndefined()
    expect(await read('bool', 'maybe')).toBeUndefined()
    expect(readDate('2026-02-30')).toBeUndefined()
    expect(readDate('2026年11月2日')).toBe('2026-11-02')
  })
})
