// A lookup shows and filters as the field at the end of its path: here it becomes that field, computed, with its path in `from`.
import type { AppDefinition, FieldDef } from './types'

function shownAs(field: FieldDef): FieldDef {
  if (field.fields) return { ...field, fields: field.fields.map(shownAs) }
  return field.type === 'lookup' && field.as ? { ...field, ...field.as, as: undefined, max: undefined, computed: true } : field
}

export function withLookups(definition: AppDefinition): AppDefinition {
  return { ...definition, forms: definition.forms.map((form) => ({ ...form, fields: form.fields.map(shownAs) })) }
}
