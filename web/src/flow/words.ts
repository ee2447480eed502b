// What a step says of itself on one line, and the parts of its sentences.
import { labelOf, t } from '@/i18n/t'
import { type Case, asList, type Kind, type Mode, type Row, type Step } from './tree'
import { conditionOf, type Known, type Look, sentenceOf } from './condition'
import { type Around, fieldAt, whoWords } from './who'

export const KIND_ICONS: Record<Row['kind'], string> = {
  start: 'user', approve: 'stamp', handle: 'list-todo', cc: 'send', branch: 'git-fork', parallel: 'split', wait: 'clock', act: 'zap', sub: 'workflow', goto: 'corner-up-left', case: 'minus', branch_of: 'minus'
}

/** What conditions know of the fields of the form and one reference further. */
export function lookOf(around: Around): Look {
  return (path) => {
    if (path === '$today') return { type: 'date', label: t('flow.today') }
    if (path.startsWith('$parent.')) {
      const known = around.parent ? lookOf({ ...around, form: around.parent, parent: undefined })(path.slice('$parent.'.length)) : undefined
      return known && { ...known, label: t('flow.of', { whose: t('flow.parent'), what: known.label }) }
    }
    const { field, label, type } = fieldAt(around, around.form, path)
    if (!type) return undefined
    const known: Known = { type, label }
    if (type === 'enum' && field?.enum) known.choices = (around.names.enums.get(field.enum)?.values ?? []).map((v) => ({ value: v.name, label: labelOf(v.label, v.name) }))
    if (type === 'user') known.name = around.person
    if (type === 'dept') known.name = around.dept
    return known
  }
}

export function conditionWords(expression: string | undefined, look: Look): string {
  const condition = expression ? conditionOf(expression) : null
  return condition ? sentenceOf(condition, look, t) : (expression ?? '')
}

export interface Span {
  n: number
  unit: string
}
export const UNITS = ['m', 'h', 'd', 'wh', 'wd']
export function spanOf(text: string | undefined): Span | null {
  const m = /^(\d+)(m|h|d|wh|wd)$/.exec(text ?? '')
  return m ? { n: Number(m[1]), unit: m[2] ?? '' } : null
}
export function spanWords(text: string | undefined): string {
  const span = spanOf(text)
  return span ? t(span.n === 1 ? `flow.span1.${span.unit}` : `flow.span.${span.unit}`, { n: span.n }) : (text ?? '')
}

export interface DueAct {
  act: string
  /** before the due moment as "1d", after it as "+1d", '' at it */
  at: string
  /** of a transfer */
  who: string
}
export function dueActOf(text: string): DueAct | null {
  const m = /^(remind|pass|reject|escalate|transfer:([^@]+))(?:@([+-]?\w+))?$/.exec(text)
  return m ? { act: (m[1] ?? '').replace(/:.*/, ''), who: m[2] ?? '', at: m[3] ?? '' } : null
}
export const dueActText = ({ act, at, who }: DueAct) => `${act}${act === 'transfer' ? `:${who}` : ''}${at ? `@${at}` : ''}`

export function transferWords(who: string, around: Around): string {
  return who === 'superior' ? t('flow.due.superior') : who === 'dept_head' ? t('flow.due.deptHead') : whoWords(who, around)
}
export function dueWords(step: Step, around: Around): string {
  if (!step.due) return ''
  const acts = asList(step.on_due).map((text) => {
    const act = dueActOf(text)
    if (!act) return text
    const done = t(`flow.due.act.${act.act}`, { who: act.act === 'transfer' ? transferWords(act.who, around) : '' })
    return t(!act.at ? 'flow.due.then' : act.at.startsWith('+') ? 'flow.due.later' : 'flow.due.before', { act: done, span: spanWords(act.at.replace(/^[+-]/, '')) })
  })
  return [spanWords(step.due), ...acts].join(t('flow.sep'))
}

export const modeKey = (mode: Mode | undefined) => (typeof mode === 'object' ? 'vote' : (mode ?? 'any'))
export interface Vote {
  what: 'count' | 'share' | 'weight'
  sign: '>' | '>='
  bound: string
}
export function voteOf(mode: Mode | undefined): Vote | null {
  const m = typeof mode === 'object' ? /^\s*(count|share|weight)\s*(>=|>)\s*([\d./]+\s*%?)\s*$/.exec(mode.vote) : null
  return m ? { what: m[1] as Vote['what'], sign: m[2] as Vote['sign'], bound: (m[3] ?? '').replace(/\s/g, '') } : null
}
export function modeWords(step: Step): string {
  const vote = voteOf(step.mode)
  if (vote) return t(`flow.vote.${vote.what}`, { sign: vote.sign === '>' ? '>' : '≥', bound: vote.bound })
  return typeof step.mode === 'object' ? step.mode.vote : t(`flow.mode.${modeKey(step.mode)}.long`)
}

const KIND_NAMED: Kind[] = ['cc', 'branch', 'parallel', 'wait', 'goto', 'sub', 'act']

export function stepTitle(step: Step, around: Around): string {
  if (step.label) return labelOf(step.label, step.id)
  const [first] = asList(step.who)
  return first !== undefined && !KIND_NAMED.includes(step.kind) ? whoWords(first, around) : t(`flow.kind.${step.kind}`)
}

function actionWords(action: Record<string, unknown>, around: Around): string {
  if (typeof action.set === 'object' && action.set) {
    return Object.entries(action.set).map(([field, value]) => {
      const known = lookOf(around)(field)
      const bare = typeof value === 'string' ? value.replace(/^'(.*)'$/, '$1') : String(value)
      const shown = known?.choices?.find((c) => c.value === bare)?.label ?? (known?.type === 'bool' && ['true', 'false'].includes(bare) ? t(bare === 'true' ? 'yes' : 'no') : bare)
      return t('flow.act.setWords', { field: known?.label ?? field, value: shown })
    }).join(t('flow.comma'))
  }
  const key = Object.keys(action)[0] ?? ''
  return ACTIONS.includes(key) ? t(`flow.act.${key}`) : key
}
export const ACTIONS = ['set', 'notify', 'create', 'update', 'upsert', 'delete', 'query', 'each', 'if', 'assign', 'mail', 'webhook', 'start_flow', 'print', 'script', 'convert', 'merge', 'delay', 'call', 'fail']

/** The second line of a step. */
export function stepWords(step: Step, around: Around, titleOf: (id: string) => string): string {
  const who = asList(step.who)
  const people = who.map((rule) => whoWords(rule, around)).join(t('flow.comma'))
  switch (step.kind) {
    case 'approve':
    case 'handle': {
      if (!who.length) return t('flow.who.none')
      const several = who.length > 1 || modeKey(step.mode) !== 'any'
      return [people, several ? modeWords(step) : '', step.due ? spanWords(step.due) : ''].filter(Boolean).join(t('flow.sep'))
    }
    case 'cc': return who.length ? people : t('flow.who.noneCc')
    case 'branch': return t(`flow.pick.${step.pick ?? 'first'}.long`)
    case 'parallel': return typeof step.wait === 'number' ? t('flow.wait.n.long', { n: step.wait }) : t(`flow.wait.${step.wait ?? 'all'}.long`)
    case 'wait': return step.until ? t('flow.until.words', { form: labelOf(around.names.forms.get(step.until.form ?? '')?.label, step.until.form), when: conditionWords(step.until.when, lookOf({ ...around, form: step.until.form ?? around.form, parent: around.form })) }) : t('flow.for.words', { span: spanWords(step.for) })
    case 'act': return asList(step.do).map((a) => actionWords(a, around)).join(t('flow.semi')) || t('flow.act.none')
    case 'sub': return step.flow ? labelOf(around.names.others.get('flow')?.find((f) => f.name === step.flow)?.label, step.flow) : t('flow.sub.none')
    case 'goto': return t('flow.goto.words', { step: titleOf(step.to ?? '') })
  }
}

export function caseTitle(one: Case | undefined, index: number, type: 'case' | 'branch'): string {
  if (one?.label) return labelOf(one.label)
  if (type === 'branch') return t('flow.branchNo', { n: index + 1 })
  return one?.else ? t('flow.else') : t('flow.caseNo', { n: index + 1 })
}
export function caseWords(one: Case | undefined, look: Look): string {
  if (one?.else) return t('flow.else.long')
  return one?.when ? conditionWords(one.when, look) : t('flow.when.none')
}

