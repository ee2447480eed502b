// What a run of the rules gives, written into the reactive state: values, titles, layout blocks, offers. Only what differs, and
// what is being typed stays as it was typed.
import { reactive, toRaw } from 'vue'
import type { Entered } from './entered'
import type { Linked } from './linked'
import { same, type Result, type UnitResult, type Values } from './run'
import type { FieldPath, FillOffer, Wire } from './types'

export class Outcome {
  readonly offers: FillOffer[] = reactive([])
  readonly blocks: Record<number, boolean> = reactive({})
  readonly texts: Record<string, string> = reactive({})
  /** the results the rows show, by key: a row whose result is the same one is not written again */
  private readonly written = new Map<string, UnitResult>()

  constructor(
    private readonly entered: Entered,
    private readonly linked: Linked
  ) {}

  write(result: Result): void {
    this.writeUnit(this.entered.values, this.entered.titles, result.root)
    Object.assign(this.blocks, result.blocks)
    Object.assign(this.texts, Object.fromEntries(result.texts))
    for (const [table, units] of result.rows) {
      const plain = toRaw(this.entered.rows[table]!)
      units.forEach((unit, i) => {
        const { key } = toRaw(plain[i]!)
        if (this.written.get(key) === unit) return
        this.written.set(key, unit)
        const row = this.entered.rows[table]![i]!
        this.writeUnit(row.values, row.titles, unit)
      })
    }
    this.showOffers(result)
  }

  private writeUnit(values: Values, titles: Record<string, string>, unit: UnitResult): void {
    const known = toRaw(values)
    for (const [name, value] of Object.entries(unit.values)) {
      if (name in unit.unit.given || same(known[name], value)) continue
      values[name] = value
      const title = value === null ? undefined : (this.titleAt(unit, unit.filled[name]) ?? this.storedTitle(unit, name, value))
      if (title === undefined) delete titles[name]
      else titles[name] = title
    }
  }

  private titleAt(unit: UnitResult, path: string | undefined): string | undefined {
    const [by, last, ...more] = path?.split('.') ?? []
    const target = by && unit.unit.part.byName.get(by)?.form
    const id = by && unit.values[by]
    return target && last && !more.length && typeof id === 'number' ? this.linked.title(target, id, last) : undefined
  }

  private storedTitle(unit: UnitResult, name: string, value: Wire): string | undefined {
    const stored = unit.unit === this.entered.root ? this.entered.record?.titles : undefined
    return stored && same(unit.unit.old?.[name], value) ? stored[name] : undefined
  }

  private offersOf(result: UnitResult, pathOf: (name: string) => FieldPath): FillOffer[] {
    return Object.entries(result.offers).map(([name, { by, value, path }]) => {
      const { byName } = result.unit.part
      return { path: pathOf(name), field: byName.get(name)!, by: byName.get(by)!, value, title: this.titleAt(result, path) }
    })
  }

  private showOffers(result: Result): void {
    const offering = (unit: UnitResult) => Object.keys(unit.offers).length > 0
    const rows = [...result.rows].flatMap(([table, units]) => (units.some(offering) ? units : []).flatMap((unit, i) => this.offersOf(unit, (name) => [table, toRaw(this.entered.rows[table]!)[i]!.key, name])))
    const next = [...this.offersOf(result.root, (name) => name), ...rows]
    if (next.length || this.offers.length) this.offers.splice(0, this.offers.length, ...next)
  }
}
