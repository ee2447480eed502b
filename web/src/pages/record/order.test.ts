import { describe, expect, it } from 'vitest'
import type { FieldDef } from '@/api/types'
import type { RowModel, Wire } from '@/rules/types'
import { orderOf } from './order'

const rows = (values: Wire[], titles: string[] = []): RowModel[] =>
  values.map((value, i) => ({ key: `r${i}`, id: null, values: { x: value }, titles: (titles[i] ? { x: titles[i]! } : {}) as Record<string, string>, states: {} }))
const order = (type: string, values: Wire[], down = false, titles: string[] = []) => orderOf({ name: 'x', type } as FieldDef, rows(values, titles), down).join(' ')

describe('rows in the order of a column (F13)', () => {
  it('numbers by size, whatever their digits', () => {
    expect(order('money', ['9.50', '10.00', '-1.00', '9.5'])).toBe('r2 r0 r3 r1')
    expect(order('decimal', ['9007199254740993.1', '9007199254740993.05'])).toBe('r1 r0')
  })
  it('words as they are shown, Chinese by pinyin', () => {
    expect(order('ref', [7, 8, 9], false, ['张三', '李四', '王五'])).toBe('r1 r2 r0')
    expect(order('text', ['第10章', '第9章'])).toBe('r1 r0')
  })
  it('empty cells last, up and down', () => {
    expect(order('integer', [null, 2, 1])).toBe('r2 r1 r0')
    expect(order('integer', [null, 2, 1], true)).toBe('r1 r2 r0')
  })
})
