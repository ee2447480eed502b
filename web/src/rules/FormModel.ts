// One record being made or edited. What the user gave is kept apart from what follows from it: every change runs the rules over
// stored values + given values (run.ts) and only what differs is written into the reactive state, so that a keystroke draws one
// cell. Without the module the same questions go to POST …/validate, 300 ms after the last change.
import { markRaw, reactive, ref, toRaw } from 'vue'
import { ApiProblem, get } from '@/api/client'
import type { AppDefinition, FieldDef, FieldFault, FieldRight, FormDef, RecordData } from '@/api/types'
import { loadApp, session } from '@/session'
import { ASKED_CODES, askedFields, SHARED_CODES } from './asked'
import type { Part } from './compile'
import { formRules, rulesOf } from './engine'
import { Linked } from './linked'
import { merge } from './merge'
import type { RuleModule } from './module'
import { optionFilter, type Named } from './options'
import { patchOf, type SentRows } from './patch'
import { isEmpty, runRules, same, type Flags, type Result, type Unit, type UnitResult, type Values, type World } from './run'
import type { FieldPath, FieldState, FillOffer, FormModel, FormModelOptions, MergeConflict, MergeResult, RowModel, Wire } from './types'
import { Sight, type Rights } from './sight'
import { askServer, type ServerAnswer } from './validate'

interface Place {
  unit: Unit
  values: Values
  titles: Record<string, string>
  states: Record<string, FieldState>
}

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent', 'duration'])
const ASK_AFTER_MS = 300
const MINUTE_MS = 60_000
const STATE_KEYS: (keyof FieldState)[] = ['visible', 'required', 'readOnly', 'computed', 'options', 'checking', 'error']
const noState: FieldState = { visible: true, required: false, readOnly: true, computed: false, options: null, checking: false, error: null }

const faultIn = (result: UnitResult | undefined, field: string): FieldFault | undefined => result?.faults[field] ?? result?.shared[field]

/** Nobody writes over what he cannot see: the mask itself would be sent. */
const isLocked = (right: FieldRight) => right === 'hidden' || right === 'mask'

const plain = (part: string): Part =>
  ({ table: part, fields: [], byName: new Map(), defaults: [], fills: [], linkages: [], checks: [], transitions: [], unique: [], left: new Set(), shown: new Set(), outside: [], clock: false, refs: [], deep: false })

function newUnit(part: Part, id: number | null, old: Values | null, given: Values): Unit {
  return { part, id, old, given, asking: new Set(), memo: new Map(), checked: new Map() }
}

/** The fields that choosing a reference fills, and those that these fill in turn. */
function filledBy(part: Part, name: string, into = new Set<string>()): Set<string> {
  for (const fill of part.fills) {
    if (fill.by.name !== name || into.has(fill.target.name)) continue
    into.add(fill.target.name)
    filledBy(part, fill.target.name, into)
  }
  return into
}

const declared = (fields: FieldDef[], record: Record<string, unknown>): Values =>
  Object.fromEntries(fields.filter((f) => f.type !== 'table').map((f) => [f.name, (record[f.name] ?? null) as Wire]))

class Model implements FormModel {
  readonly app: string
  readonly form: FormDef
  readonly values: Values = reactive({})
  readonly titles: Record<string, string> = reactive({})
  readonly rows: Record<string, RowModel[]> = reactive({})
  readonly states: Record<string, FieldState> = reactive({})
  readonly problems: FieldFault[] = reactive([])
  readonly offers: FillOffer[] = reactive([])
  private readonly blocks: Record<number, boolean> = reactive({})
  private readonly texts: Record<string, string> = reactive({})

  private readonly root: Unit
  private readonly units = new Map<string, Unit>()
  /** ids of the rows as stored, by table */
  private readonly oldRows = new Map<string, number[]>()
  private readonly parts = new Map<string, Part>()
  private readonly touched = new Set<string>()
  private readonly serverFaults = new Map<string, FieldFault>()
  private leftover: FieldFault[] = []
  private result: Result | null = null
  private answer: ServerAnswer | null = null
  /** of the server's last answer: all it said where there is no module, else what only it can know */
  private readonly answered = new Map<string, FieldFault>()
  private readonly asked: Set<string>
  /** fields the server is being asked about */
  private readonly checking = new Set<string>()
  private question = 0
  private awaited = false
  private showAll = false
  /** the results the rows show, by key: a row whose result is the same one is not written and drawn again */
  private readonly written = new Map<string, UnitResult>()
  private readonly shown = new Map<string, { result: UnitResult | undefined; shared: UnitResult['shared'] | undefined }>()
  private sent: SentRows = new Map()
  /** what this person may do with this record's fields, and what that leaves to the server */
  private sight!: Sight
  private keys = 0
  private readonly recordId = ref<number | null>(null)
  private readonly revision = ref(0)
  private readonly version = ref(0)
  private readonly waiting = ref(0)
  private idlers: (() => void)[] = []
  private timer: ReturnType<typeof setTimeout> | undefined
  private disposed = false
  private readonly linked: Linked

  constructor(
    private readonly options: FormModelOptions,
    private readonly definition: AppDefinition,
    private rules: RuleModule | null
  ) {
    this.app = options.app
    this.form = options.form
    const compiled = rules ? formRules(rules, definition, options.form.form) : null
    const fields = options.form.fields
    const part = compiled?.root ?? { ...plain(''), fields, byName: new Map(fields.map((f) => [f.name, f])) }
    this.parts.set('', part)
    for (const table of this.tables()) {
      const own = table.fields ?? []
      this.parts.set(table.name, compiled?.tables.get(table.name) ?? { ...plain(table.name), fields: own, byName: new Map(own.map((f) => [f.name, f])) })
      this.rows[table.name] = []
    }
    this.look(null)
    this.asked = askedFields(options.form)
    this.linked = new Linked(options.fetch ?? readRecord(options.app), (open) => this.wait(open), () => this.run())
    this.root = newUnit(part, null, null, {})
    if (options.record) this.take(options.record)
    else this.begin(options.initial ?? {})
    markRaw(this)
  }

  private tables(): FieldDef[] {
    return this.form.fields.filter((f) => f.type === 'table')
  }

  private look(rights: Rights | null): void {
    this.sight = new Sight(this.parts, rights, this.rules && formRules(this.rules, this.definition, this.form.form))
  }

  private begin(initial: Record<string, Wire>): void {
    for (const table of this.tables()) {
      const rows = initial[table.name]
      for (const row of Array.isArray(rows) ? rows : []) this.rows[table.name]!.push(this.newRow(table.name, null, null, row as Values))
    }
    this.root.given = Object.fromEntries(Object.entries(initial).filter(([name]) => !this.rows[name]))
    Object.assign(this.values, this.root.given)
  }

  private newRow(table: string, id: number | null, old: Values | null, given: Values, key = `r${++this.keys}`): RowModel {
    const unit = newUnit(this.parts.get(table)!, id, old, { ...given })
    this.units.set(key, unit)
    return reactive({ key, id, values: { ...old, ...given }, titles: {}, states: {} })
  }

  /** A record as it is stored becomes what changes are compared with; rows keep their keys. */
  private take(record: RecordData): void {
    this.recordId.value = this.root.id = record.id
    this.revision.value = record.rev
    this.root.old = declared(this.form.fields, record)
    // The answer of a save does not tell them again.
    if (typeof record.rights === 'object') this.look(record.rights as Rights)
    Object.assign(this.titles, record.titles ?? {})
    for (const table of this.tables()) {
      const stored = (record[table.name] ?? []) as RecordData[]
      const known = this.rows[table.name]!
      const rows = stored.map((data, i) => {
        const had = known.find((row) => row.id === data.id) ?? (known[i]?.id === null ? known[i] : undefined)
        const row = this.newRow(table.name, data.id, declared(table.fields ?? [], data), {}, had?.key)
        Object.assign(row.titles, had?.titles, data.titles ?? {})
        if (!had) return row
        had.id = data.id
        return had
      })
      known.splice(0, known.length, ...rows)
      this.oldRows.set(table.name, stored.map((data) => data.id))
    }
  }

  get id(): number | null {
    return this.recordId.value
  }
  get rev(): number {
    return this.revision.value
  }
  get busy(): boolean {
    return this.waiting.value > 0
  }
  get dirty(): boolean {
    void this.version.value
    // A row that only stands there to be filled in is nothing anybody typed.
    const given = this.root.old ? this.hasGiven(this.root) : this.hasGiven(this.root, this.options.initial)
    return given || Object.entries(this.rows).some(([table, rows]) => toRaw(rows).some((row) => this.hasGiven(this.units.get(row.key))) || (this.root.old !== null && this.rowsMoved(table)))
  }
  private rowsMoved(table: string): boolean {
    const [rows, old] = [toRaw(this.rows[table]!), this.oldRows.get(table) ?? []]
    return rows.length !== old.length || rows.some((row, i) => row.id !== old[i])
  }

  private hasGiven(unit: Unit | undefined, initial: Values = {}): boolean {
    return unit !== undefined && Object.entries(unit.given).some(([name, value]) => !(name in initial && same(initial[name], value)))
  }

  private place(path: FieldPath): { place: Place; field: string; key: string } | null {
    if (typeof path === 'string')
      return { place: { unit: this.root, values: this.values, titles: this.titles, states: this.states }, field: path, key: path }
    const [table, key, field] = path
    const row = this.rows[table]?.find((r) => r.key === key)
    const unit = this.units.get(key)
    return row && unit ? { place: { unit, values: row.values, titles: row.titles, states: row.states }, field, key: `${table}/${key}/${field}` } : null
  }

  get(path: FieldPath): Wire {
    const at = this.place(path)
    return at?.place.values[at.field] ?? null
  }
  state(path: FieldPath): FieldState {
    const at = this.place(path)
    return at?.place.states[at.field] ?? noState
  }
  isDirty(path: FieldPath): boolean {
    void this.version.value
    const at = this.place(path)
    return at !== null && at.field in at.place.unit.given
  }

  set(path: FieldPath, value: Wire, title?: string): void {
    const at = this.place(path)
    if (!at) return
    const { unit, values, titles } = at.place
    if (unit.old && isLocked(this.sight.right(unit.part.table, unit.part.byName.get(at.field)!))) return
    const given = isEmpty(value) ? null : value
    if (unit.old && same(unit.old[at.field], given)) delete unit.given[at.field]
    else unit.given[at.field] = given
    values[at.field] = given
    unit.asking.delete(at.field)
    if (given !== null) for (const name of filledBy(unit.part, at.field)) unit.asking.add(name)
    if (title !== undefined && given !== null) titles[at.field] = title
    else if (given === null) delete titles[at.field]
    this.forget(at.key, typeof path === 'string' ? path : path[0])
    this.askAbout(at.key, typeof path === 'string' ? path : `${path[0]}/${path[2]}`)
    this.run()
  }

  takeOver(offers: FillOffer[]): void {
    for (const { path, value, title } of [...offers]) this.set(path, value, title)
  }
  keepMine(offers: FillOffer[]): void {
    for (const { path } of offers) {
      const at = this.place(path)
      at?.place.unit.asking.delete(at.field)
    }
    this.run()
  }

  /** What the server said of it holds no more; it is asked again once nobody has typed for a while. */
  private askAbout(key: string, name: string): void {
    if (!this.rules || !this.asked.has(name)) return
    this.answered.delete(key)
    for (const [other, fault] of this.answered) if (SHARED_CODES.has(fault.code)) this.answered.delete(other)
    this.shown.clear()
    this.checking.add(key)
    this.askLater()
  }

  /** A fault of the server goes when its field, or anything in its sub-table, changes. */
  private forget(key: string, table: string): void {
    this.serverFaults.delete(key)
    this.serverFaults.delete(table)
    this.leftover = []
  }

  touch(path: FieldPath): void {
    const at = this.place(path)
    if (!at) return
    this.touched.add(at.key)
    if (typeof path !== 'string') this.shown.delete(path[1])
    this.settleText(at.place, at.field)
    this.show()
  }

  /** What was typed takes the form it will be stored in: "138 0013 8000" becomes 13800138000. */
  private settleText({ unit, values }: Place, field: string): void {
    const result = this.resultOf(unit)
    if (!result || !(field in unit.given) || result.faults[field]) return
    const stored = result.values[field] ?? null
    values[field] = stored
    if (unit.old && same(unit.old[field], stored)) delete unit.given[field]
    else unit.given[field] = stored
    this.version.value++
  }

  private resultOf(unit: Unit): UnitResult | undefined {
    if (unit === this.root) return this.result?.root
    return this.result?.rows.get(unit.part.table)?.find((row) => row.unit === unit)
  }

  // ---- rows

  /** Follows the version, not each cell: a footer over 500 rows is one dependency. */
  column(table: string, field: string): Wire[] {
    void this.version.value
    return toRaw(this.rows[table] ?? []).map((row) => toRaw(row.values)[field] ?? null)
  }
  addRow(table: string, values: Record<string, Wire> = {}, at?: number): RowModel {
    const rows = this.rows[table]!
    const index = Math.min(at ?? rows.length, rows.length)
    rows.splice(index, 0, this.newRow(table, null, null, values))
    this.forget(table, table)
    this.run()
    return rows[index]!
  }
  removeRow(table: string, key: string): void {
    const rows = this.rows[table]!
    const index = rows.findIndex((row) => row.key === key)
    if (index < 0) return
    rows.splice(index, 1)
    this.units.delete(key)
    this.forget(table, table)
    this.run()
  }
  moveRow(table: string, key: string, to: number): void {
    const rows = this.rows[table]!
    const from = rows.findIndex((row) => row.key === key)
    if (from < 0 || from === to) return
    const [row] = rows.splice(from, 1)
    rows.splice(Math.min(to, rows.length), 0, row!)
    this.run()
  }
  orderRows(table: string, keys: string[]): void {
    const rows = this.rows[table]!
    const place = new Map(keys.map((key, i) => [key, i]))
    rows.splice(0, rows.length, ...[...toRaw(rows)].sort((a, b) => place.get(a.key)! - place.get(b.key)!))
    this.run()
  }
  copyRow(table: string, key: string): RowModel {
    const index = this.rows[table]!.findIndex((row) => row.key === key)
    const row = this.rows[table]![index]!
    const settable = this.parts.get(table)!.fields.filter((f) => !f.computed && !f.formula && f.type !== 'serial' && !f.read_only)
    const values = Object.fromEntries(settable.map((f) => [f.name, row.values[f.name] ?? null]))
    const copy = this.addRow(table, values, index + 1)
    Object.assign(copy.titles, row.titles)
    return copy
  }

  // ---- running the rules

  /** First run, and again whenever something was given or read. */
  run(): void {
    if (this.disposed) return
    this.version.value++
    if (this.rules) this.runHere(this.rules)
    else this.askLater()
    this.show()
  }

  private world(rules: RuleModule): World {
    const me = session.me
    return {
      rules,
      form: formRules(rules, this.definition, this.form.form),
      sight: this.sight,
      // To the minute: what follows from the time stands still while somebody types.
      now: new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS).toISOString(),
      user: {
        login: me?.user ?? null, label: me?.label ?? null, dept: me?.dept ?? null, depts: me?.depts ?? [],
        superior: (me as { superior?: string } | null)?.superior ?? null,
        roles: [...(me?.roles[this.app] ?? []), ...(me?.admin ? ['admin'] : [])]
      },
      linked: (form, id) => this.linked.record(form, id),
      isKnown: (form, id) => this.linked.has(form, id),
      linkedCount: this.linked.count,
      target: (form, field) => this.definition.forms.find((f) => f.form === form)?.fields.find((f) => f.name === field)?.form
    }
  }

  /** A trap of the module (out of memory) leaves it unusable: from then on the server is asked. */
  private runHere(rules: RuleModule): void {
    try {
      this.runRules(rules)
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError)) throw cause
      console.warn('rules run on the server:', cause)
      this.rules = this.result = null
      this.askLater()
    }
  }

  private runRules(rules: RuleModule): void {
    const rows = new Map(Object.entries(toRaw(this.rows)).map(([table, list]) => [table, list.map((row) => this.units.get(row.key)!)]))
    this.result = runRules(this.world(rules), { root: this.root, rows })
    this.write(this.values, this.titles, this.result.root)
    Object.assign(this.blocks, this.result.blocks)
    Object.assign(this.texts, Object.fromEntries(this.result.texts))
    for (const [table, units] of this.result.rows) {
      const rows = toRaw(this.rows[table]!)
      units.forEach((unit, i) => {
        if (this.written.get(rows[i]!.key) === unit) return
        this.written.set(rows[i]!.key, unit)
        this.write(this.rows[table]![i]!.values, this.rows[table]![i]!.titles, unit)
      })
    }
    this.showOffers(this.result)
  }

  private offersOf(result: UnitResult, pathOf: (name: string) => FieldPath): FillOffer[] {
    return Object.entries(result.offers).map(([name, { by, value, path }]) => {
      const { byName } = result.unit.part
      return { path: pathOf(name), field: byName.get(name)!, by: byName.get(by)!, value, title: this.titleAt(result, path) }
    })
  }

  private showOffers(result: Result): void {
    const rows = [...result.rows].flatMap(([table, units]) => units.flatMap((unit, i) => this.offersOf(unit, (name) => [table, toRaw(this.rows[table]!)[i]!.key, name])))
    const next = [...this.offersOf(result.root, (name) => name), ...rows]
    if (next.length || this.offers.length) this.offers.splice(0, this.offers.length, ...next)
  }

  blockShown(place: number): boolean {
    return this.blocks[place] ?? true
  }
  /** Without the module nothing is worked out here: the words around the braces stay. */
  blockText(text: string): string {
    return this.texts[text] ?? text.replace(/\{[^{}]*\}/g, '…')
  }

  /** Only what differs. What is being typed stays as it was typed. */
  private write(values: Values, titles: Record<string, string>, unit: UnitResult): void {
    const known = toRaw(values)
    for (const [name, value] of Object.entries(unit.values)) {
      if (name in unit.unit.given || same(known[name], value)) continue
      values[name] = value
      const title = value === null ? undefined : (this.filledTitle(unit, name) ?? this.storedTitle(unit, name, value))
      if (title === undefined) delete titles[name]
      else titles[name] = title
    }
  }

  private filledTitle(unit: UnitResult, name: string): string | undefined {
    return this.titleAt(unit, unit.filled[name])
  }

  private titleAt(unit: UnitResult, path: string | undefined): string | undefined {
    const [by, last, ...more] = path?.split('.') ?? []
    const target = by && unit.unit.part.byName.get(by)?.form
    const id = by && unit.values[by]
    return target && last && !more.length && typeof id === 'number' ? this.linked.title(target, id, last) : undefined
  }

  private storedTitle(unit: UnitResult, name: string, value: Wire): string | undefined {
    const stored = unit.unit === this.root ? this.options.record?.titles : undefined
    return stored && same(unit.unit.old?.[name], value) ? stored[name] : undefined
  }

  private askLater(): void {
    clearTimeout(this.timer)
    this.question++
    // Saving waits for answers that give values, not for those that only judge one: it asks the same itself.
    if (!this.rules && !this.awaited) this.wait((this.awaited = true))
    this.timer = setTimeout(() => void this.ask(), ASK_AFTER_MS)
  }

  private async ask(): Promise<void> {
    this.timer = undefined
    const question = this.question
    try {
      const answer = await (this.options.validate ?? askServer)(this.app, this.form.form, this.id, this.body() ?? {})
      if (question === this.question && !this.disposed) this.takeAnswer(answer)
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) console.warn('validate:', cause)
    } finally {
      if (question === this.question) this.checking.clear()
      if (!this.disposed) this.show(true)
      if (this.awaited && this.timer === undefined) this.wait((this.awaited = false))
    }
  }

  private takeAnswer(answer: ServerAnswer): void {
    this.answered.clear()
    for (const fault of answer.errors) {
      const key = this.keyOf(fault.pointer)
      const counts = !this.rules || ASKED_CODES.has(fault.code)
      if (key && counts && !this.answered.has(key)) this.answered.set(key, fault)
    }
    if (this.rules) return
    this.answer = answer
    const adopt = (values: Values, unit: Unit, from: Record<string, unknown>): void => {
      for (const f of unit.part.fields)
        if (f.type !== 'table' && !(f.name in unit.given)) values[f.name] = (from[f.name] ?? null) as Wire
    }
    adopt(this.values, this.root, answer.values)
    for (const [table, rows] of Object.entries(this.rows)) {
      const stored = (answer.values[table] ?? []) as Record<string, unknown>[]
      rows.forEach((row, i) => stored[i] && adopt(row.values, this.units.get(row.key)!, stored[i]!))
    }
    this.version.value++
    this.show()
  }

  // ---- states

  /** Rows are drawn again when their result is another one; all of them when what is told of faults has changed. */
  private show(anew = false): void {
    this.showUnit(this.states, this.root, this.result?.root, this.answer?.fields, '')
    if (anew || !this.result) this.shown.clear()
    for (const [table, rows] of Object.entries(this.rows))
      toRaw(rows).forEach((row, i) => {
        const result = this.result?.rows.get(table)?.[i]
        const known = this.shown.get(row.key)
        if (known && known.result === result && known.shared === result?.shared) return
        this.shown.set(row.key, { result, shared: result?.shared })
        this.showUnit(rows[i]!.states, this.units.get(row.key)!, result, this.answer?.rows?.[table]?.[i], `${table}/${row.key}/`)
      })
    const own = this.showAll ? [...(this.result?.problems ?? [])] : []
    this.problems.splice(0, this.problems.length, ...own, ...this.leftover)
  }

  private showUnit(states: Record<string, FieldState>, unit: Unit, result: UnitResult | undefined, told: ServerAnswer['fields'] | undefined, prefix: string): void {
    const known = toRaw(states) // compared without tracking, written through the proxy
    for (const f of unit.part.fields) {
      const key = prefix + f.name
      const next = this.stateOf(f, this.sight.right(unit.part.table, f), result?.flags[f.name], told?.[f.name])
      next.options = f.form && (f.type === 'ref' || f.type === 'refs') ? this.filterOf(unit, result, f) : null
      const seen = this.showAll || this.touched.has(key)
      next.checking = this.checking.has(key)
      next.error = this.serverFaults.get(key) ?? (seen ? (faultIn(result, f.name) ?? null) : null) ?? (seen || this.rules ? (this.answered.get(key) ?? null) : null)
      const had = known[f.name]
      if (!had) states[f.name] = next
      else for (const name of STATE_KEYS) if (toRaw(had[name]) !== next[name]) (states[f.name] as unknown as Record<string, unknown>)[name] = next[name]
    }
  }

  private stateOf(f: FieldDef, right: FieldRight, flags: Flags | undefined, told: ServerAnswer['fields'][string] | undefined): FieldState {
    const computed = f.computed === true || f.formula !== undefined
    const fixed = computed || f.type === 'serial' || f.read_only === true || right !== 'edit' || f.name === 'state'
    const hidden = right === 'hidden' || (flags ? flags.hidden : told ? !told.visible : false)
    const required = flags ? flags.required : (told?.required ?? false)
    const readOnly = flags ? flags.readOnly : (told?.read_only ?? false)
    return { visible: !hidden, required: (f.required === true || required) && !hidden, readOnly: fixed || readOnly, computed, options: null, checking: false, error: null }
  }

  private filterOf(unit: Unit, result: UnitResult | undefined, f: FieldDef): string | null {
    const texts = [f.options, ...(result?.flags[f.name]?.options ?? [])].filter((text): text is string => text !== undefined)
    const filters = texts.map((text) => optionFilter(text, (name) => this.named(unit, result, name))).filter((text): text is string => text !== null)
    if (filters.length > 1) return filters.map((text) => `(${text})`).join(' and ')
    return filters[0] ?? null
  }

  private named(unit: Unit, result: UnitResult | undefined, name: string): Named | undefined {
    const [first, ...rest] = name.split('.')
    const inParent = first === '$parent'
    const part = inParent ? this.parts.get('')! : unit.part
    const values = inParent ? this.values : (result?.values ?? this.values)
    const path = inParent ? rest : [first!, ...rest]
    const f = part.byName.get(path[0] ?? '')
    if (!f) return undefined
    const value = values[f.name] ?? null
    if (path.length === 1) return { value, number: NUMBERS.has(f.type) }
    const record = f.form && typeof value === 'number' ? this.linked.record(f.form, value) : null
    const last = this.definition.forms.find((form) => form.form === f.form)?.fields.find((x) => x.name === path[1])
    return path.length === 2 && last ? { value: record?.[path[1]!] ?? null, number: NUMBERS.has(last.type) } : undefined
  }

  // ---- saving

  check(): boolean {
    // What refused the last save may hold no more, whatever was changed to mend it: another field, or a record elsewhere.
    this.serverFaults.clear()
    this.leftover = []
    this.showAll = true
    this.show(true)
    // With the module at hand, what the server said once does not stand in the way of asking it by saving.
    return this.collect(!this.rules).length === 0
  }

  faults(): FieldFault[] {
    return this.collect(true)
  }

  private collect(asked: boolean): FieldFault[] {
    const answered = asked ? this.answered : new Map<string, FieldFault>()
    const out: FieldFault[] = []
    const add = (fault: FieldFault | undefined, pointer: string): void => {
      if (fault) out.push({ pointer, code: fault.code, params: fault.params, get detail() { return fault.detail } })
    }
    for (const f of this.form.fields) {
      add(this.serverFaults.get(f.name) ?? this.result?.root.faults[f.name] ?? answered.get(f.name), `/${f.name}`)
      this.rows[f.name]?.forEach((row, i) => {
        for (const x of f.fields ?? []) {
          const key = `${f.name}/${row.key}/${x.name}`
          add(this.serverFaults.get(key) ?? faultIn(this.result?.rows.get(f.name)?.[i], x.name) ?? answered.get(key), `/${f.name}/${i}/${x.name}`)
        }
      })
    }
    return [...out, ...(this.result?.problems ?? []), ...this.leftover]
  }

  private body(): Record<string, Wire> | null {
    const rows = new Map(Object.entries(this.rows).map(([table, list]) => [table, list.map((row) => ({ key: row.key, unit: this.units.get(row.key)! }))]))
    const { body, sent } = patchOf(this.root, rows, this.oldRows)
    this.sent = sent
    return body
  }

  patch(): Record<string, Wire> | null {
    return this.body()
  }

  accept(record: RecordData): void {
    this.root.given = {}
    this.root.asking.clear()
    this.root.memo.clear()
    this.serverFaults.clear()
    this.answered.clear()
    this.leftover = []
    this.touched.clear()
    this.showAll = false
    this.shown.clear()
    this.take(record)
    this.options.record = record
    Object.assign(this.values, this.root.old)
    this.run()
  }

  applyProblem(body: { errors?: FieldFault[]; detail?: string; code?: string; title?: string }): void {
    this.body()
    this.leftover = []
    for (const fault of body.errors ?? []) {
      const key = this.keyOf(fault.pointer)
      if (key) this.serverFaults.set(key, this.serverFaults.get(key) ?? fault)
      else this.leftover.push(fault)
    }
    if (!body.errors?.length) this.leftover.push({ pointer: '', code: body.code ?? '', detail: body.detail ?? body.title ?? '', params: {} })
    this.showAll = true
    this.show(true)
  }

  /** "/note", "/lines", "/lines/2/qty" and, of a body that names only some rows, "/lines/set/0/qty". */
  private keyOf(pointer: string): string | null {
    const parts = pointer.split('/').slice(1).map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    const [field, ...rest] = parts
    if (!field || !this.parts.get('')!.byName.has(field)) return null
    const rows = this.rows[field]
    if (!rows || !rest.length) return field
    const inSet = rest[0] === 'set'
    const [index, name] = inSet ? rest.slice(1) : rest
    const key = inSet ? this.sent.get(field)?.[Number(index)] : rows[Number(index)]?.key
    if (key === undefined) return field
    return name && this.parts.get(field)!.byName.has(name) ? `${field}/${key}/${name}` : field
  }

  // ---- somebody else saved first

  mergeStale(current: RecordData): MergeResult {
    const result = merge({
      root: this.root,
      tables: this.tables(),
      oldRows: this.oldRows,
      rows: this.rows,
      unit: (key) => this.units.get(key)!,
      drop: (table, key) => this.removeRow(table, key),
      add: (table, data) => {
        this.rows[table]!.push(this.newRow(table, data.id, declared(this.parts.get(table)!.fields, data), {}))
        Object.assign(this.rows[table]!.at(-1)!.titles, data.titles ?? {})
      }
    }, current)
    this.revision.value = current.rev
    for (const table of this.tables()) this.oldRows.set(table.name, ((current[table.name] ?? []) as RecordData[]).map((row) => row.id))
    this.options.record = current
    for (const path of result.merged) if (typeof path === 'string' && current.titles?.[path]) this.titles[path] = current.titles[path]
    this.serverFaults.clear()
    this.shown.clear()
    this.run()
    return { ...result, rev: current.rev }
  }

  settle(conflict: MergeConflict, take: 'mine' | 'theirs'): void {
    this.set(conflict.path, take === 'mine' ? conflict.mine : conflict.theirs)
  }

  // ---- waiting

  private wait(open: boolean): void {
    this.waiting.value += open ? 1 : -1
    if (this.waiting.value > 0) return
    for (const done of this.idlers.splice(0)) done()
  }
  idle(): Promise<void> {
    return this.busy ? new Promise((resolve) => this.idlers.push(resolve)) : Promise.resolve()
  }
  dispose(): void {
    this.disposed = true
    clearTimeout(this.timer)
    for (const done of this.idlers.splice(0)) done()
  }
}

const readRecord = (app: string) => async (form: string, id: number): Promise<Record<string, Wire> | null> => {
  try {
    return (await get<RecordData>(`/api/${app}/${form}/${id}`, { titles: 1 })) as unknown as Record<string, Wire>
  } catch (cause) {
    if (cause instanceof ApiProblem && cause.status === 404) return null
    throw cause
  }
}

export async function openForm(options: FormModelOptions): Promise<FormModel> {
  const definition = await loadApp(options.app)
  return formModel(options, definition, await rulesOf(definition))
}

/** For tests and pages that have the definition and the module at hand. */
export function formModel(options: FormModelOptions, definition: AppDefinition, rules: RuleModule | null): FormModel {
  const model = new Model({ ...options }, definition, rules)
  model.run()
  return model
}
