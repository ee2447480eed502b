import { describe, expect, it } from 'vitest'
import { type Cell, cellOf, changesOf, groupsOf, type Setting, type Values } from './settings'

const table: Setting[] = [
  { key: 'company.name', type: 'text', label: 'Name', default: null },
  { key: 'company.logo', type: 'picture', label: 'Logo', default: null },
  { key: 'mail.port', type: 'integer', label: 'Port', default: 587 },
  { key: 'mail.password', type: 'secret', label: 'Password', default: null },
  { key: 'currency.rates', type: 'rates', label: 'Rates', default: null }
]
const stored: Values = { company: { name: 'Tenon', logo: '7' }, mail: { port: 587, password: { set: true } }, currency: { rates: { USD: '7.10' } } }
const shown = (): Record<string, Cell> => Object.fromEntries(table.map((one) => [one.key, cellOf(one, stored)]))

describe('settings', () => {
  it('stand in groups', () => {
    expect(groupsOf(table).map((g) => `${g.group}${g.settings.length}`)).toEqual(['company2', 'mail2', 'currency1'])
  })
  it('left alone change nothing, the secret least of all', () => {
    expect(changesOf(table, stored, shown())).toEqual({})
  })
  it('send what changed; an empty box is the default again', () => {
    const cells = { ...shown(), 'company.name': ' ', 'mail.port': 25, 'mail.password': 's', 'currency.rates': [{ currency: 'usd', rate: '7.2' }, { currency: 'EUR', rate: '7.80' }, { currency: '', rate: '' }] }
    expect(changesOf(table, stored, cells)).toEqual({ company: { name: null }, mail: { port: 25, password: 's' }, currency: { rates: { USD: '7.2', EUR: '7.80' } } })
  })
})
