// The browser's run of the rules beside the server's: the same inputs, POST …/validate of a running server (TENON_URL) and the
// form model, must give the same values, states and faults. tests/wasm/parity.sh starts the server.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AppDefinition, FieldDef, FieldFault, RecordData } from '@/api/types'
import { session } from '@/session'
import { rulesOf, useModule } from './engine'
import { formModel } from './FormModel'
import type { RuleModule } from './module'
import type { FieldState, FormModel, Wire } from './types'
import type { ServerAnswer } from './validate'

const url = process.env.TENON_URL
const file = process.env.TENON_WASM
const app = process.env.TENON_APP ?? 'crm'
let headers: Record<string, string> = {}

/** Plain http: the fetch of happy-dom keeps the laws of a page. */
function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const req = request(url + path, { method, headers: { ...headers, 'Content-Type': 'application/json' } }, (response) => {
      const cookie = response.headers['set-cookie']?.[0]
      if (cookie) headers = { ...headers, Cookie: cookie.split(';')[0]! }
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        if (response.statusCode! < 300) resolve(JSON.parse(text) as T)
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
      })
    })
    req.on('error', reject)
    req.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const settable = (f: FieldDef) => !f.computed && !f.formula && f.type !== 'serial' && !f.read_only && (f.right ?? 'edit') === 'edit' && f.name !== 'state'

function given(model: FormModel): Record<string, Wire> {
  return model.patch() ?? {}
}

/** What both say, brought to one shape. Stamps and ids are the server's own; so are the faults it alone can know. */
function ours(model: FormModel): unknown {
  const states = (of: Record<string, FieldState>) =>
    Object.fromEntries(Object.entries(of).map(([name, s]) => [name, { visible: s.visible, required: s.required, read_only: s.readOnly }]))
  return {
    values: Object.fromEntries(model.form.fields.filter((f) => f.type !== 'table' && f.type !== 'serial').map((f) => [f.name, model.get(f.name)])),
    rows: Object.fromEntries(Object.entries(model.rows).map(([table, rows]) => [table, rows.map((row) => ({ values: row.values, states: states(row.states) }))])),
    fields: states(model.states),
    faults: model.faults().map((f) => `${f.pointer} ${f.code}`).sort()
  }
}

const ONLY_SERVER = new Set(['not_an_option', 'bad_reference', 'unique', 'transition', 'transition_first', 'transition_none'])

function theirs(model: FormModel, answer: ServerAnswer): unknown {
  const place = (pointer: string) => pointer.replace(/^\/(\w+)\/set\//, '/$1/')
  return {
    values: Object.fromEntries(model.form.fields.filter((f) => f.type !== 'table' && f.type !== 'serial').map((f) => [f.name, answer.values[f.name] ?? null])),
    rows: Object.fromEntries(Object.keys(model.rows).map((table) => [table, ((answer.values[table] ?? []) as Record<string, Wire>[]).map((row, i) => ({
      values: Object.fromEntries(model.form.fields.find((f) => f.name === table)!.fields!.map((f) => [f.name, row[f.name] ?? null])),
      states: answer.rows?.[table]?.[i]
    }))])),
    fields: answer.fields,
    faults: answer.errors.filter((f: FieldFault) => !ONLY_SERVER.has(f.code)).map((f) => `${place(f.pointer)} ${f.code}`).sort()
  }
}

describe.skipIf(!url || !file)('the browser says what the server says', () => {
  let definition: AppDefinition
  let rules: RuleModule
  beforeAll(async () => {
    useModule(readFileSync(file!))
    const { csrf } = await call<{ csrf: string }>('POST', '/api/session', { login: 'admin', password: process.env.TENON_ADMIN_PASSWORD })
    headers['X-CSRF-Token'] = csrf
    session.me = await call('GET', '/api/me')
    definition = await call<AppDefinition>('GET', `/api/${app}/definition`)
    rules = (await rulesOf(definition))!
    expect(rules).not.toBeNull()
  })

  const fetchRecord = (form: string, id: number) => call<Record<string, Wire>>('GET', `/api/${app}/${form}/${id}`).catch(() => null)

  async function compare(model: FormModel, what: string): Promise<void> {
    await model.idle()
    for (const f of model.form.fields.filter((f) => f.type !== 'table')) model.touch(f.name)
    for (const [table, rows] of Object.entries(model.rows))
      for (const row of rows) for (const name of Object.keys(row.values)) model.touch([table, row.key, name])
    model.check()
    const answer = await call<ServerAnswer>('POST', `/api/${app}/${model.form.form}/validate`, model.id === null ? { values: given(model) } : { id: model.id, values: given(model) })
    for (const f of model.form.fields.filter((f) => f.type === 'datetime')) {
      const apart = Date.parse(String(answer.values[f.name])) - Date.parse(String(model.get(f.name)))
      if (Math.abs(apart) < 30000) answer.values[f.name] = model.get(f.name) // $now: the two clocks
    }
    // A faulty value stays on the page as it was typed; the server answers what it would make of it.
    const faulty = new Set(answer.errors.map((f) => f.pointer))
    for (const name of Object.keys(answer.values)) if (faulty.has(`/${name}`)) answer.values[name] = model.get(name)
    for (const [table, rows] of Object.entries(model.rows))
      ((answer.values[table] ?? []) as Record<string, Wire>[]).forEach((row, i) => {
        for (const name of Object.keys(row)) if (faulty.has(`/${table}/${i}/${name}`) || faulty.has(`/${table}/set/${i}/${name}`)) row[name] = rows[i]!.values[name]!
      })
    expect(ours(model), what).toEqual(theirs(model, answer))
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
    for (const form of definition.forms) {
      const open = () => formModel({ app, form, fetch: fetchRecord }, definition, rules)
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
    expect(compared).toBeGreaterThan(100)
  })

  it('for stored records: unchanged, each field changed and emptied, rows changed, added and taken away', async () => {
    let compared = 0
    for (const form of definition.forms) {
      const page = await call<{ records: RecordData[] }>('GET', `/api/${app}/${form.form}?limit=2`)
      for (const { id } of page.records) {
        const record = await call<RecordData>('GET', `/api/${app}/${form.form}/${id}`)
        const open = () => formModel({ app, form, record: structuredClone(record), fetch: fetchRecord }, definition, rules)
        await compare(open(), `${form.form}/${id}`)
        for (const f of form.fields.filter(settable)) {
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
    expect(compared).toBeGreaterThan(50)
  })
})
