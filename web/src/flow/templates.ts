// Flows to begin with, made for the form they are of: its first amount, the roles there are.
import type { Label } from '@/api/types'
import { type FormName, type Names } from '@/definitions/names'
import { print } from './text'

export const TEMPLATES = ['manager', 'band', 'countersign', 'blank'] as const
export type Template = (typeof TEMPLATES)[number]

const MANAGER = { id: 'manager', kind: 'approve', label: { 'zh-CN': '直属上级', en: 'Direct manager' }, who: [{ superior: 1 }] }

function amountOf(form: FormName | undefined): string | undefined {
  const numbers = (form?.fields ?? []).filter((f) => ['money', 'decimal', 'integer'].includes(f.type))
  return (numbers.find((f) => f.type === 'money' && /amount|total|sum/.test(f.name)) ?? numbers[0])?.name
}
function roleLike(names: Names, pattern: RegExp): { name: string; label?: Label } | undefined {
  return names.others.get('role')?.find((r) => pattern.test(r.name) || pattern.test(JSON.stringify(r.label ?? '')))
}

/** What people call a step: the role it asks, or a word while there is none. */
function asking(id: string, role: { name: string; label?: Label } | undefined, label: Label): Record<string, unknown> {
  return { id, kind: 'approve', label: role?.label ?? label, who: role ? [`role:${role.name}`] : [] }
}

function stepsOf(template: Template, form: FormName | undefined, names: Names): Record<string, unknown>[] {
  if (template === 'blank') return []
  if (template === 'manager') return [MANAGER]
  if (template === 'band') {
    const amount = amountOf(form)
    const above = { id: 'manager_above', kind: 'approve', label: { 'zh-CN': '上级的上级', en: 'Manager above' }, who: [{ superior: 2 }] }
    return [MANAGER, { id: 'band', kind: 'branch', cases: [{ ...(amount ? { when: `${amount} > 50000` } : {}), steps: [above] }, { else: true, steps: [] }] }]
  }
  const legal = asking('legal', roleLike(names, /legal|法务/i), { 'zh-CN': '法务', en: 'Legal' })
  const finance = asking('finance', roleLike(names, /financ|财务/i), { 'zh-CN': '财务', en: 'Finance' })
  return [MANAGER, { id: 'countersign', kind: 'parallel', label: { 'zh-CN': '会签', en: 'Countersign' }, branches: [{ steps: [legal] }, { steps: [finance] }] }]
}

export function flowText(template: Template, name: string, label: Label | undefined, form: string, names: Names): string {
  const steps = stepsOf(template, names.forms.get(form), names)
  const head = Object.entries({ flow: name, form, ...(label === undefined ? {} : { label }) }).map(([key, value]) => `  ${JSON.stringify(key)}: ${print(value, '  ')}`)
  const list = steps.length ? `[\n${steps.map((step) => `    ${print(step, '    ')}`).join(',\n')}\n  ]` : '[]'
  return `{\n${[...head, `  "steps": ${list}`].join(',\n')}\n}\n`
}
