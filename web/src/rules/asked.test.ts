import { describe, expect, it } from 'vitest'
import type { FormDef } from '@/api/types'
import { askedFields } from './asked'

describe('what the server is asked while somebody types', () => {
  it('F21: a person who may be chosen by department or role; the words of the limit name no field', () => {
    const form = {
      form: 'task',
      fields: [
        { name: 'sales', type: 'text' },
        { name: 'manager', type: 'user' },
        { name: 'seller', type: 'user', among: ['dept:sales', 'role:manager'] },
        { name: 'lines', type: 'table', fields: [{ name: 'by', type: 'dept', among: ['my_dept'] }, { name: 'what', type: 'text' }] }
      ]
    }
    expect([...askedFields(form as unknown as FormDef)].sort()).toEqual(['lines/by', 'seller'])
  })
})
