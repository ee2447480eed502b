import { describe, expect, it } from 'vitest'
import type { EnumValue } from '@/api/types'
import { flatten, levelAt, searchLeaves, wordsAt } from './cascade'

const values: EnumValue[] = [
  { value: '44', label: '广东省', children: [{ value: '4403', label: '深圳市', children: [{ value: '440305', label: '南山区' }, { value: '440306', label: '宝安区', retired: true }] }] },
  { value: '23', label: '黑龙江省', children: [{ value: '2304', label: '鹤岗市', children: [{ value: '230404', label: '南山区' }] }] }
]
const found = (q: string) => searchLeaves(flatten(values), q).map((l) => l.words.join('/'))

describe('levels of an enumeration', () => {
  it('are found by any part of the path, every word of the question in it', () => {
    expect(found('南山')).toEqual(['广东省/深圳市/南山区', '黑龙江省/鹤岗市/南山区'])
    expect(found('广东 南山')).toEqual(['广东省/深圳市/南山区'])
    expect(found('宝安')).toEqual([])
  })
  it('put what matches by itself before what lies below it', () => {
    expect(found('深圳')).toEqual(['广东省/深圳市', '广东省/深圳市/南山区'])
  })
  it('are read step by step, retired ones too', () => {
    expect(levelAt(values, ['44'])?.map((v) => v.value)).toEqual(['4403'])
    expect(levelAt(values, ['99'])).toBeUndefined()
    expect(wordsAt(values, ['44', '4403', '440306'])).toEqual(['广东省', '深圳市', '宝安区'])
    expect(wordsAt(values, ['99'])).toEqual(['99'])
  })
  it('answer 3,000 leaves at once', () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ value: `${i}`, label: `省${i}`, children: Array.from({ length: 100 }, (__, j) => ({ value: `${i}-${j}`, label: `区${j}` })) }))
    const leaves = flatten(many)
    const start = process.cpuUsage() // the work itself, whatever else the machine does
    expect(searchLeaves(leaves, '区99')).toHaveLength(30)
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000)
  })
})
