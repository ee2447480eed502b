// The file of a role as a matrix: rows are grants of forms, columns are what may be done. Every change gives a new file;
// what is printed from it is the definition's own text, so there is one way rights are written.
import type { FieldRight } from '@/api/types'

export const SCOPES = ['none', 'own', 'subordinates', 'dept', 'dept_tree', 'all'] as const
export type Scope = (typeof SCOPES)[number]
export const RIGHTS: FieldRight[] = ['hidden', 'mask', 'read', 'edit']
export const FLAGS = ['create', 'import', 'export', 'print'] as const
export const SCOPED = ['read', 'update', 'delete'] as const
export type Flag = (typeof FLAGS)[number]
export type Scoped = (typeof SCOPED)[number]
export type Column = Flag | Scoped
export const COLUMNS: Column[] = ['create', 'read', 'update', 'delete', 'import', 'export', 'print']

export interface Grant extends Partial<Record<Flag, boolean>>, Partial<Record<Scoped, Scope>> {
  where?: string
  fields?: Record<string, FieldRight>
}

export interface RoleFile {
  role: string
  forms?: Record<string, Grant | Grant[]>
  [key: string]: unknown
}

export const isFlag = (column: Column): column is Flag => (FLAGS as readonly string[]).includes(column)

/** Every form has at least one line; the line of a form without a grant gives nothing. */
export function grantsOf(file: RoleFile, form: string): Grant[] {
  const given = file.forms?.[form]
  return Array.isArray(given) ? (given.length ? given : [{}]) : [given ?? {}]
}

export function withGrants(file: RoleFile, form: string, grants: Grant[]): RoleFile {
  return { ...file, forms: { ...file.forms, [form]: grants.length === 1 ? grants[0]! : grants } }
}

export function changeGrant(file: RoleFile, form: string, index: number, change: Partial<Grant>): RoleFile {
  return withGrants(file, form, grantsOf(file, form).map((grant, i) => (i === index ? { ...grant, ...change } : grant)))
}

/** A right that is the usual one of its field is not written down. */
export function changeField(file: RoleFile, form: string, index: number, field: string, right: FieldRight, usual: FieldRight): RoleFile {
  const { [field]: _, ...others } = grantsOf(file, form)[index]?.fields ?? {}
  return changeGrant(file, form, index, { fields: right === usual ? others : { ...others, [field]: right } })
}

/* ---- filling rows and columns ---- */

export type Tri = 'none' | 'some' | 'all'

const isFull = (grant: Grant, column: Column) => (isFlag(column) ? grant[column] === true : grant[column] === 'all')
const isEmpty = (grant: Grant, column: Column) => !grant[column] || grant[column] === 'none'

function triOf(cells: [Grant, Column][]): Tri {
  if (cells.every(([grant, column]) => isFull(grant, column))) return 'all'
  return cells.every(([grant, column]) => isEmpty(grant, column)) ? 'none' : 'some'
}

export const rowState = (grant: Grant): Tri => triOf(COLUMNS.map((column) => [grant, column]))
export const columnState = (file: RoleFile, forms: string[], column: Column): Tri => triOf(forms.flatMap((form) => grantsOf(file, form).map((grant): [Grant, Column] => [grant, column])))

/** All of it is taken away; anything less becomes all of it. */
const filled = (state: Tri, column: Column): Partial<Grant> => (isFlag(column) ? { [column]: state !== 'all' } : { [column]: state === 'all' ? 'none' : 'all' })

export function fillRow(file: RoleFile, form: string, index: number): RoleFile {
  const state = rowState(grantsOf(file, form)[index] ?? {})
  return changeGrant(file, form, index, Object.assign({}, ...COLUMNS.map((column) => filled(state, column))))
}

export function fillColumn(file: RoleFile, forms: string[], column: Column): RoleFile {
  const change = filled(columnState(file, forms, column), column)
  return forms.reduce((now, form) => withGrants(now, form, grantsOf(now, form).map((grant) => ({ ...grant, ...change }))), file)
}

/* ---- writing it down ---- */

/** What gives nothing is left out, in the order people write it. */
function tidy(grant: Grant): Grant | null {
  const rights = COLUMNS.filter((column) => !isEmpty(grant, column)).map((column) => [column, grant[column]])
  if (!rights.length) return null
  const fields = Object.keys(grant.fields ?? {}).length ? [['fields', grant.fields]] : []
  const where = grant.where?.trim() ? [['where', grant.where.trim()]] : []
  return Object.fromEntries([...rights, ...where, ...fields]) as Grant
}

const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (value !== null && typeof value === 'object') return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${inline(one)}`).join(', ')}}`
  return JSON.stringify(value)
}

function tidyForms(file: RoleFile): [string, Grant[]][] {
  return Object.keys(file.forms ?? {}).map((form): [string, Grant[]] => [form, grantsOf(file, form).map(tidy).filter((grant) => grant !== null)]).filter(([, grants]) => grants.length > 0)
}

/** One line for each grant, as the files are written by hand. */
export function printRole(file: RoleFile): string {
  const forms = tidyForms(file).map(([form, grants]) => `    ${JSON.stringify(form)}: ${grants.length === 1 ? inline(grants[0]) : `[\n${grants.map((grant) => `      ${inline(grant)}`).join(',\n')}\n    ]`}`)
  const lines = Object.entries(file).map(([key, value]) => (key === 'forms' ? `  "forms": {${forms.length ? `\n${forms.join(',\n')}\n  ` : ''}}` : `  ${JSON.stringify(key)}: ${inline(value)}`))
  return `{\n${lines.join(',\n')}\n}\n`
}

/* ---- what a change means ---- */

export interface Difference {
  form: string
  /** which of several grants; 0 when the form has one */
  grant: number
  /** a column, "where", or "field:<name>" */
  what: string
  before: string | null
  after: string | null
}

function cellsOf(grant: Grant | undefined): Map<string, string> {
  const cells = new Map<string, string>()
  for (const column of COLUMNS) if (grant && !isEmpty(grant, column)) cells.set(column, String(grant[column]))
  if (grant?.where) cells.set('where', grant.where)
  for (const [field, right] of Object.entries(grant?.fields ?? {})) cells.set(`field:${field}`, right)
  return cells
}

export function differences(before: RoleFile, after: RoleFile): Difference[] {
  const [old, now] = [new Map(tidyForms(before)), new Map(tidyForms(after))]
  const found: Difference[] = []
  for (const form of new Set([...old.keys(), ...now.keys()])) {
    const count = Math.max(old.get(form)?.length ?? 0, now.get(form)?.length ?? 0)
    for (let grant = 0; grant < count; grant++) {
      const [was, is] = [cellsOf(old.get(form)?.[grant]), cellsOf(now.get(form)?.[grant])]
      for (const what of new Set([...was.keys(), ...is.keys()])) {
        if (was.get(what) !== is.get(what)) found.push({ form, grant: count > 1 ? grant + 1 : 0, what, before: was.get(what) ?? null, after: is.get(what) ?? null })
      }
    }
  }
  return found
}
