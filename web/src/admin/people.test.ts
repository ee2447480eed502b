import { describe, expect, it } from 'vitest'
import { below, type Dept, flat, freshPassword, treeOf } from './people'

const dept = (name: string, parent: string | null, position = 0): Dept => ({ dept: name, label: name, parent, head: null, active: true, position })
const depts = [dept('east', 'sales', 1), dept('sales', 'top', 1), dept('top', null), dept('south', 'sales', 0), dept('lost', 'closed')]

describe('departments', () => {
  it('stand as a tree in their order', () => {
    expect(flat(treeOf(depts)).map((n) => `${n.level}${n.dept}`)).toEqual(['1top', '2sales', '3south', '3east', '1lost'])
  })
  it('know what is below them', () => {
    expect([...below(treeOf(depts), 'sales')]).toEqual(['sales', 'south', 'east'])
    expect(below(treeOf(depts), 'nothing').size).toBe(0)
  })
})

describe('passwords', () => {
  it('are long, different, and without signs that look alike', () => {
    const made = new Set(Array.from({ length: 200 }, freshPassword))
    expect(made.size).toBe(200)
    for (const one of made) expect(one).toMatch(/^[a-hj-km-np-zA-HJ-KM-NP-Z2-9]{12}$/)
  })
})
