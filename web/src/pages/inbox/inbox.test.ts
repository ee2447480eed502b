import { beforeEach, describe, expect, it } from 'vitest'
import type { FieldDef, FormDef } from '@/api/types'
import messages from '@/i18n/inbox'
import { register, setLang } from '@/i18n/t'
import { backVerb, isReady, mainVerb, neededFields } from './acts'
import { dueOf } from './due'
import { factsOf } from './facts'
import { besides, peopleIn } from './names'
import { keepPhrases, phrases, usualPhrases, withPhrase } from './phrases'
import { kindOf, mayBatch } from './ticks'
import { trailOf } from './trail'
import type { LogEntry, Run, Task } from './types'

register(messages)
beforeEach(() => {
  setLang('zh-CN')
  localStorage.setItem('tenon.lang', 'zh-CN')
})

const LABEL: Record<string, string> = { lead: '直属上级', finance: '财务' }
const line = (seq: number, act: string, step: string | null, round: number, more: Partial<LogEntry> = {}): LogEntry => ({ seq, at: `2026-11-23T0${seq}:00:00Z`, who: 'li', step: step ?? 'start', label: LABEL[step ?? ''] ?? '', round, act, ...more })
const run = (log: LogEntry[], open: Run['open'] = [], state: Run['state'] = 'running'): Run => ({ id: 7, app: 'crm', flow: 'f', version: 1, form: 'contract', record: 1, label: 'F', starter: 'zhang', state, open, log, actions: [], jump_to: [] })

describe('the trail', () => {
  it('keeps every line of the log once, at its step', () => {
    const log = [line(1, 'start', null, 1), line(2, 'approve', 'lead', 2), line(3, 'transfer', 'finance', 3), line(4, 'approve', 'finance', 3)]
    const trail = trailOf(run(log))
    expect(trail.goes.flatMap((go) => go.items.flatMap((item) => item.lines.map((one) => one.seq)))).toEqual([1, 2, 3, 4])
    expect(trail.goes[0]!.items.map((item) => [item.step, item.mark])).toEqual([['start', 'done'], ['lead', 'done'], ['finance', 'done']])
  })
  it('begins a new go with every return, and what is open stands in the last one', () => {
    const log = [line(1, 'start', null, 1), line(2, 'approve', 'lead', 2), line(3, 'return', 'finance', 3, { note: '补充' }), line(4, 'resubmit', null, 4)]
    const trail = trailOf(run(log, [{ task: '7-5', step: 'lead', who: 'li' }]))
    expect(trail.goes.map((go) => go.items.map((item) => [item.label, item.mark]))).toEqual([[['start', 'done'], ['直属上级', 'done'], ['财务', 'back']], [['start', 'done'], ['直属上级', 'now']]])
  })
  it('puts who has decided and who is still asked at one step', () => {
    const trail = trailOf(run([line(1, 'approve', 'finance', 2)], [{ task: '7-2', step: 'finance', who: 'sun' }]))
    expect(trail.goes[0]!.items).toHaveLength(1)
    expect(trail.goes[0]!.items[0]).toMatchObject({ mark: 'now', lines: [{ seq: 1 }], waiting: [{ who: 'sun' }] })
  })
  it('says skipped only where nobody decided, and refused where somebody refused', () => {
    const skipped = trailOf(run([line(1, 'skip', 'lead', 1, { reason: 'x' })])).goes[0]!.items[0]!
    const both = trailOf(run([line(1, 'skip', 'lead', 1), line(2, 'approve', 'lead', 1)])).goes[0]!.items[0]!
    const refused = trailOf(run([line(1, 'approve', 'lead', 1), line(2, 'reject', 'lead', 1)], [], 'rejected'))
    expect([skipped.mark, both.mark, refused.goes[0]!.items[0]!.mark]).toEqual(['skip', 'done', 'no'])
    expect(refused.end).toEqual({ state: 'rejected', at: '2026-11-23T02:00:00Z' })
  })
  it('shows the same step entered twice as two', () => {
    const trail = trailOf(run([line(1, 'approve', 'lead', 1), line(2, 'approve', 'lead', 4)]))
    expect(trail.goes[0]!.items).toHaveLength(2)
  })
})

describe('what a line says besides its act', () => {
  const of = run([])
  it('is to whom, to which step, or why', () => {
    expect(peopleIn('before li, wang')).toEqual(['li', 'wang'])
    expect(peopleIn('delegate li')).toEqual(['li'])
    expect(besides(line(1, 'skip', 'lead', 1, { reason: 'repeat' }), of)).toBe('原因：此人在本次审批中已同意过')
    expect(besides(line(1, 'skip', 'lead', 1, { reason: '部门没有负责人' }), of)).toBe('原因：部门没有负责人')
    expect(besides(line(1, 'return', 'finance', 1, { reason: 'lead' }), run([line(1, 'approve', 'lead', 1)]))).toBe('到 直属上级')
    expect(besides(line(1, 'approve', 'lead', 1), of)).toBe('')
  })
})

describe('deadlines', () => {
  const now = Date.parse('2026-11-23T02:00:00Z')
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString()
  it('says how late, how little is left, else when', () => {
    expect(dueOf(at(-3.5), 'Asia/Shanghai', now)).toEqual({ tone: 'late', text: '超时 3 小时' })
    expect(dueOf(at(-50), 'Asia/Shanghai', now)!.text).toBe('超时 2 天')
    expect(dueOf(at(2), 'Asia/Shanghai', now)).toEqual({ tone: 'soon', text: '剩 2 小时' })
    expect(dueOf(at(0.2), 'Asia/Shanghai', now)!.text).toBe('剩 12 分钟')
    expect(dueOf('2020-03-02T06:00:00Z', 'Asia/Shanghai', Date.parse('2020-03-01T00:00:00Z'))).toEqual({ tone: 'plain', text: '2020-03-02 14:00' })
    expect(dueOf(null, 'Asia/Shanghai', now)).toBeNull()
  })
  it('counts one and many in English', () => {
    setLang('en')
    expect(dueOf(at(-1), 'Asia/Shanghai', now)!.text).toBe('1 hour late')
    expect(dueOf(at(3), 'Asia/Shanghai', now)!.text).toBe('3 hours left')
  })
})

describe('acts', () => {
  it('have one way forward and one way back', () => {
    const actions = ['approve', 'return', 'reject']
    expect([mainVerb(actions), backVerb(actions), backVerb(['approve', 'reject'])]).toEqual(['approve', 'return', 'reject'])
  })
  it('wait for the comment or signature that the step requires', () => {
    const require = { approve: ['signature', 'number'], reject: ['comment'] }
    expect(isReady('approve', require, {})).toBe(false)
    expect(isReady('approve', require, { signature: 'data:image/png;base64,x' })).toBe(true)
    expect(isReady('reject', require, { comment: '  ' })).toBe(false)
    expect(isReady('return', require, {})).toBe(true)
    expect(neededFields(require, 'approve')).toEqual(['number'])
  })
})

describe('a batch', () => {
  const task = (more: Partial<Task>): Task => ({ id: '1-1', run: 1, app: 'crm', form: 'f', record: 1, title: '', flow: 'a', flow_label: 'a', step: 's', step_label: 's', kind: 'approve', starter: 'li', starter_person: null, round: 1, since: null, closed: null, due: null, overdue: false, verdict: null, run_state: 'running', for: null, require: {}, return_to: [], add_where: [], picks: [], actions: ['approve'], ...more })
  it('takes tasks of one step of one flow that need no signature', () => {
    expect(mayBatch(task({}))).toBe(true)
    expect(mayBatch(task({ require: { approve: ['signature'] } }))).toBe(false)
    expect(mayBatch(task({ actions: ['resubmit'] }))).toBe(false)
    expect(kindOf(task({}))).not.toBe(kindOf(task({ step: 't' })))
  })
})

describe('phrases', () => {
  it('are those of the language until a person changes them, and kept for that person', () => {
    expect(phrases('wang')).toEqual(usualPhrases())
    keepPhrases(['照办', ' 照办 ', '', '退回核对'], 'wang')
    expect(phrases('wang')).toEqual(['照办', '退回核对'])
    expect(JSON.parse(localStorage.getItem('tenon.phrases.wang')!)).toEqual(['照办', '退回核对'])
    expect(phrases('li')).toEqual(usualPhrases())
  })
  it('stand behind what is written, once', () => {
    expect(withPhrase('', '同意')).toBe('同意')
    expect(withPhrase('金额已核对', '同意')).toBe('金额已核对；同意')
    expect(withPhrase('金额已核对。', '同意')).toBe('金额已核对。同意')
    expect(withPhrase('同意', '同意')).toBe('同意')
  })
})

describe('key facts', () => {
  const field = (name: string, type: string): FieldDef => ({ name, type })
  const form = { form: 'f', fields: [field('days', 'integer'), field('name', 'text'), field('amount', 'money'), field('rate', 'percent'), field('end', 'date'), field('paid', 'money')] } as FormDef
  it('are amounts first, at most four, never empty ones', () => {
    const values = { days: 3, name: 'x', amount: '1.00', rate: '0.1', end: '2026-01-01', paid: null }
    expect(factsOf(form, values, () => false).map((f) => f.name)).toEqual(['amount', 'rate', 'end', 'days'])
    expect(factsOf({ ...form, fields: [...form.fields, { name: 'hint', type: 'integer', default: 60 }] } as FormDef, { ...values, hint: 60 }, () => false).map((f) => f.name)).toEqual(['amount', 'rate', 'end', 'days'])
    expect(factsOf(form, { ...values, paid: '2.00' }, (f) => f.name === 'rate').map((f) => f.name)).toEqual(['amount', 'paid', 'end', 'days'])
  })
})
