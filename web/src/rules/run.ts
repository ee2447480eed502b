// One run of the rules over a record as it is being edited: what is given, what follows from it, how every field stands and
// what is wrong. The same steps in the same order as the server's (engines/form: defaults.c, linkage.c, computed.c, validate.c,
// validate_rows.c); they are written down in docs/decisions/0013. A run starts from the stored values and what was given,
// never from the last run, so undoing a change undoes what followed from it.
import type { FieldDef, FieldFault, Label } from '@/api/types'
import type { CompiledForm, Linkage, Part, Words } from './compile'
import { isRefusal, type Checked, type Place, type Read, type Refusal, type Rule, type RuleModule } from './module'
import type { Wire } from './types'
import { ownWords } from './messages'
import type { Sight } from './sight'
import { faultOf } from './words'

export type Values = Record<string, Wire>

/** The record or one row, as it goes into a run. */
export interface Unit {
  part: Part
  id: number | null
  /** as stored; null: new */
  old: Values | null
  given: Values
  /** fields that a reference chosen since would fill anew, though they hold something */
  asking: Set<string>
  /** results by rule, with the values they came from */
  memo: Map<number, { from: string; result: Wire | Refusal }>
  /** and of single values */
  checked: Map<string, Checked & { from: string }>
  /** of a row: its last result and what that came from */
  last?: Last
}
/** All a row's result comes from. */
interface Last {
  result: UnitResult
  given: Values
  asking: string[]
  id: number | null
  old: Values | null
  /** how many records were read by then, and whether those it points at were among them */
  linkedCount: number
  isRead: boolean[]
  now: string
  /** what it reads of the record around it */
  outside: string
}
export interface Input {
  root: Unit
  /** by table, in order */
  rows: Map<string, Unit[]>
}
export interface Flags {
  hidden: boolean
  required: boolean
  readOnly: boolean
  options: string[]
}
export interface UnitResult {
  unit: Unit
  values: Values
  flags: Record<string, Flags>
  faults: Record<string, FieldFault>
  /** faults it has beside other rows: the same key twice */
  shared: Record<string, FieldFault>
  /** and those of no field */
  problems: FieldFault[]
  /** where a filled reference came from: `account.main_contact` */
  filled: Record<string, string>
  /** of the fields that are asked about: what they would be filled with */
  offers: Record<string, { by: string; value: Wire; path?: string }>
}
export interface Result {
  root: UnitResult
  rows: Map<string, UnitResult[]>
  /** faults of no field */
  problems: FieldFault[]
  /** which layout blocks are shown, by place; and what their texts say now */
  blocks: boolean[]
  texts: Map<string, string>
}
export interface World {
  rules: RuleModule
  form: CompiledForm
  sight: Sight
  now: string
  user: Record<string, Wire>
  /** a record referred to; null: there is none; undefined: not read yet */
  linked(form: string, id: number): Values | null | undefined
  isKnown(form: string, id: number): boolean
  /** rises whenever one more has been read */
  linkedCount: number
  /** the form a field of another form points at */
  target(form: string, field: string): string | undefined
}

const PASSES_MAX = 8
const NO_FAULTS: Record<string, FieldFault> = {}
export const same = (a: Wire | undefined, b: Wire | undefined): boolean =>
  (a ?? null) === (b ?? null) || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
function sameValues(a: Values, b: Values): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]))
}
export const isEmpty = (v: Wire | undefined): boolean => v === null || v === undefined || v === '' || (Array.isArray(v) && v.length === 0)

/** As one value: a lone number is its own, texts of 500 of them would be made with every keystroke. */
function keyText(parts: Wire[]): Wire {
  return parts.length === 1 && typeof parts[0] === 'number' ? parts[0] : JSON.stringify(parts)
}

class Run {
  readonly root: UnitResult
  readonly rows = new Map<string, UnitResult[]>()
  readonly units: UnitResult[]
  readonly parents = new Map<UnitResult, UnitResult>()
  readonly gone = new Set<string>()
  readonly problems: FieldFault[] = []
  private readonly derived = new Map<UnitResult, Set<string>>()
  private quiet = false
  /** the record and the rows that have to be run: the rest stand as they stood */
  readonly open: UnitResult[]
  private readonly kept = new Set<UnitResult>()

  constructor(
    readonly world: World,
    readonly input: Input,
    again: boolean
  ) {
    this.root = this.begin(input.root)
    for (const [table, units] of input.rows) {
      this.rows.set(table, units.map((unit) => (again ? undefined : this.keep(unit)) ?? this.begin(unit)))
      for (const row of this.rows.get(table)!) this.parents.set(row, this.root)
    }
    this.units = [this.root, ...[...this.rows.values()].flat()]
    this.open = this.units.filter((u) => !this.kept.has(u))
  }

  // ---- rows nobody touched

  private isRead(f: FieldDef, id: Wire | undefined): boolean {
    return typeof id === 'number' && this.world.isKnown(f.form!, id)
  }
  private outsideOf(part: Part): string {
    return JSON.stringify(part.outside.map((read) => this.readFrom(this.root, this.root.values, read)))
  }

  private keep(unit: Unit): UnitResult | undefined {
    const last = unit.last
    if (!last || !this.stands(unit, last)) return undefined
    this.kept.add(last.result)
    return last.result
  }

  /** Compared value by value: a text made of each of 500 rows would cost more than running the one that changed. */
  private stands({ part, given, asking, id, old }: Unit, last: Last): boolean {
    if (last.old !== old || last.id !== id || (part.clock && last.now !== this.world.now)) return false
    if (!sameValues(given, last.given) || last.asking.length !== asking.size || !last.asking.every((name) => asking.has(name))) return false
    if (last.linkedCount === this.world.linkedCount) return true
    return !part.deep && part.refs.every((f, i) => this.isRead(f, last.result.values[f.name]) === last.isRead[i])
  }

  /** Do the rows that were kept stand on what the record says now? */
  settled(): boolean {
    for (const [table, rows] of this.rows) {
      const outside = this.outsideOf(this.world.form.tables.get(table)!)
      if (rows.some((row) => this.kept.has(row) && row.unit.last!.outside !== outside)) return false
    }
    return true
  }

  remember(): void {
    for (const [table, rows] of this.rows) {
      if (this.gone.has(table)) continue
      const outside = this.outsideOf(this.world.form.tables.get(table)!)
      for (const row of rows)
        if (!this.kept.has(row)) row.unit.last = this.lastOf(row, outside)
    }
  }

  private lastOf(result: UnitResult, outside: string): Last {
    const { given, asking, id, old, part } = result.unit
    const { linkedCount, now } = this.world
    return { result, given: { ...given }, asking: [...asking], id, old, linkedCount, isRead: part.refs.map((f) => this.isRead(f, result.values[f.name])), now, outside }
  }

  private begin(unit: Unit): UnitResult {
    const values: Values = {}
    const flags: Record<string, Flags> = {}
    for (const f of unit.part.fields) {
      if (f.type !== 'table') values[f.name] = this.taken(unit, f)
      flags[f.name] = { hidden: false, required: false, readOnly: false, options: [] }
    }
    const result: UnitResult = { unit, values, flags, faults: {}, shared: NO_FAULTS, problems: [], filled: {}, offers: {} }
    this.derived.set(result, new Set())
    return result
  }

  /** The stored or given value; a given one in the form it would be stored in, unless it cannot be read at all. */
  private taken(unit: Unit, f: FieldDef): Wire {
    const old = unit.old?.[f.name] ?? (f.counts && !unit.old ? 0 : null)
    if (!(f.name in unit.given)) return old
    const value = unit.given[f.name] ?? null
    if (isEmpty(value)) return null
    const checked = this.checkValue(unit, f, value)
    return checked.read ? checked.value : old
  }

  checkValue(unit: Unit, f: FieldDef, value: Wire): Checked {
    const from = JSON.stringify(value)
    const known = unit.checked.get(f.name)
    if (known?.from === from) return known
    const place: Place = { form: this.world.form.form, table: unit.part.table || undefined, field: f.name }
    const checked = { from, ...this.world.rules.check([{ ...place, value }])[0]! }
    unit.checked.set(f.name, checked)
    return checked
  }

  // ---- what expressions read

  private follow(values: Values, form: string, path: string[], part: Part | null): Wire {
    const [name, ...rest] = path
    const value = values[name!] ?? null
    if (!rest.length || value === null) return value
    const target = part ? part.byName.get(name!)?.form : this.world.target(form, name!)
    const record = target && typeof value === 'number' ? this.world.linked(target, value) : null
    return record && target ? this.follow(record, target, rest, null) : null
  }

  private readFrom(u: UnitResult, values: Values, read: Read): Wire {
    const form = this.world.form.form
    if (!read.path.length) return u.unit.id ?? 0
    if (u.unit.part.table || !read.rows) return this.follow(values, form, read.path, u.unit.part)
    const [table, ...rest] = read.path
    const rows = this.gone.has(table!) ? [] : (this.rows.get(table!) ?? [])
    return rows.map((row) => (rest.length ? this.follow(row.values, form, rest, row.unit.part) : (row.unit.id ?? 0)))
  }

  slot(u: UnitResult, read: Read): Wire {
    if (read.root === 'record') return this.readFrom(u, u.values, read)
    if (read.root === 'old') return u.unit.old ? this.follow(u.unit.old, this.world.form.form, read.path, u.unit.part) : null
    if (read.root === 'parent') return this.readFrom(this.parents.get(u) ?? u, (this.parents.get(u) ?? u).values, read)
    if (read.root === 'user') return this.world.user[read.path[0] ?? 'login'] ?? null
    return null
  }

  private evaluate(u: UnitResult, rule: Rule): Wire | Refusal {
    const slots = rule.reads.map((read) => this.slot(u, read))
    const from = JSON.stringify(rule.clock ? [this.world.now, slots] : slots)
    const known = u.unit.memo.get(rule.id)
    if (known?.from === from) return known.result
    const result = this.world.rules.eval(this.world.now, [[rule.id, slots]])[0] ?? null
    u.unit.memo.set(rule.id, { from, result })
    return result
  }

  /** A rule that fails gives null and, unless it runs on the way only, a fault at its field. */
  value(u: UnitResult, rule: Rule, at?: string): Wire {
    const result = this.evaluate(u, rule)
    if (!isRefusal(result)) return result
    if (!this.quiet && at) this.fault(u, at, result.code, result.params)
    return null
  }

  holds(u: UnitResult, rule: Rule | null): boolean {
    return rule === null || this.value(u, rule) === true
  }

  fault(u: UnitResult, field: string, code: string, params: Record<string, string> = {}, message?: Label): void {
    if (!u.faults[field]) u.faults[field] = faultOf(field, code, params, message ?? ownWords(u.unit.part.byName.get(field), code))
  }

  isGiven(u: UnitResult, field: string): boolean {
    return field in u.unit.given
  }

  changed(u: UnitResult, field: string): boolean {
    return !same(u.unit.old?.[field], u.values[field])
  }

  // ---- fills and defaults (defaults.c)

  private put(u: UnitResult, field: string, value: Wire): void {
    u.values[field] = value
    this.derived.get(u)!.add(field)
  }

  private fill(u: UnitResult): boolean {
    let changed = false
    for (const fill of u.unit.part.fills) {
      if (u.values[fill.by.name] === null || (u.unit.old && !this.changed(u, fill.by.name))) continue
      const name = fill.target.name
      const free = !u.unit.old || this.derived.get(u)!.has(name) || isEmpty(u.values[name])
      if (this.isGiven(u, name) || !free || this.world.sight.blind(u.unit.part, fill.rule)) continue
      const value = this.value(u, fill.rule, name)
      if (isEmpty(value) || same(value, u.values[name])) continue
      this.put(u, name, value)
      if (fill.path) u.filled[name] = fill.path
      changed = true
    }
    return changed
  }

  /** What a fill does not put in place of something that is there already; whoever chose the reference is asked. */
  offer(u: UnitResult): void {
    for (const fill of u.unit.part.fills) {
      const { name } = fill.target
      if (!u.unit.asking.has(name) || isEmpty(u.values[name]) || isEmpty(u.values[fill.by.name])) continue
      if (u.unit.old && !this.changed(u, fill.by.name)) continue
      const fixed = u.flags[name]!.readOnly || u.flags[name]!.hidden || fill.target.read_only || this.world.sight.right(u.unit.part.table, fill.target) !== 'edit'
      const value = fixed ? null : this.value(u, fill.rule)
      if (!isEmpty(value) && !same(value, u.values[name])) u.offers[name] = { by: fill.by.name, value, path: fill.path ?? undefined }
    }
  }

  private fillAll(u: UnitResult): void {
    for (let i = 0; i <= u.unit.part.fills.length && this.fill(u); i++);
  }

  defaults(u: UnitResult): void {
    this.fillAll(u)
    if (u.unit.old) return
    for (const { field, rule } of u.unit.part.defaults) {
      if (this.isGiven(u, field.name) || this.derived.get(u)!.has(field.name)) continue
      const value = this.value(u, rule, field.name)
      if (!isEmpty(value)) this.put(u, field.name, value)
    }
    this.fillAll(u)
  }

  // ---- formulas (computed.c) and linkage (linkage.c)

  /** A lookup follows its reference when that changes; while it does not, what the server said stands. */
  private lookUp(u: UnitResult): void {
    for (const f of u.unit.part.fields) {
      const path = f.from?.split('.')
      if (!path || (u.unit.old && !this.changed(u, path[0]!))) continue
      u.values[f.name] = this.follow(u.values, this.world.form.form, path, u.unit.part)
      u.filled[f.name] = f.from!
    }
  }

  /** What follows from a value that is not known here stays as the server said it. */
  private asTold(u: UnitResult, field: string, rule: Rule): boolean {
    if (!u.unit.old || !this.world.sight.blind(u.unit.part, rule)) return false
    u.values[field] = u.unit.old[field] ?? null
    return true
  }

  private compute(): void {
    for (const u of this.open) this.lookUp(u)
    for (const { part, field, rule } of this.world.form.computed) {
      for (const u of part.table ? (this.rows.get(part.table) ?? []) : [this.root]) {
        if (this.kept.has(u) || this.asTold(u, field.name, rule)) continue
        const emptied = u.flags[field.name]!.hidden && hiddenValue(field) === 'empty'
        u.values[field.name] = emptied ? null : this.value(u, rule, field.name)
      }
    }
  }

  /** Conditions are compared with what they were in the stored record. */
  private becameTrue(u: UnitResult, l: Linkage): boolean {
    if (!u.unit.old || !l.when) return !u.unit.old
    const before: UnitResult = { ...u, values: u.unit.old, unit: { ...u.unit, memo: new Map() } }
    return !this.holds(before, l.when)
  }

  private link(u: UnitResult): boolean {
    let changed = false
    const shown = new Set<string>()
    for (const f of Object.values(u.flags)) Object.assign(f, { hidden: false, required: false, readOnly: false, options: [] })
    for (const l of u.unit.part.linkages) {
      if (this.world.sight.blind(u.unit.part, l.when) || !this.holds(u, l.when)) continue
      for (const name of l.show) shown.add(name)
      for (const name of l.hide) if (u.flags[name]) u.flags[name]!.hidden = true
      for (const name of l.require) if (u.flags[name]) u.flags[name]!.required = true
      for (const name of l.readOnly) if (u.flags[name]) u.flags[name]!.readOnly = true
      for (const { field, text } of l.options) u.flags[field]?.options.push(text)
      if (l.sets.length && this.becameTrue(u, l)) changed = this.applySets(u, l) || changed
    }
    for (const name of u.unit.part.shown) if (!shown.has(name) && u.flags[name]) u.flags[name]!.hidden = true
    return changed
  }

  private applySets(u: UnitResult, l: Linkage): boolean {
    let changed = false
    for (const { field, rule } of l.sets) {
      if (this.isGiven(u, field.name) || this.world.sight.blind(u.unit.part, rule)) continue
      const value = this.value(u, rule, field.name)
      if (same(value, u.values[field.name])) continue
      this.put(u, field.name, value)
      changed = true
    }
    return changed
  }

  /** Waits until the conditions stand still, so that a field hidden only on the way loses nothing. */
  private hideValues(u: UnitResult): boolean {
    let changed = false
    for (const f of u.unit.part.fields) {
      const hides = u.flags[f.name]!.hidden && hiddenValue(f) !== 'keep'
      if (f.type === 'table') {
        const empty = hides && hiddenValue(f) === 'empty'
        if (this.gone.has(f.name) === empty) continue
        if (empty) this.gone.add(f.name)
        else this.gone.delete(f.name)
        changed = true
      } else if (hides && !f.formula && f.type !== 'serial') {
        const usual = u.unit.part.defaults.find((d) => d.field.name === f.name)
        const value = hiddenValue(f) === 'recalculate' && usual ? this.value(u, usual.rule, f.name) : null
        if (same(value, u.values[f.name])) continue
        u.values[f.name] = value
        changed = true
      }
    }
    return changed
  }

  derive(): void {
    let changed = this.world.form.linked
    this.quiet = true
    for (let i = 0; changed && i < PASSES_MAX; i++) {
      this.compute()
      changed = this.open.map((u) => this.link(u)).some(Boolean)
      if (!changed) changed = this.open.map((u) => this.hideValues(u)).some(Boolean)
    }
    this.quiet = false
    if (changed) this.problems.push(faultOf('', 'linkage_endless'))
    this.compute()
  }

  // ---- is it allowed to be? (validate.c, validate_rows.c, transition.c)

  private empty(u: UnitResult, f: FieldDef): boolean {
    if (f.type === 'table') return this.gone.has(f.name) || !(this.rows.get(f.name) ?? []).length
    return isEmpty(u.values[f.name])
  }

  /** A field made read-only keeps its stored value; a new record's is what a set or its default gives (linkage.c). */
  private respected(u: UnitResult, f: FieldDef): boolean {
    if (f.type === 'table' || !u.flags[f.name]!.readOnly || !this.isGiven(u, f.name) || !this.changed(u, f.name)) return true
    if (u.unit.old) return false
    const sets = u.unit.part.linkages.filter((l) => this.holds(u, l.when)).flatMap((l) => l.sets.filter((set) => set.field.name === f.name))
    const rule = sets.at(-1)?.rule ?? u.unit.part.defaults.find((d) => d.field.name === f.name)?.rule
    return rule === undefined || same(this.value(u, rule, f.name), u.values[f.name])
  }

  private validateFields(u: UnitResult): void {
    for (const f of u.unit.part.fields) {
      const flags = u.flags[f.name]!
      const given = u.unit.given[f.name]
      if (!u.faults[f.name] && !this.respected(u, f)) this.fault(u, f.name, 'read_only', { field: f.name })
      // What was given is judged as it was given; a wrong one may have no stored form at all.
      // What a hidden field loses on saving is not judged at all, unless it cannot even be read.
      const lost = flags.hidden && hiddenValue(f) !== 'keep' && this.isGiven(u, f.name) && !isEmpty(given) && this.checkValue(u.unit, f, given!).read
      const value = this.isGiven(u, f.name) && !lost ? given : u.values[f.name]
      if (f.type !== 'table' && !isEmpty(value) && (this.isGiven(u, f.name) || (f.type !== 'lookup' && this.changed(u, f.name)))) {
        const fault = this.checkValue(u.unit, f, value!).errors[0]
        if (fault) this.fault(u, f.name, fault.code, fault.params)
      }
      const required = (f.required || flags.required) && f.type !== 'serial' && !flags.hidden
      const unseen = u.unit.old !== null && ['hidden', 'mask'].includes(this.world.sight.right(u.unit.part.table, f))
      const left = u.unit.part.left.has(f.name) && !this.isGiven(u, f.name)
      if (required && !unseen && !left && this.empty(u, f)) this.fault(u, f.name, 'required')
    }
  }

  /** A check over stored values alone is the server's to judge: some of them may be masked here, and it says so on saving. */
  private untouched(u: UnitResult, rules: Rule[]): boolean {
    if (!u.unit.old) return false
    return rules.flatMap((rule) => rule.reads).every((read) => {
      const field = read.root === 'record' ? read.path[0] : undefined
      if (field === undefined) return read.root !== 'parent'
      return !this.rows.has(field) && !this.changed(u, field)
    })
  }

  private runChecks(u: UnitResult): void {
    for (const c of u.unit.part.checks) {
      if (this.world.sight.blind(u.unit.part, c.when, c.require) || !this.holds(u, c.when)) continue
      if (this.value(u, c.require, c.at) !== false || this.untouched(u, [c.require, ...(c.when ? [c.when] : [])])) continue
      const message = c.message && this.words(u, c.message)
      const code = message === undefined ? 'check_unnamed' : 'check'
      if (c.at) this.fault(u, c.at, code, { check: c.id }, message)
      else u.problems.push(faultOf(u === this.root ? '' : u.unit.part.table, code, { check: c.id }, message))
    }
  }

  /** What may not be known here stays an ellipsis, as on the server. */
  private words(u: UnitResult, message: Words): Label {
    const filled = message.filled
      .filter(({ rule }) => !this.world.sight.blind(u.unit.part, rule))
      .map(({ language, rule }) => [language, this.value(u, rule)] as const)
      .filter(([, text]) => typeof text === 'string')
    return { ...message.told, ...Object.fromEntries(filled) }
  }

  private countRows(f: FieldDef): void {
    const n = this.gone.has(f.name) ? 0 : (this.rows.get(f.name) ?? []).length
    if (this.root.flags[f.name]!.hidden) return
    if (f.min_rows !== undefined && n < f.min_rows) this.fault(this.root, f.name, 'too_few_rows', { min: String(f.min_rows) })
    else if (f.max_rows !== undefined && n > f.max_rows) this.fault(this.root, f.name, 'too_many_rows', { max: String(f.max_rows) })
  }

  /** A row whose key has an empty part is equal to no other. */
  private checkKeys(table: string): void {
    const rows = this.gone.has(table) ? [] : (this.rows.get(table) ?? [])
    for (const key of this.world.form.tables.get(table)!.unique) {
      const first = new Map<Wire, number>()
      rows.forEach((row, i) => {
        if (key.some((name) => isEmpty(row.values[name]))) return
        const text = keyText(key.map((name) => row.values[name]!))
        const before = first.get(text)
        if (before === undefined) first.set(text, i)
        else for (const name of key) this.share(row, name, before)
      })
    }
  }

  private share(row: UnitResult, field: string, before: number): void {
    if (row.faults[field]) return
    if (row.shared === NO_FAULTS) row.shared = {}
    row.shared[field] ??= faultOf(field, 'row_not_unique', { row: String(before + 1) }, ownWords(row.unit.part.byName.get(field), 'row_not_unique'))
  }

  /** Who may make a move is the server's to say; what it needs is known here. */
  private checkMoves(u: UnitResult): void {
    const moved = new Set(u.unit.part.transitions.map((t) => t.field))
    for (const name of moved) {
      const old = u.unit.old?.[name]
      if (isEmpty(old) || !this.changed(u, name) || u.faults[name]) continue
      const move = u.unit.part.transitions.find(
        (t) => t.may && t.field === name && t.to === u.values[name] && (!t.from.length || t.from.includes(String(old))) && !this.world.sight.blind(u.unit.part, t.when) && this.holds(u, t.when)
      )
      for (const need of move?.require ?? []) {
        const f = u.unit.part.byName.get(need)
        if (f && this.empty(u, f)) this.fault(u, need, 'required')
      }
    }
  }

  // ---- the page around the fields

  layout(): Pick<Result, 'blocks' | 'texts'> {
    const texts = [...this.world.form.templates].map(([text, rule]) => [text, String(this.value(this.root, rule) ?? '')] as const)
    return { blocks: this.world.form.blocks.map((when) => this.holds(this.root, when)), texts: new Map(texts) }
  }

  validate(): void {
    for (const u of this.open) {
      if (u !== this.root && this.gone.has(u.unit.part.table)) continue
      this.validateFields(u)
      this.runChecks(u)
    }
    for (const u of this.units) u.shared = NO_FAULTS
    for (const f of this.world.form.tableFields) {
      this.countRows(f)
      this.checkKeys(f.name)
    }
    for (const u of this.open) this.checkMoves(u)
  }
}

function hiddenValue(f: FieldDef): 'keep' | 'empty' | 'recalculate' {
  return f.hidden_value ?? 'keep'
}

function runOnce(world: World, input: Input, again: boolean): Run {
  const run = new Run(world, input, again)
  for (const u of run.open) run.defaults(u)
  run.derive()
  for (const u of run.open) if (u.unit.asking.size) run.offer(u)
  return run
}

/**
 * A row whose own values, references and clock are as they were keeps its last result, so that typing into one of 500 runs one.
 * That stands as long as the record says what the rows read of it; when it does not, all of them run.
 */
export function runRules(world: World, input: Input): Result {
  let run = runOnce(world, input, false)
  if (!run.settled()) run = runOnce(world, input, true)
  run.validate()
  run.remember()
  return { root: run.root, rows: run.rows, problems: [...run.problems, ...run.units.flatMap((u) => u.problems)], ...run.layout() }
}
