import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { bodyOf, choices, firstSide } from './merging'

const field = (name: string, type = 'text', more = {}) => ({ name, type, right: 'edit', ...more })
const form = { form: 'lead', fields: [field('name'), field('phone'), field('tags', 'tags'), field('rows', 'table'), field('sum', 'money', { computed: true }), field('code', 'text', { right: 'read' }), field('no', 'serial')], rights: {} } as unknown as FormDef
const stays = { id: 1, rev: 3, name: 'A', phone: null, tags: ['x'], rows: [{ id: 7, city: 'B' }], sum: '1.00', code: 'a', no: '1' }
const goes = { id: 2, rev: 5, name: 'A', phone: '138', tags: ['y'], rows: [{ id: 8, city: 'B' }], sum: '2.00', code: 'b', no: '2' }

describe('B11: what there is to choose', () => {
  it('what differs and may be written; rows by what stands in them', () => {
    const { differ, same } = choices(form, stays, goes)
    expect(differ.map((one) => one.field.name)).toEqual(['phone', 'tags'])
    expect(same.map((one) => one.field.name)).toEqual(['name', 'rows'])
  })
  it('nothing is lost unless somebody says so', () => {
    const { differ } = choices(form, stays, goes)
    expect(differ.map((one) => firstSide(one, stays, goes))).toEqual(['goes', 'both'])
    expect(bodyOf({ phone: 'goes', tags: 'both', name: 'stays' }, goes)).toEqual({ from: 2, rev: 5, take: ['phone'], both: ['tags'] })
  })
})
