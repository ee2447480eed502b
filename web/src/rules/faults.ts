// Which fault a field shows, of four kinds: what was chosen by words that mean nothing, what the server refused on saving, what
// the rules say once the field has been left or saved, and what the server answered when it was asked.
import type { FieldFault, FormDef } from '@/api/types'
import { t } from '@/i18n/t'
import { ASKED_CODES, askedFields, SHARED_CODES } from './asked'
import type { Entered, Place } from './entered'
import type { Result, UnitResult } from './run'

export interface Refused {
  errors?: FieldFault[]
  detail?: string
  code?: string
  title?: string
}

const faultIn = (result: UnitResult | undefined, field: string): FieldFault | undefined => result?.faults[field] ?? result?.shared[field]

export class Faults {
  private readonly asked: Set<string>
  private readonly touched = new Set<string>()
  private readonly refused = new Map<string, FieldFault>()
  private readonly missed = new Map<string, FieldFault>()
  /** refusals of no field */
  private leftover: FieldFault[] = []
  /** of the server's last answer: all it said where there is no module, else what only it can know */
  private readonly answered = new Map<string, FieldFault>()
  /** fields the server is being asked about */
  private readonly checking = new Set<string>()
  /** fields of which something else is told since `takeChanged` */
  private readonly changed = new Set<string>()
  private showAll = false

  constructor(
    private readonly form: FormDef,
    private readonly entered: Entered
  ) {
    this.asked = askedFields(form)
  }

  // ---- what happens

  /** Who comes by again has seen what was not found. */
  touch(key: string): void {
    this.touched.add(key)
    this.missed.delete(key)
  }

  /** Something was typed to be chosen, and is not there. */
  miss(key: string, text: string): void {
    this.missed.set(key, { pointer: '', code: 'no_match', params: { text }, get detail() { return t('field.noMatch', { text }) } })
  }

  /** A refusal goes when its field, or anything in its sub-table, changes. */
  forget({ key, top }: Pick<Place, 'key' | 'top'>): void {
    this.missed.delete(key)
    this.refused.delete(key)
    this.refused.delete(top)
    this.leftover = []
  }

  /** What the server said of it holds no more. True: it has to be asked again. */
  ask({ key, name }: Place): boolean {
    if (!this.asked.has(name)) return false
    this.answered.delete(key)
    for (const [other, fault] of this.answered) {
      if (!SHARED_CODES.has(fault.code)) continue
      this.answered.delete(other)
      this.changed.add(other)
    }
    this.checking.add(key)
    this.changed.add(key)
    return true
  }

  answer(errors: FieldFault[], all: boolean): void {
    for (const key of this.answered.keys()) this.changed.add(key)
    this.answered.clear()
    for (const fault of errors) {
      const key = this.entered.keyOf(fault.pointer)
      const counts = all || ASKED_CODES.has(fault.code)
      if (!key || !counts || this.answered.has(key)) continue
      this.answered.set(key, fault)
      this.changed.add(key)
    }
  }

  endAsking(): void {
    for (const key of this.checking) this.changed.add(key)
    this.checking.clear()
  }

  takeChanged(): string[] {
    const keys = [...this.changed]
    this.changed.clear()
    return keys
  }

  refuse(body: Refused): void {
    this.leftover = []
    for (const fault of body.errors ?? []) {
      const key = this.entered.keyOf(fault.pointer)
      if (key) this.refused.set(key, this.refused.get(key) ?? fault)
      else this.leftover.push(fault)
    }
    if (!body.errors?.length) this.leftover.push({ pointer: '', code: body.code ?? '', detail: body.detail ?? body.title ?? '', params: {} })
    this.showAll = true
  }

  /** What refused the last save may hold no more, whatever was changed to mend it: another field, or a record elsewhere. */
  clearRefusals(): void {
    this.refused.clear()
    this.leftover = []
  }

  showEvery(): void {
    this.showAll = true
  }

  reset(): void {
    this.clearRefusals()
    this.missed.clear()
    this.answered.clear()
    this.touched.clear()
    this.showAll = false
  }

  // ---- what shows

  isChecking(key: string): boolean {
    return this.checking.has(key)
  }

  /** With the module at hand an answer is about this field alone, and shows at once. */
  shown(key: string, field: string, result: UnitResult | undefined, hasRules: boolean): FieldFault | null {
    const seen = this.showAll || this.touched.has(key)
    const own = seen ? faultIn(result, field) : undefined
    const told = seen || hasRules ? this.answered.get(key) : undefined
    return this.missed.get(key) ?? this.refused.get(key) ?? own ?? told ?? null
  }

  ofNoField(result: Result | null): FieldFault[] {
    return [...(this.showAll ? (result?.problems ?? []) : []), ...this.leftover]
  }

  /** All of them in the order of the form; with what the server answered on being asked, or without. */
  list(result: Result | null, withAnswered: boolean): FieldFault[] {
    const out: FieldFault[] = []
    const add = (key: string, own: FieldFault | undefined, pointer: string): void => {
      const fault = this.missed.get(key) ?? this.refused.get(key) ?? own ?? (withAnswered ? this.answered.get(key) : undefined)
      if (fault) out.push({ pointer, code: fault.code, params: fault.params, get detail() { return fault.detail } })
    }
    for (const f of this.form.fields) {
      add(f.name, result?.root.faults[f.name], `/${f.name}`)
      this.entered.rows[f.name]?.forEach((row, i) => {
        for (const x of f.fields ?? []) add(`${f.name}/${row.key}/${x.name}`, faultIn(result?.rows.get(f.name)?.[i], x.name), `/${f.name}/${i}/${x.name}`)
      })
    }
    return [...out, ...(result?.problems ?? []), ...this.leftover]
  }
}
