// Fields of a form that are not its own: the server names those one may see, with their labels (`system`).
import type { FieldDef, FormDef } from '@/api/types'

const NOT_LISTED = ['id', 'rev', 'deleted_at']

/** A field of the form or a system field; undefined for a name the form does not have (or one may not see). */
export function anyField(form: FormDef, name: string): FieldDef | undefined {
  return form.fields.find((f) => f.name === name) ?? form.system?.find((f) => f.name === name)
}

/** What a list may show as columns and filter by: single values of the form, then the system fields. */
export function listFields(form: FormDef): FieldDef[] {
  return [...form.fields.filter((f) => f.type !== 'table' && f.type !== 'button'), ...(form.system ?? []).filter((f) => !NOT_LISTED.includes(f.name))]
}
