// How every field stands: shown, required, locked, which candidates it offers, its fault. Written into the reactive state where
// it differs, so that a keystroke draws one cell.
import { ref, toRaw } from 'vue'
import type { AppDefinition, FieldDef, FieldRight } from '@/api/types'
import type { Entered } from './entered'
import type { Faults } from './faults'
import type { Linked } from './linked'
import { optionFilter, type Named } from './options'
import type { Flags, Result, Unit, UnitResult } from './run'
import type { Sight } from './sight'
import type { FieldState } from './types'
import type { ServerAnswer, ServerState } from './validate'

/** What the states follow from. Without the module there is no result, and the server's answer stands in for it. */
export interface Standing {
  readonly sight: Sight
  readonly result: Result | null
  readonly answer: ServerAnswer | null
  readonly hasRules: boolean
}

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent', 'duration'])
const STATE_KEYS: (keyof FieldState)[] = ['visible', 'required', 'readOnly', 'computed', 'options', 'checking', 'error']

function stateOf(f: FieldDef, right: FieldRight, flags: Flags | undefined, told: ServerState | undefined): FieldState {
  const computed = f.computed === true || f.formula !== undefined
  const fixed = computed || f.type === 'serial' || f.read_only === true || right !== 'edit' || f.name === 'state'
  const hidden = right === 'hidden' || (flags ? flags.hidden : told ? !told.visible : false)
  const required = flags ? flags.required : (told?.required ?? false)
  const readOnly = flags ? flags.readOnly : (told?.read_only ?? false)
  return { visible: !hidden, required: (f.required === true || required) && !hidden, readOnly: fixed || readOnly, computed, options: null, checking: false, error: null }
}

export class FieldStates {
  /** what the rows show, by key: a row whose result is the same one is not drawn again */
  private readonly shown = new Map<string, { result: UnitResult | undefined; shared: UnitResult['shared'] | undefined }>()
  /** counts the changes of faults: who lists those of 500 rows follows one value */
  readonly turns = ref(0)
  /** the rows that have shown a fault, by key */
  readonly faulty = new Set<string>()

  constructor(
    private readonly entered: Entered,
    private readonly faults: Faults,
    private readonly linked: Linked,
    private readonly definition: AppDefinition,
    private readonly standing: Standing
  ) {}

  /** The row, or every row, is drawn again though its result stands: what is told of its faults has changed. */
  redraw(key?: string): void {
    if (key === undefined) this.shown.clear()
    else this.shown.delete(key)
  }

  /** Of these fields something else is told: their rows are drawn again. */
  redrawRowsOf(fields: string[]): void {
    for (const field of fields) this.shown.delete(field.split('/')[1] ?? '')
  }

  show(): void {
    const { result, answer } = this.standing
    this.showUnit(this.entered.states, this.entered.root, result?.root, answer?.fields, '')
    for (const [table, rows] of Object.entries(this.entered.rows))
      toRaw(rows).forEach((reactiveRow, i) => {
        const row = toRaw(reactiveRow)
        const own = result?.rows.get(table)?.[i]
        const known = this.shown.get(row.key)
        if (known && known.result === own && known.shared === own?.shared) return
        this.shown.set(row.key, { result: own, shared: own?.shared })
        if (this.showUnit(rows[i]!.states, this.entered.unit(row.key), own, answer?.rows?.[table]?.[i], `${table}/${row.key}/`)) this.faulty.add(row.key)
        else this.faulty.delete(row.key)
      })
  }

  /** True: one of its fields shows a fault. */
  private showUnit(states: Record<string, FieldState>, unit: Unit, result: UnitResult | undefined, told: ServerAnswer['fields'] | undefined, prefix: string): boolean {
    let isFaulty = false
    const known = toRaw(states) // compared without tracking, written through the proxy
    for (const f of unit.part.fields) {
      const key = prefix + f.name
      const next = stateOf(f, this.standing.sight.right(unit.part.table, f), result?.flags[f.name], told?.[f.name])
      next.options = f.form && (f.type === 'ref' || f.type === 'refs') ? this.filterOf(unit, result, f) : null
      next.checking = this.faults.isChecking(key)
      next.error = this.faults.shown(key, f.name, result, this.standing.hasRules)
      isFaulty ||= next.error !== null
      const had = known[f.name]
      if (had ? toRaw(had.error) !== next.error : next.error) this.turns.value++
      if (!had) states[f.name] = next
      else for (const name of STATE_KEYS) if (toRaw(had[name]) !== next[name]) (states[f.name] as unknown as Record<string, unknown>)[name] = next[name]
    }
    return isFaulty
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
    const part = inParent ? this.entered.root.part : unit.part
    const values = inParent ? this.entered.values : (result?.values ?? this.entered.values)
    const path = inParent ? rest : [first!, ...rest]
    const f = part.byName.get(path[0] ?? '')
    if (!f) return undefined
    const value = values[f.name] ?? null
    if (path.length === 1) return { value, number: NUMBERS.has(f.type) }
    const record = f.form && typeof value === 'number' ? this.linked.record(f.form, value) : null
    const last = this.definition.forms.find((form) => form.form === f.form)?.fields.find((x) => x.name === path[1])
    return path.length === 2 && last ? { value: record?.[path[1]!] ?? null, number: NUMBERS.has(last.type) } : undefined
  }
}
