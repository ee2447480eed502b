import { describe, expect, it } from 'vitest'
import { namesOf } from '@/definitions/names'
import definitionTexts from '@/i18n/flow'
import { register } from '@/i18n/t'
import { expressionOfValue, sourcesFor, type Written, writtenOf } from './values'

register(definitionTexts)
describe('what an action writes, as chosen and back', () => {
  const SAME: [string, string, Written][] = [
    ["'good'", 'enum', { kind: 'fixed', value: 'good' }], ["'O\\'Neil \\\\ \\n'", 'text', { kind: 'fixed', value: "O'Neil \\ \n" }], ['12.50', 'money', { kind: 'fixed', value: '12.50' }], ['true', 'bool', { kind: 'fixed', value: 'true' }],
    ['null', 'text', { kind: 'empty' }], ['amount', 'money', { kind: 'from', path: 'amount' }], ['contract.version', 'integer', { kind: 'from', path: 'contract.version' }], ['$today', 'date', { kind: 'from', path: '$today' }],
    ['contract.version + 1', 'integer', { kind: 'text', text: 'contract.version + 1' }], ["'1'", 'money', { kind: 'text', text: "'1'" }], ['12', 'text', { kind: 'text', text: '12' }]
  ]
  it.each(SAME)('%s as %s', (expression, type, written) => {
    expect(writtenOf(expression, type)).toEqual(written)
    expect(expressionOfValue(written, type)).toBe(expression)
  })
  it('offers what fits the field: of the record, a reference further, records named before', () => {
    const names = namesOf([
      ['forms/buy.json', JSON.stringify({ form: 'buy', fields: [{ name: 'amount', type: 'money' }, { name: 'kind', type: 'enum', enum: 'a' }, { name: 'other', type: 'enum', enum: 'b' }, { name: 'firm', type: 'ref', form: 'firm' }] })],
      ['forms/firm.json', JSON.stringify({ form: 'firm', fields: [{ name: 'credit', type: 'decimal' }, { name: 'kind', type: 'enum', enum: 'a' }, { name: 'latest', type: 'ref', form: 'buy' }] })]
    ])
    const of = (type: string, more: object = {}) => sourcesFor({ names }, 'buy', { name: 'x', type, fields: [], ...more }, [{ name: 'made', form: 'firm' }]).map((s) => s.value)
    expect(of('money')).toEqual(['amount', 'firm.credit', 'made.credit'])
    expect(of('enum', { enum: 'a' })).toEqual(['kind', 'firm.kind', 'made.kind'])
    expect(of('ref', { form: 'firm' })).toEqual(['firm', 'made'])
    expect(of('ref', { form: 'buy' })).toEqual(['id', 'firm.latest', 'made.latest'])
    expect(of('date')).toEqual(['$today'])
  })
})
