// Who is asked in a step, in words and as choices to click. A rule nobody can click together (a query, a script) is shown as
// what it is and kept.
import type { Label } from '@/api/types'
import type { FieldName, Names } from '@/definitions/names'
import { labelOf, t } from '@/i18n/t'
import type { WhoRule } from './tree'

export interface Around {
  names: Names
  form: string
  /** the form of the flow's own record, where the condition is about records of another: $parent */
  parent?: string
  person: (login: string) => string
  dept: (name: string) => string
}

/** What a people query asks: records of a form, under a condition, and whom of each. */
export interface WhoQuery {
  form?: string
  where?: string
  take?: string
}

/** Depts may be named as app.role, roles of this app without it. */
export const splitRule = (rule: string): [kind: string, name: string] => {
  const at = rule.indexOf(':')
  return at < 0 ? [rule, ''] : [rule.slice(0, at), rule.slice(at + 1)]
}

export interface Weighted {
  rule: WhoRule
  weight: number | undefined
}
export function unweighted(rule: WhoRule): Weighted {
  if (typeof rule === 'object' && rule.who !== undefined) return { rule: rule.who, weight: rule.weight }
  if (typeof rule === 'object' && rule.weight !== undefined) {
    const { weight, ...rest } = rule
    return { rule: rest, weight }
  }
  return { rule, weight: undefined }
}
export const weighted = ({ rule, weight }: Weighted): WhoRule => (weight === undefined ? rule : { who: rule, weight })

const SYSTEM_LABELS: Record<string, string> = { owner: 'flow.field.owner', dept: 'flow.field.dept', created_by: 'flow.field.created_by', id: 'flow.field.id', created_at: 'flow.field.created_at' }

/** The field a path ends at, references followed; its label in words. */
export function fieldAt(around: Pick<Around, 'names'>, form: string, path: string): { field?: FieldName; label: string; type: string } {
  const [head = '', ...rest] = path.split('.')
  const field = around.names.forms.get(form)?.fields.find((f) => f.name === head)
  const label = field ? labelOf(field.label, head) : SYSTEM_LABELS[head] ? t(SYSTEM_LABELS[head]) : head
  if (!rest.length) return { field, label, type: field?.type ?? { id: 'id', owner: 'user', created_by: 'user', dept: 'dept', created_at: 'datetime' }[head] ?? '' }
  const people = !field ? ['owner', 'created_by'].includes(head) : field.type === 'user'
  if (people) return { label: t('flow.of', { whose: label, what: rest[0] === 'dept' ? t('flow.field.dept') : rest.join('.') }), type: rest[0] === 'dept' ? 'dept' : '' }
  const next = field?.form ? fieldAt(around, field.form, rest.join('.')) : { label: rest.join('.'), type: '' }
  return { ...next, label: t('flow.of', { whose: label, what: next.label }) }
}

export const roleLabel = (names: Names, role: string) => labelOf(names.others.get('role')?.find((r) => r.name === role)?.label, role === 'admin' ? t('flow.who.adminRole') : role)

/** "发起人的直属上级", "角色 法务", "字段 财务负责人". */
export function whoWords(rule: WhoRule, around: Around): string {
  const plain = unweighted(rule).rule
  if (typeof plain === 'string') {
    const [kind, name] = splitRule(plain)
    if (kind === 'user') return around.person(name)
    if (kind === 'role') return t('flow.who.role', { name: roleLabel(around.names, name) })
    if (kind === 'dept') return t('flow.who.dept', { name: around.dept(name) })
    return ['starter', 'starter_picks', 'previous_picks'].includes(kind) ? t(`flow.who.${kind}`) : plain
  }
  if (plain.superior !== undefined) return plain.superior === 1 ? t('flow.who.superior1') : t('flow.who.superior', { n: plain.superior })
  if (plain.superiors_to !== undefined) return typeof plain.superiors_to === 'number' ? t('flow.who.superiors', { n: plain.superiors_to }) : t('flow.who.superiorsRole', { name: roleLabel(around.names, plain.superiors_to.replace(/^role:/, '')) })
  if (plain.dept_head !== undefined) return t('flow.who.deptHead', { name: fieldAt(around, around.form, plain.dept_head).label })
  if (plain.field !== undefined) return t('flow.who.field', { name: fieldAt(around, around.form, plain.field).label })
  if (plain.query !== undefined) return queryWords(plain.query as WhoQuery, around)
  return plain.script !== undefined ? t('flow.who.script', { name: plain.script }) : t('flow.who.unknown')
}

/** "客户的负责人": whom of which records; the condition is told by its own sentence. */
function queryWords(query: WhoQuery, around: Around): string {
  if (!query.form) return t('flow.who.query')
  const form = labelOf(around.names.forms.get(query.form)?.label, query.form)
  const whose = fieldAt(around, query.form, query.take ?? 'owner')
  const what = whose.type === 'dept' ? t('flow.who.deptHead', { name: whose.label }) : whose.label
  return t('flow.who.queryWords', { form, what })
}
/** Fields of a form a query may take people from. */
export function takeable(around: Pick<Around, 'names'>, form: string): { path: string; label: string }[] {
  const own = (around.names.forms.get(form)?.fields ?? []).filter((f) => f.type === 'user' || f.type === 'dept').map((f) => f.name)
  return ['owner', ...own, 'created_by', 'dept'].map((path) => ({ path, label: fieldAt(around, form, path).label }))
}
/** A query to begin with: a form that belongs to this one, else any other. */
export function newQuery(around: Around): WhoQuery {
  const forms = [...around.names.forms.values()]
  const near = forms.find((f) => f.fields.some((x) => x.type === 'ref' && x.form === around.form)) ?? forms.find((f) => f.name !== around.form) ?? forms[0]
  const link = near?.fields.find((f) => f.type === 'ref' && f.form === around.form)
  return { form: near?.name ?? around.form, ...(link && near?.name !== around.form ? { where: `${link.name} == $parent.id` } : {}) }
}
/** What may start a run by itself, without a run there is. */
export const STARTS = (rule: WhoRule) => (typeof rule === 'string' ? /^(user|role|dept):/.test(rule) : rule.superior === undefined && rule.superiors_to === undefined)

const both = (key: string, name: [zh: string, en: string] = ['', '']): Label => {
  const [zh, en] = NAMES[key] as [string, string]
  return { 'zh-CN': zh.replace('{name}', name[0]), en: en.replace('{name}', name[1]) }
}
const NAMES: Record<string, [string, string]> = {
  superior1: ['直属上级', 'Direct manager'], superior2: ['上级的上级', 'Manager above'], superiors: ['逐级上级', 'Managers upward'], deptHead: ['部门负责人', 'Head of department'],
  starter: ['发起人', 'Starter'], starter_picks: ['发起人选的人', 'Picked by the starter'], previous_picks: ['上一步选的人', 'Picked in the step before'], name: ['{name}', '{name}']
}
const inBoth = (label: Label | undefined, name: string): [string, string] =>
  typeof label === 'string' ? [label, label] : [label?.['zh-CN'] ?? label?.en ?? name, label?.en ?? label?.['zh-CN'] ?? name]

/** What a step is called while nobody has named it: whom it asks. */
export function labelFor(rule: WhoRule | undefined, around: Around): Label | undefined {
  if (rule === undefined) return undefined
  const plain = unweighted(rule).rule
  if (typeof plain === 'string') {
    const [kind, name] = splitRule(plain)
    if (kind === 'role') return both('name', inBoth(around.names.others.get('role')?.find((r) => r.name === name)?.label, name))
    if (kind === 'user') return both('name', [around.person(name), around.person(name)])
    if (kind === 'dept') return both('name', [around.dept(name), around.dept(name)])
    return NAMES[kind] && both(kind)
  }
  if (plain.superior !== undefined) return plain.superior === 1 ? both('superior1') : plain.superior === 2 ? both('superior2') : undefined
  if (plain.superiors_to !== undefined) return both('superiors')
  if (plain.dept_head !== undefined) return both('deptHead')
  if (plain.field === undefined) return undefined
  const { field, label } = fieldAt(around, around.form, plain.field)
  return both('name', field ? inBoth(field.label, label) : [label, label])
}

export interface WhoOption {
  key: string
  rule: WhoRule
  label: string
  second?: string
  group: string
}

/** Fields of a form, and one reference further, that hold people or departments. */
function peopleFields(around: Around, types: string[]): { path: string; label: string }[] {
  const form = around.names.forms.get(around.form)
  const own = (form?.fields ?? []).filter((f) => types.includes(f.type)).map((f) => f.name)
  const further = (form?.fields ?? []).filter((f) => f.type === 'ref' && f.form).flatMap((f) => [...(types.includes('user') ? ['owner'] : ['dept']), ...(around.names.forms.get(f.form ?? '')?.fields ?? []).filter((g) => types.includes(g.type)).map((g) => g.name)].map((name) => `${f.name}.${name}`))
  const system = types.includes('user') ? ['owner', 'created_by'] : ['owner.dept', 'dept']
  return [...own, ...system, ...further].map((path) => ({ path, label: fieldAt(around, around.form, path).label }))
}

/** Everything that may be clicked but people and departments, who are asked of the server. */
export function whoOptions(around: Around): WhoOption[] {
  const make = (rule: WhoRule, group: string): WhoOption => ({ key: JSON.stringify(rule), rule, label: whoWords(rule, around), group: t(`flow.who.group.${group}`) })
  const above: WhoRule[] = [{ superior: 1 }, { superior: 2 }, { superiors_to: 2 }, { dept_head: 'owner.dept' }, 'starter', 'starter_picks', 'previous_picks']
  const roles = [...(around.names.others.get('role') ?? []).map((r) => r.name), 'admin']
  return [
    ...above.map((rule) => make(rule, 'above')),
    { ...make({ query: newQuery(around) }, 'above'), key: 'query', label: t('flow.who.query') },
    ...roles.map((name) => ({ ...make(`role:${name}`, 'role'), label: roleLabel(around.names, name), second: name })),
    ...peopleFields(around, ['user']).map(({ path, label }) => ({ ...make({ field: path }, 'field'), label })),
    ...peopleFields(around, ['dept']).filter(({ path }) => path !== 'owner.dept').map(({ path }) => make({ dept_head: path }, 'field'))
  ]
}

/** By label or technical name; what is called exactly so comes first. */
export function matching(options: WhoOption[], q: string): WhoOption[] {
  const wanted = q.toLowerCase()
  if (!wanted) return options
  const found = options.filter((o) => o.label.toLowerCase().includes(wanted) || o.second?.toLowerCase().includes(wanted) || o.group.toLowerCase() === wanted)
  return [...found.filter((o) => o.label.toLowerCase() === wanted), ...found.filter((o) => o.label.toLowerCase() !== wanted)]
}
