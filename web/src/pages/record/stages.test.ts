import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { mainPath, mayTake, movesFrom, nextMove, withTold } from './stages'

const values = ['new', 'working', 'mql', 'sql', 'converted', 'invalid'].map((value) => ({ value }))
const form = {
  form: 'lead', fields: [], rights: {}, transitions: [
    { field: 'status', from: ['new'], to: 'working' }, { field: 'status', from: ['new', 'working'], to: 'mql' }, { field: 'status', from: ['mql'], to: 'sql', who: ['role:sales'] },
    { field: 'status', from: ['sql'], to: 'converted' }, { field: 'status', from: ['new', 'working', 'mql', 'sql'], to: 'invalid' }, { field: 'status', from: ['invalid'], to: 'working', who: ['role:manager'] },
    { field: 'other', to: 'new' }
  ]
} as unknown as FormDef
const all = () => true

describe('the path of a stage', () => {
  it('is the longest way forward; a dead end is not on it', () => {
    expect(mainPath(form, values)).toEqual(['new', 'working', 'mql', 'sql', 'converted'])
  })
  it('offers the moves from here, and the nearest step first', () => {
    const moves = movesFrom(form, 'new', all)
    expect(moves.map((m) => m.to)).toEqual(['working', 'mql', 'invalid'])
    expect(nextMove(mainPath(form, values), 'new', moves)?.to).toBe('working')
    expect(nextMove(mainPath(form, values), 'converted', movesFrom(form, 'converted', all))).toBeUndefined()
  })
  it('tells a move another role takes from one that is open', () => {
    const me = { user: 'liu', dept: null, roles: { crm: ['marketing'] }, admin: false }
    const moves = movesFrom(form, 'mql', (t) => mayTake(t, 'crm', me))
    expect(moves.map((m) => [m.to, m.allowed])).toEqual([['sql', false], ['invalid', true]])
    expect(nextMove(mainPath(form, values), 'mql', moves)).toBeUndefined()
    expect(mayTake(form.transitions![2]!, 'crm', { ...me, roles: { crm: ['sales'] } })).toBe(true)
  })
  it('B07: what the server says of a move stands above the guess by role', () => {
    const moves = withTold(movesFrom(form, 'mql', all), 'status', [
      { field: 'status', to: 'sql', allowed: false, reason: 'Only 销售 may', needs: [] }, { field: 'status', to: 'invalid', allowed: true, needs: ['invalid_reason'] }, { field: 'other', to: 'sql', allowed: true, needs: [] }
    ])
    expect(moves.map((m) => [m.to, m.allowed, m.reason, m.needs])).toEqual([['sql', false, 'Only 销售 may', []], ['invalid', true, undefined, ['invalid_reason']]])
  })
  it('B07: a move only an approval makes is offered to nobody', () => {
    const held = { ...form, transitions: [{ field: 'status', from: ['new'], to: 'working', who: ['flow'] }, { field: 'status', from: ['new'], to: 'mql', who: ['flow', 'role:sales'] }] } as unknown as FormDef
    expect(movesFrom(held, 'new', all).map((m) => m.to)).toEqual(['mql'])
  })
})
