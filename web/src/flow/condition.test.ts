import { describe, expect, it } from 'vitest'
import texts from '@/i18n/flow'
import { register, setLang, t } from '@/i18n/t'
import { type Condition, conditionOf, expressionOf, isWhole, type Known, numberOf, sentenceOf } from './condition'

register(texts)
const FIELDS: Record<string, Known> = {
  amount: { type: 'money', label: '金额' }, discount: { type: 'percent', label: '折扣' }, urgent: { type: 'bool', label: '加急' }, kind: { type: 'enum', label: '类型', choices: [{ value: 'buy', label: '采购' }, { value: 'sell', label: '销售' }] },
  name: { type: 'text', label: '名称' }, owner: { type: 'user', label: '负责人', name: (v) => (v === 'li' ? '李强' : v) }, starts: { type: 'date', label: '开始' }, 'account.region': { type: 'enum', label: '客户的区域' }, account: { type: 'ref', label: '客户' }
}
const look = (field: string) => FIELDS[field]

describe('an expression as a condition and back', () => {
  const SAME: [string, Condition][] = [
    ['amount > 50000', { join: 'and', clauses: [{ field: 'amount', op: 'gt', values: ['50000'] }] }],
    ["kind == 'buy' and amount <= 100000.50", { join: 'and', clauses: [{ field: 'kind', op: 'eq', values: ['buy'] }, { field: 'amount', op: 'le', values: ['100000.50'] }] }],
    ["urgent or kind in ['buy', 'sell']", { join: 'or', clauses: [{ field: 'urgent', op: 'yes', values: [] }, { field: 'kind', op: 'in', values: ['buy', 'sell'] }] }],
    ["not (kind in ['buy'])", { join: 'and', clauses: [{ field: 'kind', op: 'notIn', values: ['buy'] }] }],
    ['not urgent', { join: 'and', clauses: [{ field: 'urgent', op: 'no', values: [] }] }],
    ['starts == null and owner != null', { join: 'and', clauses: [{ field: 'starts', op: 'empty', values: [] }, { field: 'owner', op: 'filled', values: [] }] }],
    ["contains(name, 'O\\'Neil \\\\')", { join: 'and', clauses: [{ field: 'name', op: 'contains', values: ["O'Neil \\"] }] }],
    ["account.region == 'east'", { join: 'and', clauses: [{ field: 'account.region', op: 'eq', values: ['east'] }] }],
    ["starts >= '2026-01-01'", { join: 'and', clauses: [{ field: 'starts', op: 'ge', values: ['2026-01-01'] }] }],
    ['owner == $parent.owner and starts >= $today', { join: 'and', clauses: [{ field: 'owner', op: 'eq', values: [], from: '$parent.owner' }, { field: 'starts', op: 'ge', values: [], from: '$today' }] }],
    ['account == 12', { join: 'and', clauses: [{ field: 'account', op: 'eq', values: ['12'] }] }]
  ]
  it.each(SAME)('%s', (expression, condition) => {
    expect(conditionOf(expression)).toEqual(condition)
    expect(expressionOf(condition, look)).toBe(expression)
  })
  it('reads other spellings of the same', () => {
    expect(conditionOf('100 < amount')?.clauses).toEqual([{ field: 'amount', op: 'gt', values: ['100'] }])
    expect(conditionOf('urgent == true')?.clauses[0]?.op).toBe('yes')
    expect(conditionOf('empty(starts)')?.clauses[0]?.op).toBe('empty')
    expect(conditionOf('not empty(starts)')?.clauses[0]?.op).toBe('filled')
    expect(conditionOf('discount > 20%')?.clauses[0]?.values).toEqual(['0.2'])
    expect(conditionOf('name == "a\\u4e2d"')?.clauses[0]?.values).toEqual(['a中'])
  })
  it.each(['', 'a and b or c', 'amount > price', 'amount * 2 > 10', 'amount > 1 +', "has_role('x')", '(a or b) and c', 'amount > ', 'kind in []', 'true', '$user.dept == x', 'owner == $user', 'owner in $parent.people', 'not (a and b)', 'a > 1 b', 'amount == null or', 'kind in kinds'])('leaves as text: %s', (expression) => {
    expect(conditionOf(expression)).toBeNull()
  })
  it('writes only clauses that are whole', () => {
    expect(isWhole({ field: 'amount', op: 'gt', values: [] })).toBe(false)
    expect(expressionOf({ join: 'and', clauses: [{ field: 'amount', op: 'gt', values: [] }, { field: 'urgent', op: 'yes', values: [] }] }, look)).toBe('urgent')
  })
  it('survives what people put into texts', () => {
    for (const value of ["'", '\\', "\\'", '\n', 'a\tb', '中文“”', "') or true or contains(name, '"]) {
      const expression = expressionOf({ join: 'and', clauses: [{ field: 'name', op: 'eq', values: [value] }] }, look)
      expect(conditionOf(expression)?.clauses).toEqual([{ field: 'name', op: 'eq', values: [value] }])
    }
  })
})

describe('numbers as people type them', () => {
  it.each([['50000', '50000'], ['50,000', '50000'], ['¥1,200.50', '1200.50'], ['5万', '50000'], ['1.25万', '12500'], ['0.5万', '5000'], ['1.23456万', '12345.6'], ['2亿', '200000000'], ['-3', '-3'], ['abc', null], ['', null], ['1.2.3', null], ['20%', null]])('%s', (typed, number) => {
    expect(numberOf(typed, 'money')).toBe(number)
  })
  it('takes per cent where the field is one', () => {
    expect(numberOf('20%', 'percent')).toBe('0.2')
    expect(numberOf('0.5%', 'percent')).toBe('0.005')
    expect(numberOf('150%', 'percent')).toBe('1.5')
  })
})

describe('the sentence', () => {
  const say = (expression: string) => sentenceOf(conditionOf(expression) as Condition, look, t)
  it('in both languages', () => {
    setLang('zh-CN')
    expect(say("amount >= 500000 or kind == 'buy'")).toBe('金额 ≥ 500,000 或 类型 是 采购')
    expect(say("owner == 'li' and discount > 0.2")).toBe('负责人 是 李强 且 折扣 > 20.0%')
    expect(say("kind in ['buy', 'sell']")).toBe('类型 是 采购、销售 之一')
    setLang('en')
    expect(say('urgent and starts == null')).toBe('加急 is yes and 开始 is empty')
    setLang('zh-CN')
  })
})
