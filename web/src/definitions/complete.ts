// What may be typed at a place of a definition: keys with their help, values, and the names of this app where a name is
// meant. Pure: the editor only shows what this returns.
import { getLocation, parse, type JSONPath } from 'jsonc-parser'
import type { Label } from '@/api/types'
import { labelOf } from '@/i18n/t'
import { type FieldName, type FormName, type Names, placeOf, SYSTEM_FIELDS } from './names'
import { blankOf, keysAt, optionsAt, type Path, type Schema } from './schema'

export interface Suggestion {
  label: string
  detail?: string
  help?: string
  /** text put between from and to */
  insert: string
  /** where the cursor stands after it, from the start of the inserted text */
  cursor: number
}

export interface Completion {
  from: number
  to: number
  suggestions: Suggestion[]
}

export interface Context {
  file: string
  schema: Schema
  names: Names
}

interface Named {
  name: string
  label?: Label
}

/** The text at the place, read with its neighbours. */
interface Here {
  path: Path
  document: unknown
  names: Names
  form?: FormName
}

function valueAt(document: unknown, path: JSONPath): unknown {
  return path.reduce<unknown>((value, segment) => (value as Record<string | number, unknown> | undefined)?.[segment], document)
}

const sibling = (here: Here, key: string, up = 1): unknown => {
  const value = valueAt(here.document, [...here.path.slice(0, -up)])
  return (value as Record<string, unknown> | undefined)?.[key]
}

/** Fields that a name at this place may mean: of the form itself, of rows when the place is inside a sub-table. */
function fieldsHere(here: Here): FieldName[] {
  const { form, path } = here
  if (!form) return []
  const inRows = path[0] === 'fields' && path[2] === 'fields' && typeof path[1] === 'number'
  return inRows ? (form.fields[path[1] as number]?.fields ?? []) : form.fields
}

const withSystem = (fields: FieldName[]): Named[] => [...fields, ...SYSTEM_FIELDS.map((name) => ({ name }))]
const formsOf = (here: Here): Named[] => [...here.names.forms.values()]
const enumsOf = (here: Here): Named[] => [...here.names.enums].map(([name, { label }]) => ({ name, label }))
const othersOf = (kind: string) => (here: Here): Named[] => here.names.others.get(kind) ?? []
const fields = (here: Here): Named[] => fieldsHere(here)
const allFields = (here: Here): Named[] => withSystem(fieldsHere(here))
const sortFields = (here: Here): Named[] => withSystem(fieldsHere(here)).flatMap((f) => [f, { ...f, name: `-${f.name}` }])

function movesOf(here: Here): Named[] {
  const up = typeof here.path[here.path.length - 1] === 'number' ? 2 : 1
  const field = here.form?.fields.find((f) => f.name === sibling(here, 'field', up))
  return (field?.enum && here.names.enums.get(field.enum)?.values) || []
}

function viewsOf(here: Here): Named[] {
  return here.names.forms.get(String(sibling(here, 'form') ?? ''))?.views ?? []
}

function whoOf(here: Here): Named[] {
  return othersOf('role')(here).map((role) => ({ ...role, name: `role:${role.name}` }))
}

/** The list a place takes its names from; the place is "definition.key" of the schemas. */
const SOURCES: Record<string, (here: Here) => Named[]> = {
  'field.enum': enumsOf, 'field.form': formsOf, 'parameter.enum': enumsOf,
  'menu_item.form': formsOf, 'menu_item.view': viewsOf, 'menu_item.report': othersOf('report'), 'menu_item.dashboard': othersOf('dashboard'),
  'to-do_list.form': formsOf, 'to-do_list.view': viewsOf, 'home_board.form': formsOf, 'home_board.view': viewsOf, 'figure.form': formsOf, 'figure.view': viewsOf,
  'verb_create.form': formsOf, 'report.form': formsOf, 'flow.form': formsOf, 'print.form': formsOf, 'trigger.form': formsOf, 'card.report': othersOf('report'),
  'role.reports': othersOf('report'), 'role.flows': othersOf('flow'),
  'layout_block.fields': allFields, 'view.columns': allFields, 'view.sort': sortFields, 'view.group': fields, 'view.sum': fields,
  'form.search': fields, 'form.unique': fields, 'check.at': fields, 'match.field': fields, 'serial_part.field': fields,
  'linkage.show': fields, 'linkage.hide': fields, 'linkage.require': fields, 'linkage.read_only': fields, 'entry.fields': fields, 'entry.required': fields,
  'transition.field': fields, 'transition.require': fields, 'transition.from': movesOf, 'transition.to': movesOf,
  'app.who': whoOf, 'menu_group.who': whoOf, 'menu_item.who': whoOf, 'view.who': whoOf, 'transition.who': whoOf
}

/** Keys that are names themselves: the forms a role lists, the fields of its grant. */
function namedKeys(here: Here, file: { kind: string }): Named[] {
  const [first, form, ...rest] = here.path
  if (file.kind !== 'role' || first !== 'forms') return []
  if (here.path.length === 1) return formsOf(here)
  const of = here.names.forms.get(String(form))
  return rest[rest.length - 1] === 'fields' && of ? withSystem(of.fields) : []
}

function nameSuggestion(named: Named, quote: boolean): Suggestion {
  const insert = quote ? JSON.stringify(named.name) : named.name
  return { label: named.name, detail: named.label === undefined ? undefined : labelOf(named.label, ''), insert, cursor: insert.length }
}

function keySuggestions(here: Here, context: Context, colon: boolean): Suggestion[] {
  const there = valueAt(here.document, here.path as JSONPath)
  const taken = new Set(Object.keys((there as object | undefined) ?? {}))
  const known = keysAt(context.schema, here.path).filter((k) => k.key !== '$schema' && !taken.has(k.key))
  const make = (key: string, value: string, rest: Partial<Suggestion>): Suggestion => {
    const insert = colon ? `"${key}": ${value}` : `"${key}"`
    return { label: key, insert, cursor: colon && value !== 'true' && value !== '0' ? insert.length - 1 : insert.length, ...rest }
  }
  const named = namedKeys(here, placeOf(context.file)).filter((n) => !taken.has(n.name))
  return [
    ...named.map((n) => make(n.name, here.path.length === 1 ? '{}' : '""', { detail: labelOf(n.label, '') })),
    ...known.map((k) => make(k.key, blankOf(context.schema, k.schema), { help: k.help }))
  ]
}

function valueSuggestions(here: Here, context: Context): Suggestion[] {
  const found = new Map<string, Suggestion>()
  const add = (s: Suggestion) => found.set(s.label, found.get(s.label) ?? s)
  for (const { schema, place } of optionsAt(context.schema, here.path)) {
    for (const value of schema.enum ?? []) add(nameSuggestion({ name: value }, true))
    if (schema.type === 'boolean') for (const word of ['true', 'false']) add({ label: word, insert: word, cursor: word.length })
    if (schema.type !== 'boolean' && !schema.enum) for (const named of SOURCES[place]?.(here) ?? []) if (named.name) add(nameSuggestion(named, true))
  }
  return [...found.values()]
}

/** The word being typed: inside quotes, the quotes are replaced with it. */
function wordAt(text: string, offset: number): { from: number; to: number } {
  let from = offset
  let to = offset
  while (from > 0 && /[\w:.$-]/.test(text[from - 1] ?? '')) from--
  while (to < text.length && /[\w:.$-]/.test(text[to] ?? '')) to++
  if (text[from - 1] === '"') from--
  if (text[to] === '"') to++
  return { from, to }
}

export function complete(text: string, offset: number, context: Context): Completion | null {
  const location = getLocation(text, offset)
  const { kind, name } = placeOf(context.file)
  const document: unknown = parse(text)
  const form = kind === 'form' ? context.names.forms.get(name) : context.names.forms.get(String((document as Record<string, unknown> | undefined)?.form ?? ''))
  const { from, to } = wordAt(text, offset)
  const path = location.isAtPropertyKey ? location.path.slice(0, -1) : location.path
  const here: Here = { path, document, names: context.names, form }
  const colon = !/^\s*:/.test(text.slice(to))
  const suggestions = location.isAtPropertyKey ? keySuggestions(here, context, colon) : valueSuggestions(here, context)
  return suggestions.length ? { from, to, suggestions } : null
}
