// One record being made or edited. What the user gave is kept apart from what follows from it: every change runs the rules over
// stored values + given values (run.ts) and only what differs is written into the reactive state, so that a keystroke draws one
// cell. Without the module the same questions go to POST …/validate, 300 ms after the last change.
//   entered.ts: stored and given values, rows     outcome.ts: what a run gives, written    fieldStates.ts: how each field stands
//   faults.ts: which fault shows                  asking.ts: the questions to the server
import { markRaw, reactive, ref, toRaw } from 'vue'
import { ApiProblem, get } from '@/api/client'
import type { AppDefinition, FieldFault, FieldRight, FormDef, RecordData } from '@/api/types'
import type { Later } from '@/fields/combo'
import { loadApp, session } from '@/session'
import { Asking } from './asking'
import type { Part } from './compile'
import { formRules, rulesOf } from './engine'
import { Entered, give, partsOf, type Place } from './entered'
import { Faults, type Refused } from './faults'
import { FieldStates, type Standing } from './fieldStates'
import { Linked } from './linked'
import { merge } from './merge'
import type { RuleModule } from './module'
import { Outcome } from './outcome'
import { isEmpty, runRules, type Result, type Unit, type UnitResult, type World } from './run'
import type { Choice, FieldPath, FieldState, FillOffer, FormModel, FormModelOptions, MergeConflict, MergeResult, RowFault, RowModel, Wire } from './types'
import { Sight, type Rights } from './sight'
import { askServer, type ServerAnswer } from './validate'

const MINUTE_MS = 60_000
const NO_ROW_FAULTS: RowFault[] = []
const noState: FieldState = { visible: true, required: false, readOnly: true, computed: false, options: null, checking: false, error: null }

/** Nobody writes over what he cannot see: the mask itself would be sent. */
const isLocked = (right: FieldRight) => right === 'hidden' || right === 'mask'

/** The fields that choosing a reference fills, and those that these fill in turn. */
function filledBy(part: Part, name: string, into = new Set<string>()): Set<string> {
  for (const fill of part.fills) {
    if (fill.by.name !== name || into.has(fill.target.name)) continue
    into.add(fill.target.name)
    filledBy(part, fill.target.name, into)
  }
  return into
}

class Model implements FormModel, Standing {
  readonly app: string
  readonly form: FormDef
  readonly problems: FieldFault[] = reactive([])
  result: Result | null = null
  answer: ServerAnswer | null = null
  /** what this person may do with this record's fields, and what that leaves to the server */
  sight!: Sight

  private readonly parts: Map<string, Part>
  private readonly entered: Entered
  private readonly faultsShown: Faults
  private readonly fieldStates: FieldStates
  private readonly outcome: Outcome
  private readonly linked: Linked
  private readonly asking: Asking
  private readonly version = ref(0)
  private readonly waiting = ref(0)
  private idlers: (() => void)[] = []
  private disposed = false

  constructor(
    private readonly options: FormModelOptions,
    private readonly definition: AppDefinition,
    private rules: RuleModule | null
  ) {
    this.app = options.app
    this.form = options.form
    this.parts = partsOf(options.form, this.compiled())
    this.look(options.record)
    this.entered = new Entered(options.form, this.parts)
    this.faultsShown = new Faults(options.form, this.entered)
    this.linked = new Linked(options.fetch ?? readRecord(options.app), (open) => this.wait(open), () => this.run())
    this.outcome = new Outcome(this.entered, this.linked)
    this.fieldStates = new FieldStates(this.entered, this.faultsShown, this.linked, definition, this)
    this.asking = new Asking(() => this.ask(), (answer) => this.takeAnswer(answer), (isLast) => this.endAsking(isLast), (open) => this.wait(open))
    if (options.record) this.entered.take(options.record)
    else this.entered.begin(options.initial ?? {})
    markRaw(this)
  }

  private compiled() {
    return this.rules && formRules(this.rules, this.definition, this.form.form)
  }

  /** The answer of a save does not tell the rights again. */
  private look(record: RecordData | undefined): void {
    const rights = typeof record?.rights === 'object' ? (record.rights as Rights) : null
    if (rights || !this.sight) this.sight = new Sight(this.parts, rights, this.compiled())
  }

  get hasRules() { return this.rules !== null }
  get values() { return this.entered.values }
  get titles() { return this.entered.titles }
  get rows() { return this.entered.rows }
  get states() { return this.entered.states }
  get offers() { return this.outcome.offers }
  get id() { return this.entered.id.value }
  get rev() { return this.entered.rev.value }
  get busy() { return this.waiting.value > 0 }
  get dirty() {
    void this.version.value
    return this.entered.differs(this.options.initial)
  }

  // ---- one field

  get(path: FieldPath): Wire {
    const at = this.entered.place(path)
    return at?.values[at.field] ?? null
  }
  state(path: FieldPath): FieldState {
    const at = this.entered.place(path)
    return at?.states[at.field] ?? noState
  }
  isDirty(path: FieldPath): boolean {
    void this.version.value
    const at = this.entered.place(path)
    return at !== null && at.field in at.unit.given
  }

  set(path: FieldPath, value: Wire, title?: string): void {
    const at = this.entered.place(path)
    if (!at) return
    const { unit, field } = at
    if (unit.old && isLocked(this.sight.right(unit.part.table, unit.part.byName.get(field)!))) return
    const given = isEmpty(value) ? null : value
    give(unit, field, given)
    at.values[field] = given
    unit.asking.delete(field)
    if (given !== null) for (const name of filledBy(unit.part, field)) unit.asking.add(name)
    if (title !== undefined && given !== null) at.titles[field] = title
    else if (given === null) delete at.titles[field]
    this.faultsShown.forget(at)
    if (this.rules && this.faultsShown.ask(at)) {
      this.redrawTold(at)
      this.asking.later(false)
    }
    this.run()
  }

  later(path: FieldPath, { text, answer }: Later<Choice>): void {
    this.wait(true)
    const take = (choice: Choice | null): void => {
      if (this.disposed) return
      if (choice) return this.set(path, choice.value, choice.title)
      const at = this.entered.place(path)
      if (!at) return
      this.faultsShown.miss(at.key, text)
      if (typeof path !== 'string') this.fieldStates.redraw(path[1])
      this.show()
    }
    void answer.catch(() => null).then(take).finally(() => this.wait(false))
  }

  /** The rows something else is told of; all of them where the candidates of rows may hang on a field of the record. */
  private redrawTold(at?: Place): void {
    const changed = this.faultsShown.takeChanged()
    if (at && at.top === at.name) this.fieldStates.redraw()
    else this.fieldStates.redrawRowsOf(changed)
  }

  takeOver(offers: FillOffer[]): void {
    for (const { path, value, title } of [...offers]) this.set(path, value, title)
  }
  keepMine(offers: FillOffer[]): void {
    for (const { path } of offers) {
      const at = this.entered.place(path)
      at?.unit.asking.delete(at.field)
    }
    this.run()
  }

  touch(path: FieldPath): void {
    const at = this.entered.place(path)
    if (!at) return
    this.faultsShown.touch(at.key)
    if (typeof path !== 'string') this.fieldStates.redraw(path[1])
    this.settleText(at)
    this.show()
  }

  /** What was typed takes the form it will be stored in: "138 0013 8000" becomes 13800138000. */
  private settleText({ unit, values, field }: Place): void {
    const result = this.resultOf(unit)
    if (!result || !(field in unit.given) || result.faults[field]) return
    values[field] = result.values[field] ?? null
    give(unit, field, values[field])
    this.version.value++
  }

  private resultOf(unit: Unit): UnitResult | undefined {
    if (unit === this.entered.root) return this.result?.root
    return this.result?.rows.get(unit.part.table)?.find((row) => row.unit === unit)
  }

  // ---- rows

  /** Follows the version, not each cell: a footer over 500 rows is one dependency. */
  column(table: string, field: string): Wire[] {
    void this.version.value
    return toRaw(this.rows[table] ?? []).map((row) => toRaw(toRaw(row).values)[field] ?? null)
  }
  /** The same empty list as long as there are none: only then nothing is drawn. */
  rowFaults(table: string): RowFault[] {
    void this.version.value
    void this.fieldStates.turns.value
    const { faulty } = this.fieldStates
    if (!faulty.size) return NO_ROW_FAULTS
    const { fields } = this.parts.get(table)!
    return toRaw(this.rows[table] ?? []).flatMap((row, index) => {
      const { key, states } = toRaw(row)
      if (!faulty.has(key)) return []
      return fields.flatMap((field) => {
        const fault = toRaw(states)[field.name]?.error
        return fault ? [{ row: key, index, field, fault }] : []
      })
    })
  }
  addRow(table: string, values: Record<string, Wire> = {}, at?: number): RowModel {
    const row = this.entered.addRow(table, values, at)
    this.runAnew(table)
    return row
  }
  removeRow(table: string, key: string): void {
    if (this.entered.removeRow(table, key)) this.runAnew(table)
  }
  moveRow(table: string, key: string, to: number): void {
    if (this.entered.moveRow(table, key, to)) this.run()
  }
  orderRows(table: string, keys: string[]): void {
    this.entered.orderRows(table, keys)
    this.run()
  }
  copyRow(table: string, key: string): RowModel {
    const { values, titles, at } = this.entered.copyOf(table, key)
    const copy = this.addRow(table, values, at)
    Object.assign(copy.titles, titles)
    return copy
  }

  /** Its rows are others: what was refused of the table holds no more. */
  private runAnew(table: string): void {
    this.faultsShown.forget({ key: table, top: table })
    this.run()
  }

  // ---- running the rules

  /** First run, and again whenever something was given or read. */
  run(): void {
    if (this.disposed) return
    this.version.value++
    if (this.rules) this.runHere(this.rules)
    else this.asking.later(true)
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
      this.result = runRules(this.world(rules), { root: this.entered.root, rows: this.entered.unitsByTable() })
      this.outcome.write(this.result)
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError)) throw cause
      console.warn('rules run on the server:', cause)
      this.rules = this.result = null
      this.asking.later(true)
    }
  }

  blockShown(place: number): boolean {
    return this.outcome.blocks[place] ?? true
  }
  /** Without the module nothing is worked out here: the words around the braces stay. */
  blockText(text: string): string {
    return this.outcome.texts[text] ?? text.replace(/\{[^{}]*\}/g, '…')
  }

  private show(anew = false): void {
    if (anew) this.fieldStates.redraw()
    this.fieldStates.show()
    this.problems.splice(0, this.problems.length, ...this.faultsShown.ofNoField(this.result))
  }

  // ---- asking the server

  private ask(): Promise<ServerAnswer> {
    return (this.options.validate ?? askServer)(this.app, this.form.form, this.id, this.patch() ?? {})
  }

  private takeAnswer(answer: ServerAnswer): void {
    this.faultsShown.answer(answer.errors, !this.rules)
    if (this.rules) return
    this.answer = answer
    this.entered.adopt(answer.values)
    this.version.value++
  }

  private endAsking(isLast: boolean): void {
    if (isLast) this.faultsShown.endAsking()
    this.redrawTold()
    this.show(!this.rules)
  }

  // ---- saving

  check(): boolean {
    this.faultsShown.clearRefusals()
    this.faultsShown.showEvery()
    this.show(true)
    // With the module at hand, what the server said once does not stand in the way of asking it by saving.
    return this.faultsShown.list(this.result, !this.rules).length === 0
  }

  faults(): FieldFault[] {
    return this.faultsShown.list(this.result, true)
  }

  patch(): Record<string, Wire> | null {
    return this.entered.body()
  }

  accept(record: RecordData): void {
    this.faultsShown.reset()
    this.fieldStates.redraw()
    this.look(record)
    this.entered.accept(record)
    this.run()
  }

  applyProblem(body: Refused): void {
    this.entered.body()
    this.faultsShown.refuse(body)
    this.show(true)
  }

  // ---- somebody else saved first

  mergeStale(current: RecordData): MergeResult {
    const { tables, oldRows, rows } = this.entered
    const result = merge({
      root: this.entered.root, tables, oldRows, rows,
      unit: (key) => this.entered.unit(key),
      drop: (table, key) => this.removeRow(table, key),
      add: (table, data) => this.entered.addStored(table, data)
    }, current)
    this.entered.rebase(current)
    for (const path of result.merged) if (typeof path === 'string' && current.titles?.[path]) this.titles[path] = current.titles[path]
    this.faultsShown.clearRefusals()
    this.fieldStates.redraw()
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
    this.asking.stop()
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
  const model = new Model(options, definition, rules)
  model.run()
  return model
}
