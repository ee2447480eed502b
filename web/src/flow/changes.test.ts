import { beforeAll, describe, expect, it } from 'vitest'
import { namesOf } from '@/definitions/names'
import texts from '@/i18n/flow'
import { register, setLang } from '@/i18n/t'
import { changesOf } from './changes'
import { fieldsRead, wireOf } from './suppose'
import type { Case, Flow, Step } from './tree'
import type { Around } from './who'

register(texts)
beforeAll(() => setLang('zh-CN'))
const names = namesOf([
  ['forms/buy.json', JSON.stringify({ form: 'buy', fields: [{ name: 'what', type: 'text', required: true }, { name: 'amount', type: 'money', label: { 'zh-CN': '金额' } }, { name: 'kind', type: 'enum', enum: 'k', required: true, default: "'a'" }, { name: 'keeper', type: 'user' }, { name: 'note', type: 'text' }, { name: 'qty', type: 'integer' }, { name: 'lines', type: 'table', fields: [] }] })],
  ['roles/fin.json', JSON.stringify({ role: 'fin', label: { 'zh-CN': '财务' } })]
])
const around: Around = { names, form: 'buy', person: (login) => login, dept: (name) => name }
const approve = (id: string, more: Partial<Step> = {}): Step => ({ id, kind: 'approve', label: id, who: [{ superior: 1 }], ...more })
const branch = (...cases: Case[]): Step => ({ id: 'band', kind: 'branch', label: '按金额', cases })
const flow = (...steps: Step[]): Flow => ({ flow: 'f', form: 'buy', steps })
const said = (before: Flow, after: Flow) => changesOf(before, after, around).map((one) => `${one.kind} ${one.text}`)

describe('what changed between two versions, in words', () => {
  it('nothing, where only the layout differs', () => expect(said(flow(approve('a')), JSON.parse(JSON.stringify(flow(approve('a')))) as Flow)).toEqual([]))
  it('nothing, where what is usual is written or left out, or keys stand in another order', () => {
    const cases = [{ when: 'amount > 1', steps: [] }, { else: true, steps: [] }]
    expect(said(flow({ ...branch(...cases), pick: 'first' }, approve('a', { mode: 'any', require: { reject: ['comment'], approve: ['signature'] } })), flow(branch(...cases), approve('a', { require: { approve: ['signature'], reject: ['comment'] } })))).toEqual([])
  })
  it('steps that came, went, moved', () => {
    expect(said(flow(approve('a')), flow(approve('a'), approve('b')))).toEqual(['added 新增审批“b”'])
    expect(said(flow(approve('a'), approve('b')), flow(approve('b')))).toEqual(['removed 删除审批“a”'])
    expect(said(flow(approve('a'), approve('b'), approve('c')), flow(approve('c'), approve('a'), approve('b')))).toEqual(['moved “c”换了位置'])
    expect(said(flow(approve('a'), branch({ when: 'amount > 1', steps: [approve('b')] }, { else: true, steps: [] })), flow(branch({ when: 'amount > 1', steps: [approve('b'), approve('a')] }, { else: true, steps: [] })))).toEqual(['moved “a”换了位置'])
  })
  it('who is asked, how several decide, when it is due', () => {
    expect(said(flow(approve('a')), flow(approve('a', { who: ['role:fin'] })))).toEqual(['changed “a”：人员由 发起人的直属上级 改为 角色 财务'])
    expect(said(flow(approve('a')), flow(approve('a', { mode: 'all' })))).toEqual(['changed “a”：多人时怎么算由 任一人同意 改为 所有人同意'])
    expect(said(flow(approve('a', { due: '2wd' })), flow(approve('a')))).toEqual(['changed “a”：时限由 2 个工作日 改为 不限时'])
    expect(said(flow(approve('a')), flow(approve('a', { fields: { note: 'edit' }, require: ['comment'] })))).toEqual(['changed “a”：改了“字段权限”', 'changed “a”：改了“必须填写”'])
    expect(said(flow(approve('a')), flow(approve('a', { label: '主管' })))).toEqual(['changed “a”改名为“主管”'])
  })
  it('conditions and their order', () => {
    const small: Case = { label: '小额', when: 'amount < 10', steps: [approve('a')] }
    const large: Case = { label: '大额', when: 'amount >= 10', steps: [approve('b')] }
    expect(said(flow(branch(small, large)), flow(branch({ ...small, when: 'amount < 20' }, large)))).toEqual(['changed “按金额”：小额由 金额 < 10 改为 金额 < 20'])
    expect(said(flow(branch(small, large)), flow(branch(large, small)))).toEqual(['moved “按金额”的判断顺序变了'])
    expect(said(flow(branch(small)), flow(branch(small, { ...large, steps: [] })))).toEqual(['added “按金额”新增“大额”'])
    expect(said(flow(branch({ ...small, steps: [] }, large)), flow(branch(large)))).toEqual(['removed “按金额”删除“小额”'])
  })
  it('the flow itself', () => {
    expect(said({ ...flow(), settings: { on_repeat: 'once' } }, { ...flow(), start: { when: 'amount > 5' } })).toEqual(['changed 什么情况下能发起由 任何时候 改为 金额 > 5', 'changed 同一个人重复审批时由 批过一次就跳过 改为 每次都要审批'])
  })
})

describe('what a simulation without a record asks for', () => {
  it('the fields the flow goes by and those that must be filled in come first', () => {
    const { first, rest } = fieldsRead(flow(approve('a', { who: [{ field: 'keeper' }] }), branch({ when: "amount > 5 and note != 'qty'", steps: [] })), names)
    expect(first.map((f) => f.name)).toEqual(['what', 'amount', 'keeper', 'note'])
    expect(rest.map((f) => f.name)).toEqual(['kind', 'qty'])
  })
  it('amounts stay texts, counts become numbers, what is empty is not sent', () => {
    const fields = names.forms.get('buy')?.fields ?? []
    expect(wireOf({ what: 'x', amount: '60000.10', qty: '3', note: '' }, fields)).toEqual({ what: 'x', amount: '60000.10', qty: 3 })
  })
})
