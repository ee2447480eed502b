// B02–B10, "the same rule acts alike at every door": each case is one rule of the app tests/wasm/doors, broken or followed. It is
// driven through the browser's model, POST, PATCH, batch and import, as several roles, and must be refused with the same code at
// the same pointer in the same words, or store the same values. tests/wasm/parity.sh starts the server.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AppDefinition, FieldFault, FormDef, RecordData } from '@/api/types'
import { setLang } from '@/i18n/t'
import { session } from '@/session'
import { rulesOf, useModule } from './engine'
import { formModel } from './FormModel'
import type { RuleModule } from './module'
import { type Answer, TestServer } from './testServer'
import type { FormModel, Wire } from './types'
import type { ServerAnswer } from './validate'

const url = process.env.TENON_URL
const file = process.env.TENON_WASM
const mine = process.env.TENON_APP === 'doors'
const password = process.env.TENON_ADMIN_PASSWORD ?? ''
const PEOPLE = ['admin', 'ma', 'ke'] as const
type Person = (typeof PEOPLE)[number]
type Values = Record<string, Wire>
type Door = 'browser' | 'api' | 'batch' | 'import'

interface Case {
  rule: string
  give: Values
  /** "pointer code", or what is stored */
  fault?: string[]
  stored?: Values
  /** it names what its reader may not know: the browser has no such rule, the server says it on saving */
  unseen?: boolean
  /** what the fault says, alike at every door */
  words?: string
  /** only as these; the others are another case */
  as?: Person[]
  on?: ('create' | 'update')[]
}

const line = (more: Values = {}): Values => ({ sku: 'x', n: '1.00', ...more })
const base: Values = { name: 'base', qty: 5, first: '2026-01-01', last: '2026-01-31', lines: [line()] }
const { lines: _rows, ...flatBase } = base
const CASES: Case[] = [
  { rule: 'nothing broken', give: {}, stored: { name: 'base', kind: 'plain', guess: 5, limit: 7, stage: 'new', pieces: '1.00' } },
  { rule: 'required', give: { name: null }, fault: ['/name required'] },
  { rule: 'length: short', give: { name: 'x' }, fault: ['/name too_short'] },
  { rule: 'length: long', give: { name: 'ninechars' }, fault: ['/name too_long'] },
  { rule: 'range: below', give: { qty: 0 }, fault: ['/qty below_min'] },
  { rule: 'range: above', give: { qty: 11 }, fault: ['/qty above_max'] },
  { rule: 'pattern', give: { code: 'a1' }, fault: ['/code pattern_mismatch'] },
  { rule: 'pattern of the type', give: { mobile: '12' }, fault: ['/mobile bad_phone'] },
  { rule: 'one of', give: { grade: 'zz' }, fault: ['/grade not_in_list'] },
  { rule: 'one of: retired', give: { grade: 'old' }, fault: ['/grade retired_value'] },
  { rule: 'unique', give: { code: 'UN-1' }, fault: ['/code unique'] },
  { rule: 'form unique', give: { region: 'north', number: 1 }, fault: ['/number unique_together', '/region unique_together'] },
  { rule: 'check between fields', give: { last: '2025-12-31' }, fault: ['/last check'] },
  { rule: 'check over rows', give: { lines: [line({ n: '6.00' }), line({ sku: 'y', n: '6.00' })] }, fault: ['/qty check'] },
  { rule: 'words of a check with values', as: ['admin', 'ke'], give: { level: 'full' }, fault: ['/level check'], words: 'Full: the quota is 3, {as it is}' },
  { rule: 'words of a check over what is hidden from the reader (P07)', as: ['ma'], give: { level: 'full' }, unseen: true, fault: ['/level check'], words: 'Full: the quota is …, {as it is}' },
  { rule: 'words of a row check', give: { lines: [line({ n: '8.50' })] }, fault: ['/lines/0/n check'], words: '8.50 is more than the limit of 7' },
  { rule: 'options', give: { partner: 'idle' }, fault: ['/partner not_an_option'] },
  { rule: 'options by linkage', give: { kind: 'vip', note: 'n', partner: 'busy' }, fault: ['/partner not_an_option'] },
  { rule: 'options by linkage kept', give: { kind: 'vip', note: 'n', partner: 'star' }, stored: { partner: 'star' } },
  { rule: 'linkage show, require', give: { kind: 'vip' }, fault: ['/note required'] },
  { rule: 'linkage set', give: { kind: 'vip', note: 'n' }, stored: { kind: 'vip', note: 'n', level: 'gold' } },
  { rule: 'linkage set, but given', give: { kind: 'vip', note: 'n', level: 'own' }, stored: { level: 'own' } },
  { rule: 'linkage read_only', give: { kind: 'closed', limit: 9 }, fault: ['/limit read_only'] },
  { rule: 'hidden value kept', give: { note: 'kept' }, stored: { note: 'kept' } },
  { rule: 'hidden value emptied', give: { kind: 'closed', memo: 'gone' }, stored: { memo: null } },
  { rule: 'hidden value recalculated', give: { kind: 'closed', guess: 9 }, stored: { guess: 5 } },
  { rule: 'transition: condition', on: ['update'], give: { stage: 'sent', qty: 1 }, fault: ['/stage transition_when'] },
  { rule: 'transition: required field', on: ['update'], give: { stage: 'sent', last: null }, fault: ['/last required'] },
  { rule: 'transition: not from here', on: ['update'], give: { stage: 'done' }, fault: ['/stage transition'] },
  { rule: 'transition: followed', on: ['update'], give: { stage: 'sent' }, stored: { stage: 'sent' } },
  { rule: 'transition: who', as: ['ma'], on: ['update'], give: { stage: 'void' }, fault: ['/stage transition'] },
  { rule: 'transition: who may', as: ['admin', 'ke'], on: ['update'], give: { stage: 'void' }, stored: { stage: 'void' } },
  { rule: 'transition: first value', as: ['ma'], on: ['create'], give: { stage: 'void' }, fault: ['/stage transition_first'] },
  { rule: 'row: required', give: { lines: [line({ sku: null })] }, fault: ['/lines/0/sku required'] },
  { rule: 'row: range', give: { lines: [line({ n: '-1.00' })] }, fault: ['/lines/0/n below_min'] },
  { rule: 'row: check against the record', give: { lines: [line({ n: '8.00' })] }, fault: ['/lines/0/n check'] },
  { rule: 'row: unique', give: { lines: [line(), line()] }, fault: ['/lines/1/sku row_not_unique'] },
  { rule: 'row: too many', give: { lines: ['a', 'b', 'c', 'd', 'e'].map((sku) => line({ sku })) }, fault: ['/lines too_many_rows'] },
  { rule: 'row: show, require', give: { lines: [line({ off: '0.2000' })] }, fault: ['/lines/0/why required'] },
  { rule: 'row: hidden value emptied', give: { lines: [line({ off: '0.0500', why: 'w' })] }, stored: { lines: [{ off: '0.0500', why: null }] } },
  { rule: 'row: set', give: { lines: [line({ gift: true })] }, stored: { lines: [{ gift: true, price: '0.00' }] } },
  { rule: 'row: read_only', give: { lines: [line({ gift: true, price: '9.00' })] }, fault: ['/lines/0/price read_only'] },
  { rule: 'row: set by the record', give: { kind: 'vip', note: 'n', lines: [line({ sku: 'z' })] }, stored: { lines: [{ sku: 'z', tier: 'gold' }] } }
]

const said = (faults: FieldFault[]): string[] => faults.map((f) => `${f.pointer.replace(/^\/operations\/0\/values/, '')} ${f.code} ${f.detail}`).sort()
const codes = (lines: string[]): string[] => lines.map((text) => text.split(' ').slice(0, 2).join(' '))

describe.skipIf(!url || !file || !mine)('one rule, every door', () => {
  const desks = new Map<Person, { server: TestServer; definition: AppDefinition; form: FormDef; rules: RuleModule; me: typeof session.me }>()
  const partners = new Map<string, number>()
  let codesUsed = 0
  const freshCode = () => `CR-${++codesUsed}`

  beforeAll(async () => {
    setLang('en')
    useModule(readFileSync(file!))
    for (const person of PEOPLE) {
      const server = new TestServer(url!)
      await server.login(person, password)
      const me = await server.ok<typeof session.me>('GET', '/api/me')
      const definition = await server.ok<AppDefinition>('GET', '/api/doors/definition')
      const rules = (await rulesOf(definition))!
      expect(rules).not.toBeNull()
      desks.set(person, { server, definition, rules, me, form: definition.forms.find((f) => f.form === 'thing')! })
    }
    const { server } = desks.get('admin')!
    for (const [name, active, vip] of [['idle', false, false], ['busy', true, false], ['star', true, true]] as const)
      partners.set(name, (await server.ok<RecordData>('POST', '/api/doors/partner', { name, active, vip })).id)
    await server.ok('POST', '/api/doors/thing', { ...base, code: 'UN-1' })
    await server.ok('POST', '/api/doors/thing', { ...base, code: 'UN-2', region: 'north', number: 1 })
  })

  /** References by name are what the table of cases says; the wire wants ids. */
  const wire = (values: Values): Values => (typeof values.partner === 'string' ? { ...values, partner: partners.get(values.partner)! } : values)
  const subset = (values: Values, like: Values): Values =>
    Object.fromEntries(Object.entries(like).map(([name, want]) => [
      name,
      Array.isArray(want) ? want.map((row, i) => subset(((values[name] ?? []) as Values[])[i] ?? {}, row as Values)) : (values[name] ?? null)
    ]))

  const count = async (server: TestServer) => (await server.ok<{ count: number }>('GET', '/api/doors/thing?count=exact&limit=1&fields=id')).count

  function fillIn(model: FormModel, values: Values): void {
    for (const [name, value] of Object.entries(values)) {
      if (!Array.isArray(value)) {
        model.set(name, value)
        continue
      }
      for (const row of [...model.rows[name]!]) model.removeRow(name, row.key)
      for (const row of value as Values[]) {
        const { key } = model.addRow(name)
        for (const [cell, one] of Object.entries(row)) model.set([name, key, cell], one)
      }
    }
  }

  async function inBrowser(person: Person, values: Values, record?: RecordData): Promise<{ faults: string[]; values: Values; saved: Values | null }> {
    const { server, definition, form, rules, me } = desks.get(person)!
    session.me = me
    let open = 0
    const model = formModel({
      app: 'doors', form, record,
      fetch: (of, id) => server.ok<Record<string, Wire>>('GET', `/api/doors/${of}/${id}`).catch(() => null),
      validate: async (_app, _form, id, body) => {
        open++
        return server.ok<ServerAnswer>('POST', '/api/doors/thing/validate', id === null ? { values: body } : { id, values: body }).finally(() => open--)
      }
    }, definition, rules)
    fillIn(model, values)
    await model.idle()
    await expect.poll(() => open === 0 && Object.values(model.states).every((s) => !s.checking), { timeout: 5000, interval: 20 }).toBe(true)
    model.check()
    const faults = said(model.faults())
    // What is hidden stays as it was typed until it is saved; what is saved is compared with the rest.
    const seen = (values: Values, states: FormModel['states']) => Object.fromEntries(Object.entries(values).filter(([name]) => states[name]?.visible !== false))
    const rows = Object.fromEntries(Object.entries(model.rows).map(([name, list]) => [name, list.map((row) => seen(row.values, row.states))]))
    const answer = { faults, values: { ...seen(model.values, model.states), ...rows } as Values, saved: null as Values | null }
    const body = model.patch()
    if (!faults.length) {
      const saved = record ? await server.call('PATCH', `/api/doors/thing/${record.id}`, body ?? {}, record.rev) : await server.call('POST', '/api/doors/thing', body)
      expect(saved.status, saved.text).toBeLessThan(300)
      answer.saved = saved.json as Values
    }
    model.dispose()
    return answer
  }

  const refusal = (answer: Answer): FieldFault[] => {
    const body = answer.json as { errors?: FieldFault[]; results?: { problem?: { errors: FieldFault[] } }[] }
    return body.errors ?? body.results?.[0]?.problem?.errors ?? []
  }

  // ---- import: the record's own fields, or rows (one line each) of a record that is there

  const cell = (name: string, value: Wire): string => {
    if (value === null || value === undefined) return ''
    return name === 'off' ? `${Number(value) * 100}%` : String(value)
  }
  const adminMakes = (values: Values) => desks.get('admin')!.server.ok<RecordData>('POST', '/api/doors/thing', values)
  async function importNew(person: Person, one: Case, code: string): Promise<{ failed: boolean; reason: string }> {
    const { lines, ...flat } = one.give
    if (!lines) return inImport(person, [{ ...flatBase, code, ...flat }], 'create')
    await adminMakes({ ...base, lines: [], code, ...flat })
    return inImport(person, (lines as Values[]).map((row) => ({ code, ...row })), 'upsert')
  }
  async function inImport(person: Person, rows: Values[], mode: 'create' | 'update' | 'upsert'): Promise<{ failed: boolean; reason: string }> {
    const { server } = desks.get(person)!
    const names = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => row[name] !== undefined)))]
    const csv = [names, ...rows.map((row) => names.map((name) => cell(name, row[name] ?? null)))].map((list) => list.join(',')).join('\r\n')
    const columns = Object.fromEntries(names.map((name) => [name, name === 'partner' ? { field: name, by: 'name' } : name]))
    const map = { columns, ...(mode === 'create' ? {} : { key: ['code'] }), ...(mode === 'upsert' ? { rows_of: 'lines' } : {}) }
    const sent = await server.upload('/api/doors/thing/import', { mode, map: JSON.stringify(map), file: `${csv}\r\n` })
    expect(sent.status, sent.text).toBe(202)
    const { id } = sent.json as { id: string }
    let job = { state: '', failed: 0, problem: null as unknown }
    await expect.poll(async () => (job = await server.ok('GET', `/api/jobs/${id}`)).state, { timeout: 10000, interval: 20 }).not.toMatch(/waiting|running/)
    expect(job.problem ?? null, JSON.stringify(job)).toBeNull()
    const errors = job.failed ? (await server.call('GET', `/api/jobs/${id}/errors.csv`)).text : ''
    return { failed: job.failed > 0, reason: errors }
  }

  // ---- one case at all doors

  async function create(person: Person, one: Case): Promise<void> {
    const { server } = desks.get(person)!
    const ownCode = () => ({ ...base, code: freshCode(), ...wire(one.give) })
    const least = await count(server)
    const told = one.unseen ? null : await inBrowser(person, ownCode())
    const posted = await server.call('POST', '/api/doors/thing', ownCode())
    const batched = await server.call('POST', '/api/doors/thing/batch', { operations: [{ op: 'create', values: ownCode() }] })
    const importCode = freshCode()
    const before = await count(server)
    const imported = await importNew(person, one, importCode)
    const made = (await count(server)) - before
    if (one.fault) {
      const words = said(refusal(posted))
      expect(codes(words), `POST: ${posted.text}`).toEqual([...one.fault].sort())
      if (one.words) expect(refusal(posted)[0]!.detail).toBe(one.words)
      if (told) expect(told.faults, 'browser').toEqual(words)
      expect(said(refusal(batched)), 'batch').toEqual(words)
      expect(imported.failed, 'import').toBe(true)
      for (const { detail } of refusal(posted)) expect(imported.reason).toContain(detail)
      expect(before, 'nothing is stored').toBe(least)
      expect(made, 'nor by the import, but the record the rows were for').toBe('lines' in one.give ? 1 : 0)
      return
    }
    const want = wire(one.stored!)
    expect(told!.faults).toEqual([])
    expect(subset({ ...told!.saved, ...told!.values }, want), 'what the browser shows').toEqual(subset(told!.saved!, want))
    expect(subset(told!.saved!, want), 'what the browser saves').toEqual(want)
    expect(posted.status, posted.text).toBe(201)
    expect(subset(posted.json as Values, want), 'POST').toEqual(want)
    const fromBatch = (batched.json as { results: { record: Values }[] }).results[0]!.record
    expect(subset(fromBatch, want), 'batch').toEqual(want)
    expect(imported, 'import').toEqual({ failed: false, reason: '' })
    const page = await server.ok<{ records: RecordData[] }>('GET', `/api/doors/thing?filter=${encodeURIComponent(`code == '${importCode}'`)}`)
    const { pieces: _ofRows, ...flat } = want
    const found = await server.ok<Values>('GET', `/api/doors/thing/${page.records[0]!.id}`)
    expect(subset(found, flat), 'import').toEqual(flat)
  }

  async function update(person: Person, one: Case): Promise<void> {
    const { server } = desks.get(person)!
    const fresh = () => adminMakes({ ...base, code: freshCode() })
    const give = wire(one.give)
    const [a, b, c, d] = [await fresh(), await fresh(), await fresh(), await fresh()]
    const told = one.unseen ? null : await inBrowser(person, give, await server.ok<RecordData>('GET', `/api/doors/thing/${a.id}`))
    const patched = await server.call('PATCH', `/api/doors/thing/${b.id}`, give, b.rev)
    const batched = await server.call('POST', '/api/doors/thing/batch', { operations: [{ op: 'update', id: c.id, rev: c.rev, values: give }] })
    const says = !('lines' in give) && !('code' in give)
    const imported = says ? await inImport(person, [{ code: d.code as string, ...one.give }], 'update') : null
    const read = async (id: number) => server.ok<RecordData>('GET', `/api/doors/thing/${id}`)
    if (one.fault) {
      const words = said(refusal(patched))
      expect(codes(words), `PATCH: ${patched.text}`).toEqual([...one.fault].sort())
      if (one.words) expect(refusal(patched)[0]!.detail).toBe(one.words)
      if (told) expect(told.faults, 'browser').toEqual(words)
      expect(said(refusal(batched)), 'batch').toEqual(words)
      if (imported) {
        expect(imported.failed, 'import').toBe(true)
        for (const { detail } of refusal(patched)) expect(imported.reason).toContain(detail)
      }
      const { server: all } = desks.get('admin')!
      for (const r of [a, b, c, d]) expect(await all.ok('GET', `/api/doors/thing/${r.id}`), 'nothing has changed').toEqual(r)
      return
    }
    const want = wire(one.stored!)
    expect(told!.faults).toEqual([])
    expect(subset({ ...told!.saved, ...told!.values }, want), 'what the browser shows').toEqual(subset(told!.saved!, want))
    expect(subset(told!.saved!, want), 'what the browser saves').toEqual(want)
    expect(patched.status, patched.text).toBe(200)
    for (const [door, id] of [['PATCH', b.id], ['batch', c.id], ...(imported ? [['import', d.id] as const] : [])] as [Door, number][])
      expect(subset((await read(id)) as unknown as Values, want), `${door}: ${imported?.reason ?? ''}`).toEqual(want)
  }

  for (const one of CASES)
    it(`B02 B03 B04 B07 B08: ${one.rule}`, async () => {
      for (const person of one.as ?? PEOPLE) {
        const on = one.on ?? ['create', 'update']
        if (on.includes('create')) await create(person, one)
        if (on.includes('update')) await update(person, one)
      }
    })

  it('B04: of many writers at once at every door one gets the value; the others are told without a trace of whose it is', async () => {
    const { server } = desks.get('ma')!
    const other = desks.get('ke')!.server
    for (let round = 0; round < 4; round++) {
      const values = { ...base, region: 'south', number: 100 + round }
      const before = await count(server)
      const answers = await Promise.all([
        ...[server, other, server, other].map((who) => who.call('POST', '/api/doors/thing', { ...values, code: freshCode() })),
        ...[server, other].map((who) => who.call('POST', '/api/doors/thing/batch', { operations: [{ op: 'create', values: { ...values, code: freshCode() } }] }))
      ])
      const [first, second] = await Promise.all(['ma', 'ke'].map((person) => inImport(person as Person, [{ ...flatBase, region: 'south', number: 100 + round, code: freshCode() }], 'create')))
      const won = await server.ok<{ records: RecordData[] }>('GET', `/api/doors/thing?filter=${encodeURIComponent(`region == 'south' and number == ${100 + round}`)}`)
      expect(won.records).toHaveLength(1)
      expect(await count(server)).toBe(before + 1)
      expect([first!.failed, second!.failed]).toEqual([true, true])
      const refused = answers.filter((answer) => refusal(answer).length > 0)
      expect(refused).toHaveLength(5)
      for (const answer of refused) {
        expect(codes(said(refusal(answer)))).toEqual(['/number unique_together', '/region unique_together'])
        for (const trace of [String(won.records[0]!.id), String(won.records[0]!.code)]) expect(JSON.stringify(refusal(answer)) + first!.reason.split(/[\r\n]+/)[1]).not.toContain(trace)
      }
    }
  })

  it('B05: the words while typing are those of saving', async () => {
    const values = { ...base, code: 'UN-1' }
    const told = await inBrowser('ma', values)
    const saved = await desks.get('ma')!.server.call('POST', '/api/doors/thing', values)
    expect(told.faults).toEqual(said(refusal(saved)))
    expect(told.faults).toEqual(['/code unique This code is taken'])
  })
})

// ---- no kind of rule without a case ----

/** The keys the program's own tables give a part of a form; docs/definitions is written from them. */
function keysOf(part: string): string[] {
  const page = readFileSync('../docs/definitions/form.md', 'utf8')
  const section = page.split(/^## /m).find((text) => text.startsWith(`${part}\n`)) ?? ''
  return [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map((m) => m[1]!)
}

/** Each key → the cases that hold it at every door, or why it is no rule of a write. */
const CASES_OF: Record<string, Record<string, string[] | string>> = {
  linkage: {
    when: ['linkage show, require', 'nothing broken'], show: ['linkage show, require', 'row: show, require'], hide: ['hidden value kept', 'hidden value emptied', 'row: hidden value emptied'],
    require: ['linkage show, require', 'row: show, require'], read_only: ['linkage read_only', 'row: read_only'], set: ['linkage set', 'linkage set, but given', 'row: set', 'row: set by the record'],
    options: ['options by linkage', 'options by linkage kept']
  },
  check: {
    id: 'a name', when: 'shares the condition of linkage; broken and followed in web/src/rules/rules.test.ts', require: ['check between fields', 'check over rows', 'row: check against the record'],
    at: ['check between fields'], message: ['words of a check with values', 'words of a check over what is hidden from the reader (P07)', 'words of a row check']
  },
  transition: {
    field: ['transition: followed'], from: ['transition: not from here'], to: ['transition: followed', 'transition: first value'], who: ['transition: who', 'transition: who may'],
    when: ['transition: condition'], require: ['transition: required field'], message: ['transition: condition']
  },
  'field messages': { required: ['required'], length: ['length: short', 'length: long'], range: ['range: below', 'range: above'], pattern: ['pattern'], unique: ['unique'], one_of: ['one of'] },
  field: {
    required: ['required', 'row: required'], unique: ['unique', 'row: unique'], default: ['nothing broken'], formula: ['nothing broken'], hidden_value: ['hidden value kept', 'hidden value emptied', 'hidden value recalculated'],
    messages: ['pattern', 'unique', 'row: unique'], min: ['range: below', 'row: range'], max: ['range: above'], min_length: ['length: short'], max_length: ['length: long'], pattern: ['pattern'],
    enum: ['one of', 'one of: retired'], options: ['options'], max_rows: ['row: too many'], linkage: ['row: show, require', 'row: set'], checks: ['row: check against the record'], fields: ['row: required'],
    type: ['pattern of the type'],
    min_rows: 'counted where max_rows is', read_only: 'nobody writes it: tenon test tries every such field at every door', fill: 'asks the other record: POST .../validate in the browser, tests/http/scenarios/46_references.json',
    among: 'who may be chosen is asked of the server: tests/http/scenarios/45_among.json',
    remember: 'what a page proposes', scale: 'digits of the type: tests/property/prop_decimal.c', level: 'depth of the type: tests/http/scenarios/42_types.json'
  }
}
/** Names, words, places, numbers and buttons: nothing a value could break. */
const NO_RULE = new Set(['name', 'id', 'label', 'help', 'index', 'search', 'labels', 'format', 'collate', 'at', 'currency', 'from', 'freeze', 'form', 'on_delete', 'of', 'by', 'agg', 'field', 'filter', 'do', 'when', 'message', 'confirm', 'style'])

describe('each kind of rule of the tables has a case at every door', () => {
  const names = new Set(CASES.map((one) => one.rule))
  it.each(Object.keys(CASES_OF))('%s', (part) => {
    const keys = keysOf(part)
    expect(keys.length).toBeGreaterThan(4)
    const missing = keys.filter((key) => !CASES_OF[part]![key] && !(part === 'field' && NO_RULE.has(key)))
    expect(missing, `kinds of ${part} without a case`).toEqual([])
    expect(Object.keys(CASES_OF[part]!).filter((key) => !keys.includes(key)), 'kinds no longer there').toEqual([])
    expect(Object.values(CASES_OF[part]!).flatMap((cases) => (typeof cases === 'string' ? [] : cases)).filter((name) => !names.has(name)), 'cases that are not there').toEqual([])
  })
})
