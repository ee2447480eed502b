// What may be named in an app: forms with their fields, enumerations with their values, roles. Taken from the texts of the
// files as they are in the editor, so that a field just added can be completed at once.
import { parse } from 'jsonc-parser'
import type { Label } from '@/api/types'

export interface FieldName {
  name: string
  label?: Label
  type: string
  enum?: string
  form?: string
  /** to be filled in, and nothing fills it by itself */
  asked?: boolean
  computed?: boolean
  fields: FieldName[]
}

export interface FormName {
  name: string
  label?: Label
  fields: FieldName[]
  views: { name: string; label?: Label }[]
}

export interface Names {
  forms: Map<string, FormName>
  enums: Map<string, { label?: Label; values: { name: string; label?: Label }[] }>
  others: Map<string, { name: string; label?: Label }[]>
}

export const SYSTEM_FIELDS = ['id', 'rev', 'created_at', 'created_by', 'updated_at', 'updated_by', 'owner', 'dept']
/** Names a field may not take. */
export const RESERVED = [...SYSTEM_FIELDS, 'deleted_at', 'titles', 'and', 'or', 'not', 'in', 'true', 'false', 'null']

type Plain = Record<string, unknown>
const list = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter((v): v is Plain => typeof v === 'object' && v !== null) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function fieldName(field: Plain): FieldName {
  return {
    name: text(field.name), label: field.label as Label | undefined, type: text(field.type),
    enum: text(field.enum) || undefined, form: text(field.form) || undefined, asked: field.required === true && field.default === undefined && field.formula === undefined ? true : undefined, computed: field.formula !== undefined || undefined, fields: list(field.fields).map(fieldName)
  }
}

function valuesOf(values: unknown): { name: string; label?: Label }[] {
  if (!Array.isArray(values)) return []
  return values.flatMap((value: unknown) => {
    if (typeof value === 'string') return [{ name: value }]
    const entry = value as Plain
    return [{ name: text(entry?.value), label: entry?.label as Label | undefined }, ...valuesOf(entry?.children)]
  })
}

const FOLDER_KIND: Record<string, string> = {
  forms: 'form', enums: 'enum', roles: 'role', flows: 'flow', reports: 'report', dashboards: 'dashboard', prints: 'print', calendars: 'calendar', rules: 'rule'
}
export const FOLDER_OF = Object.fromEntries(Object.entries(FOLDER_KIND).map(([folder, kind]) => [kind, folder]))

export function placeOf(path: string): { kind: string; name: string } {
  const [folder = '', file = ''] = path.includes('/') ? path.split('/') : ['', path]
  return { kind: folder ? (FOLDER_KIND[folder] ?? '') : 'app', name: file.replace(/\.json$/, '') }
}

/** `texts`: path → text, of every definition of the app. Files that cannot be read yet give what could be read of them. */
export function namesOf(texts: Iterable<[string, string]>): Names {
  const names: Names = { forms: new Map(), enums: new Map(), others: new Map() }
  for (const [path, source] of texts) {
    const { kind, name } = placeOf(path)
    const parsed = parse(source) as Plain | undefined
    if (!kind || typeof parsed !== 'object') continue
    const label = parsed.label as Label | undefined
    if (kind === 'form') {
      const views = list(parsed.views).map((view) => ({ name: text(view.view), label: view.label as Label | undefined }))
      names.forms.set(name, { name, label, fields: list(parsed.fields).map(fieldName), views })
    } else if (kind === 'enum') {
      names.enums.set(name, { label, values: valuesOf(parsed.values) })
    } else {
      names.others.set(kind, [...(names.others.get(kind) ?? []), { name, label }])
    }
  }
  return names
}

/** Fields of a form that hold an enumeration: where it is used. */
export function fieldsOfEnum(names: Names, wanted: string): { form: FormName; field: FieldName; pointer: string }[] {
  return [...names.forms.values()].flatMap((form) => form.fields.flatMap((field, i) => [
    ...(field.enum === wanted ? [{ form, field, pointer: `/fields/${i}` }] : []),
    ...field.fields.flatMap((inner, k) => (inner.enum === wanted ? [{ form, field: inner, pointer: `/fields/${i}/fields/${k}` }] : []))
  ]))
}
