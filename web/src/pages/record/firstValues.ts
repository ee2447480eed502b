// What a new record begins with beside its defaults (B10): what the address says of fields the form lists for that, and what
// this person gave last time in fields that remember. Whoever sends one here from another page says more (history state).
import type { FieldDef, FormDef } from '@/api/types'
import type { FormModel, Wire } from '@/rules/types'
import { session } from '@/session'

const PREFIX = 'd.'
const NUMBERS = new Set(['integer', 'ref'])

/** An address holds text: numbers and yes or no become what the wire has; lists are parted by commas. */
function fromText(field: FieldDef, text: string): Wire {
  if (NUMBERS.has(field.type)) return /^-?\d+$/.test(text) ? Number(text) : null
  if (field.type === 'bool') return text === 'true' ? true : text === 'false' ? false : null
  if (['tags', 'cascade', 'refs'].includes(field.type)) return text.split(',').filter(Boolean)
  return text
}

export function fromAddress(form: FormDef, query: Record<string, unknown>): Record<string, Wire> {
  const out: Record<string, Wire> = {}
  for (const name of form.url_defaults ?? []) {
    const field = form.fields.find((f) => f.name === name)
    const text = query[PREFIX + name]
    const value = field && typeof text === 'string' && text !== '' ? fromText(field, text) : null
    if (value !== null) out[name] = value
  }
  return out
}

const keyOf = (app: string, form: string) => `tenon.first.${session.me?.user ?? ''}.${app}.${form}`
const remembering = (form: FormDef) => form.fields.filter((f) => f.remember === true && f.type !== 'table')

export function remembered(app: string, form: FormDef): Record<string, Wire> {
  if (!remembering(form).length) return {}
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(app, form.form)) ?? '{}') as Record<string, Wire>
    return Object.fromEntries(remembering(form).flatMap((f) => (kept[f.name] === undefined || kept[f.name] === null ? [] : [[f.name, kept[f.name]!]])))
  } catch {
    return {}
  }
}

export function remember(app: string, model: FormModel): void {
  const fields = remembering(model.form)
  if (!fields.length) return
  const values = Object.fromEntries(fields.map((f) => [f.name, model.values[f.name] ?? null]))
  try {
    localStorage.setItem(keyOf(app, model.form.form), JSON.stringify(values))
  } catch {
    // A full or closed store only forgets.
  }
}
