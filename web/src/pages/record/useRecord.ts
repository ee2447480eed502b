// The life of one record on the page: read, edit, save, merge what others saved meanwhile, keep a draft, delete and bring back.
import { useQueryClient } from '@tanstack/vue-query'
import { computed, nextTick, onBeforeUnmount, ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { ApiProblem, del, get, patch, post } from '@/api/client'
import { on, type RecordEvent } from '@/api/events'
import type { FieldDef, FormDef, RecordData } from '@/api/types'
import { personName } from '@/fields/people'
import { askTitle } from '@/fields/refTitle'
import { titleOf } from '@/fields/title'
import { inZone } from '@/format/value'
import { labelOf, t } from '@/i18n/t'
import { openForm } from '@/rules/FormModel'
import type { FormModel, MergeResult, Wire } from '@/rules/types'
import { dropRecent, noteRecent } from '@/shell/recent'
import { toast } from '@/ui/toast'
import { dropDraft, isEmptyDraft, putDraft, storeDraft, storedDraft, takeDraft, type Draft } from './drafts'
import { remember } from './firstValues'
import { complete, takeProblem, type Wish, wishOf } from './saving'

export interface RecordArgs {
  app: string
  form: FormDef
  id: number | null
  zone: string
  /** first values of a new record, from the address or from who sent one here */
  prefill: Record<string, Wire>
  /** where to go once a new record is saved; null: to the record */
  returnTo: string | null
  /** the record a new one is a copy of */
  copyOf: number | null
}

interface Stale {
  result: MergeResult
  by: string
  titles: Record<string, string>
}

const SYSTEM = new Set(['id', 'rev', 'titles', 'created_at', 'created_by', 'updated_at', 'updated_by', 'owner', 'dept', 'state', 'deleted_at'])
const AUTOSAVE_MS = 1500

export function useRecord(args: RecordArgs) {
  const { app, form, id, zone } = args
  const path = `/api/${app}/${form.form}`
  const router = useRouter()
  const queries = useQueryClient()
  const model = shallowRef<FormModel>()
  const record = shallowRef<RecordData>()
  const failure = ref<unknown>(null)
  const error = ref<unknown>(null)
  const saving = ref(false)
  /** what is to be stored is on its way: what were typed now would be in no answer */
  const sending = ref(false)
  const whole = ref(id === null)
  const open = ref(new Set<string>())
  const stale = shallowRef<Stale | null>(null)
  const newer = ref<string | null>(null)
  /** a flow stands in front of what was tried */
  const wish = shallowRef<Wish | null>(null)
  const offered = shallowRef<Draft | null>(null)
  const draftAt = ref('')
  const asked = ref(false)
  const editing = computed(() => whole.value || open.value.size > 0)
  const title = computed(() => {
    const m = model.value
    if (id === null || !m) return t('createForm', { form: labelOf(form.label, form.form) })
    return titleOf(form, { ...m.values, id, rev: m.rev, titles: { ...m.titles, id: '' } } as RecordData, zone) || `#${id}`
  })

  const clock = () => inZone(new Date(), zone).time

  async function adopt(next: RecordData | undefined, initial?: Record<string, Wire>): Promise<FormModel> {
    const opened = await openForm({ app, form, record: next, initial })
    model.value?.dispose()
    record.value = next
    model.value = opened
    asked.value = false
    return opened
  }

  async function read(): Promise<RecordData> {
    return get<RecordData>(`${path}/${id}`, { titles: 1, rights: 1 })
  }

  const copyable = (name: string) => form.fields.some((f) => f.name === name && !f.computed && f.type !== 'serial' && f.right !== 'read' && f.right !== 'mask')
  /** The rows of a copied record, as new ones. */
  function copyRows(m: FormModel, table: FieldDef, from: RecordData): void {
    const names = (table.fields ?? []).filter((f) => !f.computed && f.type !== 'serial' && f.right !== 'read' && f.right !== 'mask').map((f) => f.name)
    for (const row of (from[table.name] ?? []) as RecordData[]) {
      const added = m.addRow(table.name, Object.fromEntries(names.map((name) => [name, (row[name] ?? null) as Wire])))
      Object.assign(added.titles, row.titles)
    }
  }
  async function startCopy(of: number): Promise<FormModel> {
    const from = await get<RecordData>(`${path}/${of}`, { titles: 1 })
    const stages = new Set((form.transitions ?? []).map((one) => one.field))
    const fields = form.fields.filter((f) => !SYSTEM.has(f.name) && !stages.has(f.name) && copyable(f.name) && (from[f.name] ?? null) !== null)
    const plain = fields.filter((f) => f.type !== 'table')
    const m = await adopt(undefined, Object.fromEntries(plain.map((f) => [f.name, from[f.name] as Wire])))
    for (const f of plain) if (from.titles?.[f.name]) m.titles[f.name] = from.titles[f.name]!
    for (const f of fields) if (f.type === 'table') copyRows(m, f, from)
    return m
  }
  /** What the address, or who sent one here, has said already. */
  async function startWith(prefill: Record<string, Wire>): Promise<FormModel> {
    const values: Record<string, Wire> = {}
    const titles: Record<string, string> = {}
    for (const [name, value] of Object.entries(prefill)) {
      const field = form.fields.find((f) => f.name === name)
      if (!field || !copyable(name) || value === null) continue
      values[name] = field.type === 'ref' ? Number(value) : value
      if (field.type === 'ref') titles[name] = await askTitle(app, field.form ?? '', Number(value), zone).catch(() => `#${String(value)}`)
    }
    const m = await adopt(undefined, values)
    for (const [name, text] of Object.entries(titles)) m.set(name, values[name]!, text)
    return m
  }

  async function start(): Promise<void> {
    failure.value = null
    try {
      if (id === null) {
        const m = args.copyOf === null ? await startWith(args.prefill) : await startCopy(args.copyOf)
        for (const field of form.fields) while (field.type === 'table' && (m.rows[field.name]?.length ?? 0) < (field.min_rows ?? 0)) m.addRow(field.name)
      } else {
        await adopt(await read())
        noteRecent({ app, form: form.form, id, title: title.value })
      }
      const draft = storedDraft(app, form.form, id)
      offered.value = draft && !isEmptyDraft(draft) ? draft : null
    } catch (problem) {
      failure.value = problem
      if (problem instanceof ApiProblem && problem.status === 404 && id !== null) dropRecent(app, form.form, id)
    }
  }

  function told(): void {
    for (const key of ['history', 'comments', 'related', 'relatedCounts']) void queries.invalidateQueries({ queryKey: [key, app] })
    void queries.invalidateQueries({ predicate: (q) => q.queryKey.includes(app) && q.queryKey.includes(form.form) && q.queryKey[0] !== 'history' && q.queryKey[0] !== 'comments' })
  }

  // ---- editing ----

  function edit(field?: string): void {
    if (field) open.value.add(field)
    else whole.value = true
  }
  function useDraft(draft: Draft): void {
    if (!model.value) return
    putDraft(model.value, draft)
    offered.value = null
    whole.value = true
  }
  function refuseDraft(): void {
    dropDraft(app, form.form, id)
    offered.value = null
  }
  /** Back to what is stored; what was typed can be taken back for a while. */
  async function leaveEdit(): Promise<void> {
    const m = model.value
    if (!m || id === null) return
    const draft = m.dirty ? takeDraft(m, clock()) : null
    whole.value = false
    open.value = new Set()
    stale.value = null
    error.value = null
    dropDraft(app, form.form, id)
    draftAt.value = ''
    await adopt(newer.value ? await read() : record.value)
    newer.value = null
    if (draft && !isEmptyDraft(draft)) toast(t('record.dropped'), { action: { label: t('undo'), run: () => useDraft(draft) } })
  }

  // Looked at now and then: watching every value of 200 rows would cost more than the typing.
  let kept = ''
  function keepDraft(): void {
    const m = model.value
    if (!editing.value || saving.value || !m?.dirty) return
    const draft = takeDraft(m, clock())
    const text = JSON.stringify([draft.values, draft.rows])
    if (text === kept || isEmptyDraft(draft)) return
    kept = text
    if (storeDraft(app, form.form, id, draft)) draftAt.value = draft.at
  }
  // Writing 500 rows takes as long as drawing a key: it waits for a pause between two keys (Safari has no such moment).
  let pause = 0
  const timer = setInterval(() => {
    if (!window.requestIdleCallback) return keepDraft()
    cancelIdleCallback(pause)
    pause = requestIdleCallback(keepDraft, { timeout: AUTOSAVE_MS })
  }, AUTOSAVE_MS)

  // ---- saving ----

  function saved(answer: RecordData): void {
    dropDraft(app, form.form, id)
    draftAt.value = ''
    offered.value = null
    stale.value = null
    newer.value = null
    record.value = answer
    model.value?.accept(answer)
    whole.value = false
    open.value = new Set()
    asked.value = false
    told()
  }
  async function merge(): Promise<void> {
    const m = model.value!
    const [current, { history }] = await Promise.all([read(), get<{ history: { by: string | null }[] }>(`${path}/${id}/history`)])
    const by = history[0]?.by
    record.value = current
    newer.value = null
    stale.value = { result: m.mergeStale(current), by: by ? personName(by) : t('record.system'), titles: current.titles ?? {} }
  }
  async function refused(problem: unknown, body: Record<string, unknown> | null): Promise<void> {
    wish.value = wishOf(problem, body)
    if (wish.value) return
    if (problem instanceof ApiProblem && problem.status === 412 && id !== null) await merge()
    else error.value = takeProblem(model.value!, problem)
  }
  const key = () => globalThis.crypto?.randomUUID?.()
  /** True when the record is stored (or there was nothing to store); `leave`: one is on the way to another page. */
  async function save(leave = false): Promise<boolean> {
    const m = model.value
    if (!m || saving.value) return false
    // From here on, not from the sending: who presses twice while the page still asks would store it twice.
    saving.value = true
    try {
      return await saveOnce(m, leave, false)
    } finally {
      saving.value = false
    }
  }
  async function saveOnce(m: FormModel, leave: boolean, again: boolean): Promise<boolean> {
    ;(document.activeElement as HTMLElement | null)?.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
    await complete(m)
    asked.value = true
    error.value = null
    if (!m.check()) return false
    const body = m.patch()
    if (body === null && id !== null) {
      saved(record.value!)
      return true
    }
    const before = document.activeElement as HTMLElement | null
    sending.value = true
    try {
      if (id === null) {
        const made = await post<RecordData>(path, body ?? {}, { idempotencyKey: key() })
        remember(app, m)
        dropDraft(app, form.form, null)
        told()
        m.accept(made)
        if (leave) return true
        await nextTick()
        const own = { name: 'record', params: { app, form: form.form, id: made.id } }
        await router.replace(args.returnTo ?? own)
        if (args.returnTo) toast(t('record.created', { form: labelOf(form.label, form.form) }), { action: { label: t('record.open'), run: () => void router.push(own) } })
      } else {
        await patch<RecordData>(`${path}/${id}`, body, { ifMatch: m.rev, idempotencyKey: key() })
        // The answer of a save has no titles of what it refers to.
        saved(await read())
      }
      return true
    } catch (problem) {
      await refused(problem, body)
    } finally {
      sending.value = false
    }
    await nextTick()
    if (document.activeElement === document.body) before?.focus()
    const met = stale.value?.result
    // Only what the server makes has changed (a sum of other records): there is nothing to decide. Once, lest it never end.
    if (again || !met || met.merged.length || met.conflicts.length) return false
    stale.value = null
    return saveOnce(m, leave, true)
  }

  // ---- the whole record ----

  async function remove(): Promise<void> {
    error.value = null
    const name = title.value
    try {
      await del(`${path}/${id}`, { ifMatch: model.value!.rev })
    } catch (problem) {
      wish.value = wishOf(problem, null)
      if (problem instanceof ApiProblem && problem.status === 412) await adopt(await read())
      if (!wish.value) error.value = problem
      return
    }
    dropDraft(app, form.form, id)
    dropRecent(app, form.form, id!)
    model.value?.accept(record.value!)
    const restore = async () => {
      await post(`${path}/${id}/restore`)
      told()
      await router.push({ name: 'record', params: { app, form: form.form, id: id! } })
    }
    await router.push({ name: 'list', params: { app, form: form.form } })
    told()
    toast(t('record.deleted', { title: name }), { action: { label: t('undo'), run: () => void restore().catch(() => toast(t('record.notRestored'), { kind: 'danger' })) } })
  }
  async function handOver(owner: string): Promise<void> {
    await post(`${path}/${id}/transfer`, { owner })
    await refresh()
    toast(t('record.handedOver', { who: personName(owner) }))
    told()
  }
  /** As it is stored now. What somebody has begun to type while it was asked for stays; a later answer stays, too. */
  async function refresh(): Promise<void> {
    const next = await read()
    const m = model.value
    told()
    if (m && next.rev < m.rev) return
    newer.value = null
    if (!m || !editing.value || !m.dirty) await adopt(next)
    else if (next.rev > m.rev) newer.value = personName(next.updated_by as string | null) || t('record.somebody')
  }

  /** It was asked for: the page shows the record as it is until that is approved. */
  async function wished(): Promise<void> {
    wish.value = null
    dropDraft(app, form.form, id)
    draftAt.value = ''
    whole.value = false
    open.value = new Set()
    await refresh()
  }

  async function changedElsewhere(event: RecordEvent): Promise<void> {
    if (event.app !== app || event.form !== form.form || event.id !== id || !model.value || event.rev <= model.value.rev || saving.value) return
    if (!editing.value) await refresh().catch(() => undefined)
    else newer.value = personName((await read().catch(() => null))?.updated_by as string | null) || t('record.somebody')
  }
  const off = on('record', (event) => void changedElsewhere(event as RecordEvent))

  onBeforeUnmount(() => {
    off()
    clearInterval(timer)
    if (pause) cancelIdleCallback(pause)
    model.value?.dispose()
  })

  return { read, model, record, failure, error, saving, sending, whole, open, editing, stale, newer, wish, offered, draftAt, asked, title, start, edit, leaveEdit, useDraft, refuseDraft, save, saved, merge, remove, handOver, refresh, wished, keepDraft }
}
