import { beforeAll, describe, expect, it } from 'vitest'
import { namesOf } from '@/definitions/names'
import texts from '@/i18n/flow'
import { register, setLang } from '@/i18n/t'
import { flowText, TEMPLATES } from './templates'
import { readFlow, rowsOf, type Step } from './tree'
import { type Around, labelFor, matching, unweighted, weighted, whoOptions, whoWords } from './who'
import { conditionWords, dueActOf, dueActText, dueWords, lookOf, spanOf, stepTitle, stepWords, voteOf } from './words'

register(texts)
const names = namesOf([
  ['forms/contract.json', JSON.stringify({ form: 'contract', fields: [{ name: 'name', type: 'text' }, { name: 'price', type: 'money', label: { 'zh-CN': '单价' } }, { name: 'amount', type: 'money', label: { 'zh-CN': '金额', en: 'Amount' } }, { name: 'finance_owner', type: 'user', label: { 'zh-CN': '财务负责人', en: 'Finance owner' } }, { name: 'account', type: 'ref', form: 'account', label: { 'zh-CN': '客户', en: 'Account' } }] })],
  ['forms/account.json', JSON.stringify({ form: 'account', fields: [{ name: 'keeper', type: 'user', label: { 'zh-CN': '客户经理' } }] })],
  ['roles/legal.json', JSON.stringify({ role: 'legal', label: { 'zh-CN': '法务', en: 'Legal' } })],
  ['roles/fin.json', JSON.stringify({ role: 'fin', label: { 'zh-CN': '财务', en: 'Finance' } })]
])
const around: Around = { names, form: 'contract', person: (login) => ({ li: '李强' })[login] ?? login, dept: (name) => name }
beforeAll(() => setLang('zh-CN'))

describe('who is asked, in words', () => {
  it.each([
    ['role:legal', '角色 法务'], ['user:li', '李强'], ['starter', '发起人'], ['starter_picks', '发起人自己选'], [{ superior: 1 }, '发起人的直属上级'], [{ superior: 3 }, '发起人的第 3 级上级'],
    [{ superiors_to: 2 }, '逐级上级，到第 2 级'], [{ superiors_to: 'role:legal' }, '逐级上级，到角色 法务'], [{ dept_head: 'owner.dept' }, '负责人的部门的主管'], [{ field: 'finance_owner' }, '字段 财务负责人'], [{ field: 'account.keeper' }, '字段 客户的客户经理'],
    [{ query: { form: 'account', take: 'keeper' } }, '查出来的“account”的客户经理'], [{ query: { form: 'account', take: 'dept', where: 'id == $parent.account' } }, '查出来的“account”的部门的主管'],
    [{ who: 'role:legal', weight: 3 }, '角色 法务'], [{ script: 'x.y' }, '脚本 x.y 给出的人']
  ])('%j', (rule, words) => expect(whoWords(rule, around)).toBe(words))
  it('finds a rule by what it is called, and by its technical name', () => {
    expect(matching(whoOptions(around), '法务')[0]?.rule).toBe('role:legal')
    expect(matching(whoOptions(around), '发起人')[0]?.rule).toBe('starter')
    expect(matching(whoOptions(around), 'fin')[0]?.rule).toBe('role:fin')
    expect(matching(whoOptions(around), '财务负责').map((o) => o.rule)).toEqual([{ field: 'finance_owner' }])
  })
  it('keeps a weight apart from whom it is given to', () => {
    expect(unweighted({ who: 'role:legal', weight: 3 })).toEqual({ rule: 'role:legal', weight: 3 })
    expect(weighted({ rule: { superior: 1 }, weight: undefined })).toEqual({ superior: 1 })
  })
  it('names a step after whom it asks', () => {
    expect(labelFor('role:legal', around)).toEqual({ 'zh-CN': '法务', en: 'Legal' })
    expect(labelFor({ superior: 1 }, around)).toEqual({ 'zh-CN': '直属上级', en: 'Direct manager' })
    expect(labelFor({ script: 'x' }, around)).toBeUndefined()
  })
})

describe('what a step says of itself', () => {
  const title = (id: string) => id
  const step = (more: Partial<Step>): Step => ({ id: 's', kind: 'approve', ...more })
  it.each<[Partial<Step>, string]>([
    [{ who: ['role:legal'] }, '角色 法务'],
    [{ who: ['role:legal', 'user:li'], mode: 'all', due: '2wd' }, '角色 法务、李强，所有人同意，2 个工作日'],
    [{ who: ['role:legal'], mode: { vote: 'weight > 2/3' } }, '角色 法务，同意权重 > 2/3'],
    [{}, '还没有选审批人'],
    [{ kind: 'cc', who: ['starter'] }, '发起人'],
    [{ kind: 'branch' }, '从左到右取第一个满足的'],
    [{ kind: 'parallel', wait: 2 }, '2 路完成就继续'],
    [{ kind: 'wait', for: '3d' }, '等 3 天'],
    [{ kind: 'act', do: [{ set: { amount: '0' } }, { print: 'contract' }] }, '金额改为 0；生成 PDF'],
    [{ kind: 'goto', to: 'lead' }, '回到 lead']
  ])('%j', (more, words) => expect(stepWords(step(more), around, title)).toBe(words))
  it('is called by its label, else by whom it asks, else by its kind', () => {
    expect(stepTitle(step({ label: '法务审核' }), around)).toBe('法务审核')
    expect(stepTitle(step({ who: ['role:legal'] }), around)).toBe('角色 法务')
    expect(stepTitle(step({ kind: 'cc', who: ['starter'] }), around)).toBe('抄送')
  })
})

describe('time', () => {
  it('reads spans and what happens around the due moment, and writes the same', () => {
    expect(spanOf('2wd')).toEqual({ n: 2, unit: 'wd' })
    expect(spanOf('2 weeks')).toBeNull()
    for (const text of ['remind@1d', 'remind@+1d', 'pass', 'reject', 'transfer:superior', 'transfer:user:li', 'escalate', 'reject@+2wd']) expect(dueActText(dueActOf(text)!)).toBe(text)
    expect(dueActOf('explode')).toBeNull()
    expect(dueWords({ id: 's', kind: 'approve', due: '2wd', on_due: ['remind@1d', 'transfer:superior'] }, around)).toBe('2 个工作日，提前 1 天提醒，到期转给其上级')
  })
  it('reads votes', () => {
    expect(voteOf({ vote: 'count >= 2' })).toEqual({ what: 'count', sign: '>=', bound: '2' })
    expect(voteOf({ vote: 'share > 50%' })).toEqual({ what: 'share', sign: '>', bound: '50%' })
    expect(voteOf({ vote: 'odd' })).toBeNull()
    expect(voteOf('all')).toBeNull()
  })
})

it('a condition nobody can click together stays its own words', () => {
  expect(conditionWords('amount > 50000', lookOf(around))).toBe('金额 > 50,000')
  expect(conditionWords('sum(lines.x) > 2', lookOf(around))).toBe('sum(lines.x) > 2')
})

describe('templates', () => {
  it.each(TEMPLATES)('%s is a flow of the form, with roles and amount found there', (template) => {
    const flow = readFlow(flowText(template, 'f', '审批', 'contract', names))
    expect(flow).toMatchObject({ flow: 'f', form: 'contract', label: '审批' })
    const ids = rowsOf(flow!).flatMap((r) => (r.step ? [r.step.id] : []))
    expect(new Set(ids).size).toBe(ids.length)
  })
  it('puts the amount and the roles in', () => {
    expect(flowText('band', 'f', undefined, 'contract', names)).toContain('"when": "amount > 50000"')
    expect(flowText('countersign', 'f', undefined, 'contract', names)).toMatch(/role:legal[^]*role:fin/)
  })
})
