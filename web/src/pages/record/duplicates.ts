// Which duplicate rules of a form are worth asking about, and what is told of one that was found.
import type { Duplicates, FormDef, RecordData } from '@/api/types'
import { formatValue, NOTHING } from '@/format/value'
import type { FormModel, Wire } from '@/rules/types'

const empty = (value: Wire) => value === null || value === undefined || value === ''

/** Fields whose every change may find another record; nothing while no rule has all it compares. */
export function askedFields(form: FormDef, values: Record<string, Wire>): string[] {
  const whole = (form.duplicates ?? []).filter((rule) => rule.match.every((one) => !empty(values[one.field] ?? null)))
  return [...new Set(whole.flatMap((rule) => rule.match.map((one) => one.field)))]
}

/** What is being compared now, as text: the same text needs no new question. A stored record's own values ask nothing. */
export function question(model: Pick<FormModel, 'form' | 'values' | 'id' | 'isDirty'>): string {
  const fields = askedFields(model.form, model.values)
  if (!fields.length || (model.id !== null && !fields.some((name) => model.isDirty(name)))) return ''
  return JSON.stringify(fields.map((name) => [name, model.values[name]]))
}

/** What was compared, as far as the title does not say it already. */
export function comparedText(form: FormDef, record: RecordData, fields: string[], title: string, zone: string): string {
  const texts = fields.map((name) => {
    const field = form.fields.find((f) => f.name === name)
    return field ? formatValue(field, record[name], { zone }, record) : ''
  })
  return texts.filter((text) => text && text !== NOTHING && !title.includes(text)).join('  ')
}

export const refuses = (found: Duplicates) => [...found.matches, ...found.outside].some((one) => one.level === 'block')
export const anyFound = (found: Duplicates | null): found is Duplicates => Boolean(found && (found.matches.length || found.outside.length))
