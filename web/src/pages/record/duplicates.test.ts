import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { anyFound, askedFields, comparedText, question, refuses } from './duplicates'

const form = {
  form: 'lead', fields: [{ name: 'mobile', type: 'text' }, { name: 'company', type: 'text' }, { name: 'city', type: 'text' }], rights: {},
  duplicates: [{ match: [{ field: 'mobile', as: 'phone' }] }, { match: [{ field: 'company' }, { field: 'city' }], level: 'warn' }]
} as unknown as FormDef
const model = (values: Record<string, string | null>, id: number | null = null, dirty: string[] = []) => ({ form, values, id, isDirty: (name: unknown) => dirty.includes(String(name)) })

describe('B11: what is asked while somebody types', () => {
  it('only rules that have all they compare', () => {
    expect(askedFields(form, { mobile: '138', company: 'A', city: null })).toEqual(['mobile'])
    expect(askedFields(form, { mobile: '', company: 'A', city: 'B' })).toEqual(['company', 'city'])
  })
  it('nothing of a stored record that is not being changed there', () => {
    expect(question(model({ mobile: '138' }, 7))).toBe('')
    expect(question(model({ mobile: '138' }, 7, ['mobile']))).toBe('[["mobile","138"]]')
    expect(question(model({ mobile: '138' }))).not.toBe('')
    expect(question(model({ mobile: null }))).toBe('')
  })
})

describe('B11: what is told', () => {
  const record = { id: 1, rev: 1, mobile: '13800001111', company: '华新' }
  it('what the title says is not said twice', () => {
    expect(comparedText(form, record, ['company', 'mobile'], '华新 王', 'Asia/Shanghai')).toBe('13800001111')
  })
  it('saving is refused when one rule refuses', () => {
    expect(refuses({ matches: [{ level: 'warn', fields: [], record }], outside: [] })).toBe(false)
    expect(refuses({ matches: [], outside: [{ level: 'block', fields: [], owners: [] }] })).toBe(true)
    expect(anyFound({ matches: [], outside: [] })).toBe(false)
  })
})
