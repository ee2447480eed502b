import { describe, expect, it } from 'vitest'
import { bodyHeight, revealed, type RowWindow, type Sight, windowAt } from './rowWindow'

const sight = (scrollTop: number, more: Partial<Sight> = {}): Sight => ({ scrollTop, height: 400, rowHeight: 40, total: 100_000, down: true, ...more })
const nothing: RowWindow = { from: 0, keys: [], top: 0 }
function keeper() {
  let made = 0
  return () => ++made
}

describe('the rows in the page', () => {
  it('are those in sight and a few more where the scroll goes to', () => {
    const at = windowAt(sight(4_000), nothing, false, keeper())
    expect([at.from, at.from + at.keys.length, at.top]).toEqual([98, 119, 98 * 40])
    const up = windowAt(sight(4_000, { down: false }), nothing, false, keeper())
    expect([up.from, up.from + up.keys.length]).toEqual([92, 113])
  })

  it('end with the list', () => {
    const key = keeper()
    expect(windowAt(sight(0, { total: 3 }), nothing, false, key).keys).toHaveLength(3)
    expect(windowAt(sight(0, { total: 0 }), nothing, false, key).keys).toHaveLength(0)
    const end = windowAt(sight(100_000 * 40 - 400), nothing, false, key)
    expect(end.from + end.keys.length).toBe(100_000)
  })

  it('keep their elements through a small move, and change the words of all through a large one, always in order', () => {
    const key = keeper()
    const first = windowAt(sight(4_000), nothing, false, key)
    const small = windowAt(sight(4_080), first, false, key)
    expect(small.keys.slice(0, -2)).toEqual(first.keys.slice(2))
    const large = windowAt(sight(40_000), small, false, key)
    expect(large.keys).toEqual(small.keys)
    const steady = windowAt(sight(40_400), large, true, key)
    expect(steady.keys.slice(0, 11)).toEqual(large.keys.slice(10))
    expect(new Set(steady.keys).size).toBe(steady.keys.length)
  })

  it('reach the last row of a list higher than Chromium allows', () => {
    const total = 2_000_000
    const height = bodyHeight(40, total)
    expect(height).toBeLessThan(33_554_428)
    const at = windowAt(sight(height - 400, { total }), nothing, false, keeper())
    expect(at.from + at.keys.length).toBe(total)
    const top = revealed(sight(0, { total }), 1_234_567)!
    const seen = windowAt(sight(top, { total }), nothing, false, keeper())
    expect(seen.from).toBeLessThan(1_234_567)
    expect(seen.from + seen.keys.length).toBeGreaterThan(1_234_568)
    expect(revealed(sight(top, { total }), 1_234_567)).toBeNull()
  })

  it('are scrolled to no further than needed', () => {
    expect(revealed(sight(4_000), 105)).toBeNull()
    expect(revealed(sight(4_000), 90)).toBe(3_600)
    expect(revealed(sight(4_000), 110)).toBe(4_040)
  })
})
