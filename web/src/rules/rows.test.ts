// F13: rows nobody touched keep their last result. Whatever is done to a record, that shows what running every row anew shows.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AppDefinition, FieldDef, FormDef } from '@/api/types'
import { rulesOf, useModule } from './engine'
import type { Entered } from './entered'
import { formModel } from './FormModel'
import type { RuleModule } from './module'
import type { FormModel, Wire } from './types'

const file = process.env.TENON_WASM
const read = (name: string): FormDef => JSON.parse(readFileSync(`../tests/e2e/rows_app/forms/${name}.json`, 'utf8')) as FormDef
const edit = (fields: FieldDef[]): FieldDef[] => fields.map((f) => ({ ...f, right: 'edit', fields: f.fields && edit(f.fields) }))
const rights = { read: true, create: true, update: true, delete: true, import: true, export: true }
const whole = (form: FormDef): FormDef => ({ ...form, rights, fields: edit(form.fields) }) as FormDef

let rules: RuleModule | null = null
let bill: FormDef
let definition: AppDefinition

/** Numbers that look random and are the same every time. */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * n)
  }
}

function shown(model: FormModel): unknown {
  return JSON.parse(JSON.stringify({ values: model.values, states: model.states, rows: model.rows, problems: model.problems, faults: model.faults() }))
}
/** Forgets what was kept, so that the next run is a whole one. */
function forget(model: FormModel): void {
  for (const unit of [...(model as unknown as { entered: Entered }).entered.unitsByTable().values()].flat()) delete unit.last
}

type Act = (model: FormModel, roll: (n: number) => number) => void
const key = (model: FormModel, roll: (n: number) => number) => model.rows.lines![roll(model.rows.lines!.length)]?.key
const VALUES: Record<string, (roll: (n: number) => number) => Wire> = {
  part: (roll) => roll(12) || null,
  qty: (roll) => ['1', '2.5', '-3', 'x', null][roll(5)]!,
  price: (roll) => ['10.00', '0', '99.99', null][roll(4)]!,
  discount: (roll) => ['0.05', '0.25', '2', null][roll(4)]!,
  reason: (roll) => ['because', null][roll(2)]!,
  due: (roll) => ['2026-12-01', '1999-01-01', null][roll(3)]!
}
const NAMES = Object.keys(VALUES)
const ACTS: Act[] = [
  ...Array.from({ length: 6 }, (): Act => (model, roll) => {
    const [row, name] = [key(model, roll), NAMES[roll(NAMES.length)]!]
    if (row) model.set(['lines', row, name], VALUES[name]!(roll))
  }),
  (model, roll) => model.set('rebate', ['0', '0.1', null][roll(3)]!),
  (model) => void model.addRow('lines'),
  (model, roll) => void model.addRow('lines', { part: roll(12) + 1, qty: '2' }, roll(model.rows.lines!.length + 1)),
  (model, roll) => model.rows.lines!.length > 3 && model.removeRow('lines', key(model, roll)!),
  (model, roll) => model.rows.lines!.length && model.moveRow('lines', key(model, roll)!, roll(model.rows.lines!.length)),
  (model, roll) => void (model.rows.lines!.length && model.copyRow('lines', key(model, roll)!)),
  (model, roll) => model.rows.lines!.length && model.touch(['lines', key(model, roll)!, NAMES[roll(NAMES.length)]!]),
  (model) => void model.check()
]

describe.skipIf(!file)('rows that nobody touched', () => {
  beforeAll(async () => {
    bill = whole(read('bill'))
    definition = { app: { app: 'rows', timezone: 'Asia/Shanghai', currency: 'CNY' }, version: 1, forms: [bill, whole(read('part'))], enums: [] } as unknown as AppDefinition
    useModule(readFileSync(file!))
    rules = await rulesOf(definition)
  })

  it('show after 1,000 random edits what a whole run shows', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const roll = dice(seed * 7919)
      const old = Array.from({ length: 8 }, (_, i) => ({ id: 100 + i, part: i + 1, qty: '1.00', price: '10.00', discount: '0.0500', net: '9.50', reason: null, due: null }))
      const stored = { id: 1, rev: 3, name: 'A', rebate: '0.0000', lines: old, total: '76.00', most: '0.0500' }
      const model = formModel({ app: 'rows', form: bill, record: seed % 3 ? (stored as never) : undefined, fetch: async (_, id) => ({ id, price: `${id}.50`, on_sale: true }) }, definition, rules)
      for (let step = 0; step < 100; step++) {
        ACTS[roll(ACTS.length)]!(model, roll)
        if (step % 10 === 9) await model.idle()
        const kept = shown(model)
        forget(model)
        ;(model as unknown as { run(): void }).run()
        expect(shown(model), `seed ${seed}, step ${step}`).toEqual(kept)
      }
      model.dispose()
    }
  }, 60_000)
})
