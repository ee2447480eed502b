// The browser's run of the rules beside the server's: the same inputs, POST …/validate of a running server (TENON_URL) and the
// form model, must give the same values, states and faults. tests/wasm/parity.sh starts the server.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AppDefinition, FieldDef, FieldFault, RecordData } from '@/api/types'
import { session } from '@/session'
import type { Entered } from './entered'
import { rulesOf, useModule } from './engine'
import { formModel } from './FormModel'
import type { RuleModule } from './module'
import type { Sight } from './sight'
import { TestServer } from './testServer'
import type { FieldState, FormModel, Wire } from './types'
import type { ServerAnswer } from './validate'

const url = process.env.TENON_URL
const file = process.env.TENON_WASM
const app = process.env.TENON_APP ?? 'crm'
/** Rights differ, the rules do not: each role reads its own effective definition and is told the same by both. */
const PEOPLE: [string, string][] = [['admin', process.env.TENON_ADMIN_PASSWORD ?? ''], ['li', 'tenon-demo'], ['zhang', 'tenon-demo'], ['liu', 'tenon-demo']]
let server = new TestServer('')
const call = <T>(method: string, path: string, body?: unknown): Promise<T> => server.ok<T>(method, path, body)

const settable = (f: FieldDef) => !f.computed && !f.formula && f.type !== 'serial' && !f.read_only && (f.right ?? 'edit') === 'edit' && f.name !== 'state'

function given(model: FormModel): Record<string, Wire> {
  return model.patch() ?? {}
}

/** What both say, brought to one shape. Stamps and ids are the server's own; so are the faults it alone can know. */
function ours(model: FormModel): Said {
  const states = (of: Record<string, FieldState>) =>
    Object.fromEntries(Object.entries(of).map(([name, s]) => [name, { visible: s.visible, required: s.required, read_only: s.readOnly }]))
  return {
    values: Object.fromEntries(model.form.fields.filter((f) => f.type !== 'table' && f.type !== 'serial').map((f) => [f.name, model.get(f.name)])),
    rows: Object.fromEntries(Object.entries(model.rows).map(([table, rows]) => [table, rows.map((row) => ({ values: row.values, states: states(row.states) }))])),
    fields: states(model.states),
    faults: model.faults().map((f) => `${f.pointer} ${f.code}`).sort()
  }
}

interface Said {
  values: Record<string, unknown>
  rows: Record<string, { values: Record<string, unknown>; states: Record<string, unknown> }[]>
  fields: Record<string, unknown>
  faults: string[]
}
/** Without what follows from values that this person may not see, and without first values that ask working time or people: these are
 * the server's to say. */
function known(model: FormModel, all: Said): Said {
  const { part, given: typed } = (model as unknown as { entered: Entered }).entered.root
  const said = { ...all, values: Object.fromEntries(Object.entries(all.values).filter(([name]) => !part.left.has(name) || name in typed)) }
  const { unseen, judged } = (model as unknown as { sight: Sight }).sight
  if (!unseen.size) return said
  const left = (of: Record<string, unknown>, gone: Set<string>, table: string) => Object.fromEntries(Object.entries(of).filter(([name]) => !gone.has(table + name)))
  const ofUnseen = (fault: string) => [...unseen, ...judged].some((key) => new RegExp(`^/${key.replace('.', '(/set)?/\\d+/')} `).test(fault)) || / check/.test(fault)
  return {
    values: left(said.values, unseen, ''),
    rows: Object.fromEntries(Object.entries(said.rows).map(([table, rows]) => [table, rows.map((row) => ({ values: left(row.values, unseen, `${table}.`), states: left(row.states, judged, `${table}.`) }))])),
    fields: left(said.fields, judged, ''),
    faults: said.faults.filter((fault) => !ofUnseen(fault))
  }
}

const ONLY_SERVER = new Set(['not_an_option', 'bad_reference', 'unique', 'transition', 'transition_first', 'transition_none', 'transition_when'])

function theirs(model: FormModel, answer: ServerAnswer): Said {
  const place = (pointer: string) => pointer.replace(/^\/(\w+)\/set\//, '/$1/')
  return {
    values: Object.fromEntries(model.form.fields.filter((f) => f.type !== 'table' && f.type !== 'serial').map((f) => [f.name, answer.values[f.name] ?? null])),
    rows: Object.fromEntries(Object.keys(model.rows).map((table) => [table, ((answer.values[table] ?? []) as Record<string, Wire>[]).map((row, i) => ({
      values: Object.fromEntries(model.form.fields.find((f) => f.name === table)!.fields!.map((f) => [f.name, row[f.name] ?? null])),
      states: (answer.rows?.[table]?.[i] ?? {}) as Record<string, unknown>
    }))])),
    fields: answer.fields,
    faults: answer.errors.filter((f: FieldFault) => !ONLY_SERVER.has(f.code)).map((f) => `${place(f.pointer)} ${f.code}`).sort()
  }
}

describe.skipIf(!url || !file || app !== 'crm').each(PEOPLE)('the browser says what the server says: %s', (login, password) => {
  let definition: AppDefinition
  let rules: RuleModule
  beforeAll(async () => {
    useModule(readFileSync(file!))
    server = new TestServer(url!)
    await server.login(login, password)
    session.me = await call('GET', '/api/me')
    definition = await call<AppDefinition>('GET', `/api/${app}/definition`)
    rules = (await rulesOf(definition))!
    expect(rules).not.toBeNull()
  })

  const fetchRecord = (form: string, id: number) => call<Record<string, Wire>>('GET', `/api/${app}/${form}/${id}`).catch(() => null)

  /** The comparison asks itself. */
  const unasked = async (): Promise<ServerAnswer> => ({ values: {}, errors: [], fields: {} })

  async function compare(model: FormModel, what: string): Promise<void> {
    await model.idle()
    for (const f of model.form.fields.filter((f) => f.type !== 'table')) model.touch(f.name)
    for (const [table, rows] of Object.entries(model.rows))
      for (const row of rows) for (const name of Object.keys(row.values)) model.touch([table, row.key, name])
    model.check()
    const answer = await call<ServerAnswer>('POST', `/api/${app}/${model.form.form}/validate`, model.id === null ? { values: given(model) } : { id: model.id, values: given(model) })
    for (const f of model.form.fields.filter((f) => f.type === 'datetime')) {
      const apart = Date.parse(String(answer.values[f.name])) - Date.parse(String(model.get(f.name)))
      if (Math.abs(apart) < 90000) answer.values[f.name] = model.get(f.name) // $now: to the minute here
    }
    // What is hidden stays as it was typed until it is saved; the server answers what becomes of it.
    for (const f of model.form.fields) if (f.name in answer.values && f.type !== 'table' && f.hidden_value && f.hidden_value !== 'keep' && !model.state(f.name).visible && !answer.fields[f.name]!.visible) answer.values[f.name] = model.get(f.name)
    // A faulty value stays on the page as it was typed; the server answers what it would make of it.
    const faulty = new Set(answer.errors.map((f) => f.pointer))
    for (const name of Object.keys(answer.values)) if (faulty.has(`/${name}`)) answer.values[name] = model.get(name)
    for (const [table, rows] of Object.entries(model.rows))
      ((answer.values[table] ?? []) as Record<string, Wire>[]).forEach((row, i) => {
        for (const name of Object.keys(row)) if (faulty.has(`/${table}/${i}/${name}`) || faulty.has(`/${table}/set/${i}/${name}`)) row[name] = rows[i]!.values[name]!
      })
    const [said, told] = [known(model, ours(model)), known(model, theirs(model, answer))]
    // A check over what this person may not see is not in his definition.
    if (login !== 'admin') told.faults = told.faults.filter((fault) => !/ check/.test(fault) || said.faults.includes(fault))
    expect(said, what).toEqual(told)
  }

  const choices = (f: FieldDef): Wire[] => {
    if (f.type === 'enum') return definition.enums.find((e) => e.enum === f.enum)!.values.filter((v) => !v.retired).map((v) => v.value)
    if (f.type === 'bool') return [true, false]
    if (['money', 'decimal', 'percent'].includes(f.type)) return ['0.25', '1234567.89', '-3']
    if (f.type === 'integer') return [0, 40, -1]
    if (f.type === 'date') return ['2026-11-23', '2020-02-29']
    if (f.type === 'phone') return ['138 0013 8000', '12']
    if (f.type === 'email') return ['A@Example.COM', 'nobody']
    return ['text', 'longtext'].includes(f.type) ? ['甲', 'x'.repeat(3000)] : []
  }

  it('for new records: nothing given, and each value of each field', async () => {
    let compared = 0
    for (const form of definition.forms.filter((f) => f.rights.create)) {
      const open = () => formModel({ app, form, fetch: fetchRecord, validate: unasked }, definition, rules)
      await compare(open(), `${form.form}: empty`)
      for (const f of form.fields.filter(settable)) {
        for (const value of choices(f)) {
          const model = open()
          model.set(f.name, value)
          await compare(model, `${form.form}: ${f.name} = ${String(value).slice(0, 20)}`)
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(login === 'admin' ? 100 : 20)
  })

  // P07: what a person may read and write of a stored record depends on the record.
  it('for stored records: unchanged, each field changed and emptied, rows changed, added and taken away', async () => {
    let compared = 0
    for (const form of definition.forms.filter((f) => f.rights.read && f.rights.update)) {
      const page = await call<{ records: RecordData[] }>('GET', `/api/${app}/${form.form}?limit=2`)
      for (const { id } of page.records) {
        const record = await call<RecordData>('GET', `/api/${app}/${form.form}/${id}?rights=1`)
        const open = () => formModel({ app, form, record: structuredClone(record), fetch: fetchRecord, validate: unasked }, definition, rules)
        const tried = await server.call('POST', `/api/${app}/${form.form}/validate`, { id, values: {} })
        if (tried.status === 403) {
          // May be read, not changed: the page knows that without asking.
          expect(Object.values(open().states).every((state) => state.readOnly), `${form.form}/${id} is locked`).toBe(true)
          continue
        }
        await compare(open(), `${form.form}/${id}`)
        const { fields } = tried.json as ServerAnswer
        for (const f of form.fields.filter((one) => settable(one) && !fields[one.name]?.read_only)) {
          if (f.type === 'table') {
            const model = open()
            const first = model.rows[f.name]![0]
            for (const x of f.fields!.filter(settable)) {
              const value = choices(x)[0]
              if (first && value !== undefined) model.set([f.name, first.key, x.name], value)
            }
            if (first) model.copyRow(f.name, first.key)
            await compare(model, `${form.form}/${id}: rows of ${f.name}`)
            if (first) model.removeRow(f.name, first.key)
            await compare(model, `${form.form}/${id}: a row of ${f.name} gone`)
            compared++
            continue
          }
          for (const value of [...choices(f).slice(0, 2), null]) {
            const model = open()
            model.set(f.name, value)
            await compare(model, `${form.form}/${id}: ${f.name} = ${String(value).slice(0, 20)}`)
            compared++
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(login === 'admin' ? 50 : 20)
  })
})
