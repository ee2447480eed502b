// What pages see of the rules: one record being made or edited, with the state of every field as the definition and the
// server's law say. Values are the wire forms (docs/definitions/fields.md): decimals, money and percent are strings and never
// pass through a JS number.
import type { Later } from '@/fields/combo'
import type { FieldDef, FieldFault, FormDef, RecordData } from '@/api/types'
import type { ServerAnswer } from './validate'

export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire }

/** A field of the record, or of one row of a sub-table: `'note'`, `['lines', row.key, 'qty']`. */
export type FieldPath = string | readonly [table: string, row: string, field: string]

export interface FieldState {
  visible: boolean
  required: boolean
  /** by right, by definition or by linkage */
  readOnly: boolean
  /** a formula gives the value */
  computed: boolean
  /**
   * References: what a candidate must fulfil, as a filter over the form pointed at, ready for `GET …?filter=`; null: any.
   * `$option.account == account` has become `account == 1234`.
   */
  options: string | null
  /** the server is being asked about the value */
  checking: boolean
  /** the fault to show, in the words of the definition; null while the field has not been left or saved */
  error: FieldFault | null
}

/** A reference was chosen that fills a field which holds something else already: the person says which stays. */
export interface FillOffer {
  path: FieldPath
  field: FieldDef
  /** the reference, of the same record or row */
  by: FieldDef
  value: Wire
  title?: string
}

/** A value with the text it shows. */
export interface Choice {
  value: Wire
  title?: string
}

export interface RowModel {
  /** stable for the life of the page, for v-for and paths */
  readonly key: string
  /** null: not stored yet */
  id: number | null
  values: Record<string, Wire>
  titles: Record<string, string>
  states: Record<string, FieldState>
}

/** What the rules need to know of a record that is referred to: `account.level` reads `level` of the chosen account. */
export type Fetch = (form: string, id: number, fields: string[]) => Promise<Record<string, Wire> | null>

export type Ask = (app: string, form: string, id: number | null, values: Record<string, Wire>) => Promise<ServerAnswer>

export interface FormModelOptions {
  app: string
  form: FormDef
  /** absent: a new record. Read with `titles=1&rights=1`: texts of references, and what of it is masked or locked. */
  record?: RecordData
  /** first values of a new record (a copy, "new contact of this account"); they count as given */
  initial?: Record<string, Wire>
  /** default: `GET /api/{app}/{form}/{id}` */
  fetch?: Fetch
  /** default: `POST /api/{app}/{form}/validate` */
  validate?: Ask
}

/** What one cell of a sub-table shows as wrong. */
export interface RowFault {
  row: string
  index: number
  field: FieldDef
  fault: FieldFault
}

/** Both sides changed the same field to different values. */
export interface MergeConflict {
  /** JSON pointer of the field (`/note`, `/lines/2/qty`), for the page to show and to find its label */
  pointer: string
  path: FieldPath
  base: Wire
  mine: Wire
  theirs: Wire
}

export interface MergeResult {
  /** revision that the next save must name */
  rev: number
  /** fields only the other side changed: their values stand now */
  merged: FieldPath[]
  conflicts: MergeConflict[]
}

/** Made by `openForm` (FormModel.ts). `values`, `rows` and `states` are reactive: change them only through the methods. */
export interface FormModel {
  readonly app: string
  readonly form: FormDef
  readonly id: number | null
  readonly rev: number
  readonly values: Record<string, Wire>
  readonly titles: Record<string, string>
  /** by table field */
  readonly rows: Record<string, RowModel[]>
  readonly states: Record<string, FieldState>
  /** faults that belong to no field of the page (a check without `at`) */
  readonly problems: FieldFault[]
  /** reactive; a record's own first, then rows in order */
  readonly offers: FillOffer[]
  /** does the layout block at this place have its condition fulfilled? */
  blockShown(place: number): boolean
  /** a text of the layout as it reads now, its {expressions} worked out */
  blockText(text: string): string
  readonly dirty: boolean
  /** a referenced record is being read, or the server is being asked */
  readonly busy: boolean

  get(path: FieldPath): Wire
  state(path: FieldPath): FieldState
  isDirty(path: FieldPath): boolean
  /** Linkage, formulas and fills follow at once; `title` is the text of a reference, person or department. */
  set(path: FieldPath, value: Wire, title?: string): void
  /** Chosen, but to be looked up first: set when it is found, a fault of the field when it is not; `idle` waits for it. */
  later(path: FieldPath, choice: Later<Choice>): void
  /** The values that come with the reference replace what was there … */
  takeOver(offers: FillOffer[]): void
  /** … or what was there stays. */
  keepMine(offers: FillOffer[]): void
  /** The field has been left: its fault may show now. */
  touch(path: FieldPath): void

  /** The values of one field of all rows, as of now. */
  column(table: string, field: string): Wire[]
  /** What is wrong in rows, in their order. */
  rowFaults(table: string): RowFault[]
  addRow(table: string, values?: Record<string, Wire>, at?: number): RowModel
  removeRow(table: string, key: string): void
  moveRow(table: string, key: string, to: number): void
  /** The rows in this order of their keys. */
  orderRows(table: string, keys: string[]): void
  copyRow(table: string, key: string): RowModel

  /** Shows every fault; true when there is none, so that saving makes sense. */
  check(): boolean
  /** Faults in the order of the form, after `check()`; pointers index rows by their place. */
  faults(): FieldFault[]
  /** Body of the POST (new) or the smallest PATCH body; null: nothing has changed. */
  patch(): Record<string, Wire> | null
  /** The answer of the save: the record as it is stored now. */
  accept(record: RecordData): void
  /** Server faults onto fields and rows; what fits nowhere goes to `problems`. They go when the field changes. */
  applyProblem(body: { errors?: FieldFault[]; detail?: string; code?: string; title?: string }): void
  /**
   * After a 412: `current` is the record as it is stored now (GET again). Fields only they changed are taken over, fields
   * only I changed stay mine; where both did, mine stays until `settle` says otherwise.
   */
  mergeStale(current: RecordData): MergeResult
  settle(conflict: MergeConflict, take: 'mine' | 'theirs'): void
  /** Resolves when no reference is being read and no answer of the server is awaited. */
  idle(): Promise<void>
  dispose(): void
}
