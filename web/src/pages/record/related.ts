// Which forms point at this one, found in the definition: their records are its related lists.
import type { AppDefinition, FieldDef, FormDef } from '@/api/types'
import { labelOf } from '@/i18n/t'
import type { Wire } from '@/rules/types'

export interface Related {
  key: string
  form: FormDef
  field: FieldDef
  label: string
  columns: FieldDef[]
}

const WIDE = ['table', 'longtext', 'richtext', 'file', 'image', 'signature', 'button']
const COLUMNS = 6

function columnsOf(form: FormDef, without: string): FieldDef[] {
  const named = form.views?.find((v) => v.columns?.length)?.columns ?? form.fields.map((f) => f.name)
  return named.filter((name) => name !== without).map((name) => form.fields.find((f) => f.name === name)).filter((f): f is FieldDef => Boolean(f) && !WIDE.includes(f!.type)).slice(0, COLUMNS)
}

export function relatedOf(app: AppDefinition, target: string): Related[] {
  return app.forms.filter((form) => form.rights.read).flatMap((form) => {
    const pointing = form.fields.filter((f) => (f.type === 'ref' || f.type === 'refs') && !f.from && f.form === target && f.right !== 'hidden')
    return pointing.map((field) => {
      const label = labelOf(form.label, form.form)
      return { key: `${form.form}.${field.name}`, form, field, label: pointing.length > 1 || form.form === target ? `${label} ${labelOf(field.label, field.name)}` : label, columns: columnsOf(form, field.name) }
    })
  })
}

/** What a new record of a related list begins with: the record it is made from. The page sends it (history state), as an address
 *  gives values only to fields its form lists for that (url_defaults). */
export const firstOf = (related: Related, id: number): Record<string, Wire> => ({ [related.field.name]: related.field.type === 'refs' ? [id] : id })
