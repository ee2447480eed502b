import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { fieldsOn, rootOf, tabsOf } from './layout'

const field = (name: string) => ({ name, type: 'text' })
const form = (layout: unknown) => ({ form: 'x', rights: {}, fields: ['a', 'b', 'c'].map(field), layout }) as unknown as FormDef

describe('the layout of a form', () => {
  it('without one is a single block of every field', () => {
    expect(tabsOf(form(undefined), 'Details').map(fieldsOn)).toEqual([['a', 'b', 'c']])
  })
  it('keeps sections after a tab on that tab', () => {
    const tabs = tabsOf(form([{ section: 'One', columns: 2, fields: ['a'] }, { tab: 'Two', fields: ['b'] }, { section: 'Three', fields: ['c'] }]), 'Details')
    expect(tabs.map((tab) => [tab.label, fieldsOn(tab)])).toEqual([['Details', ['a']], ['Two', ['b', 'c']]])
  })
  it('shows what no block names, and leaves out what the reader may not see', () => {
    const tabs = tabsOf(form([{ fields: ['hidden', 'a'] }, { tab: 'Empty', fields: ['hidden'] }]), 'Details')
    expect(tabs.map(fieldsOn)).toEqual([['a', 'b', 'c']])
  })
  it('finds the field of a pointer', () => {
    expect(rootOf('/lines/1/qty')).toBe('lines')
    expect(rootOf('')).toBe('')
  })
})
