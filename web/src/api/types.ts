// Shapes of the HTTP API as pages use them (docs: /openapi.json). Values travel as the wire forms:
// decimals, money and percent are strings, dates "2026-11-22", references ids, people logins.

export type Lang = 'zh-CN' | 'en'
/** A text of a definition: one string for every language, or one for each. */
export type Label = string | Partial<Record<Lang, string>>

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface RecordData {
  id: number
  rev: number
  titles?: Record<string, string>
  [field: string]: unknown
}

export interface RecordPage {
  records: RecordData[]
  next: string | null
  count?: number
  count_capped?: boolean
  sums?: Record<string, string | null>
  groups?: { value: Json; title?: string; count: number; sums?: Record<string, string | null> }[]
}

export type FieldRight = 'hidden' | 'read' | 'mask' | 'edit'

export interface FieldDef {
  name: string
  type: string
  label?: Label
  help?: Label
  right?: FieldRight
  required?: boolean
  read_only?: boolean
  computed?: boolean
  /** rollup: it counts, so a new record has 0 */
  counts?: boolean
  /** lookup: the path to the field it shows, and what that field is */
  from?: string
  freeze?: boolean
  as?: Partial<FieldDef> & { type: string }
  formula?: string
  default?: Json
  scale?: number
  labels?: Label[]
  level?: 'province' | 'city' | 'district'
  format?: 'qr' | 'code128' | 'ean13'
  min?: Json
  max?: Json
  min_length?: number
  max_length?: number
  pattern?: string
  enum?: string
  form?: string
  options?: string
  /** who may be chosen; the server says who that is, asked for the field of this path */
  among?: string[]
  candidates?: string
  fill?: Record<string, Json>
  currency?: string
  min_rows?: number
  max_rows?: number
  unique?: boolean | string[][]
  fields?: FieldDef[]
  deps?: string[]
  /** a new record begins with what this person gave the last one */
  remember?: boolean
  hidden_value?: 'keep' | 'empty' | 'recalculate'
  /** of a button: what is asked before, and how it looks */
  confirm?: Label
  style?: 'plain' | 'primary' | 'danger'
  /** what is said when a rule is broken, instead of the system's words */
  messages?: Partial<Record<'required' | 'length' | 'range' | 'pattern' | 'unique' | 'one_of', Label>>
}

export interface LayoutBlock {
  section?: Label
  tab?: Label
  heading?: Label
  text?: Label
  notice?: Label
  tone?: 'info' | 'warning'
  divider?: boolean
  /** shown only while it holds */
  when?: string
  columns?: number
  fields?: string[]
}

export interface ViewDef {
  view: string
  label?: Label
  kind?: 'table' | 'kanban' | 'calendar' | 'cards'
  columns?: string[]
  filter?: string
  sort?: string[]
  group?: string
  sum?: string
  /** set on saved views: mine, or shared with everyone who may read the form */
  saved?: boolean
  shared?: boolean
}

export interface TransitionDef {
  field: string
  from?: string[]
  to: string
  who?: string[]
  when?: string
  require?: string[]
  label?: Label
}

export interface FormRights {
  read: boolean
  create: boolean
  update: boolean
  delete: boolean
  import: boolean
  export: boolean
  print?: boolean
}

export interface FormDef {
  form: string
  label?: Label
  icon?: string
  title?: string
  /** all that hold a value */
  fields: FieldDef[]
  /** those that only act (session.ts sets them apart) */
  buttons?: FieldDef[]
  /** owner, created_at …: those one may see */
  system?: FieldDef[]
  rights: FormRights
  layout?: LayoutBlock[]
  views?: ViewDef[]
  search?: string[]
  /** fields an address may give first values: `…/new?d.source=web` */
  url_defaults?: string[]
  transitions?: TransitionDef[]
  checks?: { id: string; when?: string; require: string; at?: string; message?: Label }[]
  linkage?: Record<string, Json>[]
  unique?: string[][]
  /** records alike in all fields of one of these are taken for the same thing; block: saving is refused */
  duplicates?: { match: { field: string; as?: string }[]; level?: 'block' | 'warn' }[]
}

/** What `POST …/duplicates` answers: what the person may see, and what the rules tell of the rest. */
export interface Duplicates {
  matches: { level: 'block' | 'warn'; fields: string[]; record: RecordData }[]
  outside: { level: 'block' | 'warn'; fields: string[]; owners: { user: string; title: string }[] }[]
}

export interface EnumValue {
  value: string
  label?: Label
  color?: string
  retired?: boolean
  children?: EnumValue[]
}

export interface EnumDef {
  enum: string
  label?: Label
  /** Where the values are, when they do not come with the definition (the built-in regions). */
  at?: string
  values: EnumValue[]
}

export interface MenuItem {
  form?: string
  view?: string
  report?: string
  dashboard?: string
  label?: Label
}

export interface AppInfo {
  app: string
  version?: string
  label?: Label
  languages?: Lang[]
  timezone?: string
  currency?: string
  menu?: { label?: Label; items: MenuItem[] }[]
  home?: HomeDef
}

export interface VerbDef {
  label: Label
  /** field -> expression over the record */
  set?: Record<string, Json>
  create?: { form: string; values?: Record<string, Json> }
}

export interface HomeDef {
  todo?: { label?: Label; form: string; filter?: string; view?: string; due: string; verb?: VerbDef }[]
  /** the board whose stages stand beside the to-dos as bars */
  board?: { form: string; view: string }
  figures?: { label: Label; form: string; filter?: string; view?: string; agg?: 'count' | 'sum'; field?: string }[]
}

export interface AppDefinition {
  app: AppInfo
  version: number
  forms: FormDef[]
  enums: EnumDef[]
}

export interface Me {
  user: string
  label: string
  dept: string | null
  /** All of them, the main one first. */
  depts?: string[]
  /** Apps this person administers without being a system administrator. */
  administers?: string[]
  dept_label?: string | null
  roles: Record<string, string[]>
  admin: boolean
  language: Lang
  csrf: string
  unread?: number
}

/** RFC 9457 body of every refusal. `errors` point into the request body. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail?: string
  code: string
  params?: Record<string, string>
  errors?: FieldFault[]
  fields?: { field: string; current: Json }[]
  current?: RecordData
  instance?: string
}

export interface FieldFault {
  pointer: string
  code: string
  detail: string
  params?: Record<string, string>
}
