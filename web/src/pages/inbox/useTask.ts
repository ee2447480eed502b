// One task on the page: read with the record as this step may see it, changed in the step's fields, decided. What others did
// meanwhile (409) is read anew and told; what was typed stays.
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, ref, shallowRef } from 'vue'
import { ApiProblem, post } from '@/api/client'
import { on } from '@/api/events'
import type { FieldDef, FieldFault, FormDef, RecordData } from '@/api/types'
import { labelOf, t } from '@/i18n/t'
import { openForm } from '@/rules/FormModel'
import type { FieldPath, FormModel } from '@/rules/types'
import { formOf, lendForm, loadApp } from '@/session'
import { COUNTS } from '@/shell/taskCounts'
import { toast } from '@/ui/toast'
import { wordsOf } from '@/ui/problem'
import { askTask, doAct, isForward, isVerdict, neededFields } from './acts'
import { type Draft, putDraft, takeDraft } from '@/pages/record/drafts'
import { askedWords } from './names'
import type { Run, TaskDetail, VerdictBody } from './types'

const FIELDS = /^\/fields(?=\/|$)/
const rootName = (path: FieldPath) => (typeof path === 'string' ? path : path[0])

/** What was begun on a task and not sent: it is there again when one comes back to it, as long as the page lasts. */
const begun = new Map<string, { comment: string; draft: Draft | null }>()

export function useTask(id: string, decided: (act: string, run: Run) => void) {
  const queries = useQueryClient()
  const task = shallowRef<TaskDetail>()
  const form = shallowRef<FormDef>()
  const model = shallowRef<FormModel>()
  const failure = ref<unknown>(null)
  const error = ref<unknown>(null)
  /** what became of it while it was looked at */
  const news = ref('')
  const busy = ref('')
  let done = false
  let gone = false
  const kept = begun.get(id)
  let comment = kept?.comment ?? ''

  const wordOf = (name: string) => labelOf(form.value?.fields.find((f) => f.name === name)?.label, name)
  const recordOf = (one: TaskDetail): RecordData => ({ ...one.content!, rights: one.rights })
  const editable = computed<FieldDef[]>(() => {
    const [one, m] = [task.value, model.value]
    if (!one?.actions.some(isVerdict) || !m || !form.value) return []
    return form.value.fields.filter((f) => one.rights[f.name] === 'edit' && !m.state(f.name).readOnly && !m.state(f.name).computed)
  })

  /** `quiet`: nobody asked for it, so what has been typed since stays. */
  async function adopt(one: TaskDetail, quiet = false): Promise<void> {
    await loadApp(one.app).catch((e) => {
      if (!(e instanceof ApiProblem && e.status === 404)) throw e
    })
    if (one.content && !formOf(one.app, one.form)) await lendForm(one.app, `/api/tasks/${encodeURIComponent(id)}/definition`)
    form.value = one.content ? formOf(one.app, one.form) : undefined
    const opened = form.value ? await openForm({ app: one.app, form: form.value, record: recordOf(one) }) : undefined
    if (gone || (quiet && busy.value)) return opened?.dispose()
    if (quiet && model.value?.dirty && one.content) {
      opened?.dispose()
      if (one.content.rev !== model.value.rev) news.value = takeIn(one)
      return
    }
    model.value?.dispose()
    task.value = one
    model.value = opened
  }
  async function load(): Promise<void> {
    failure.value = null
    try {
      await adopt(await askTask(id))
      if (kept?.draft && model.value && editable.value.length) putDraft(model.value, kept.draft)
      if (task.value?.kind === 'cc') void post(`/api/tasks/${id}/read`, {}).then((counts) => queries.setQueryData(COUNTS, counts)).catch(() => undefined)
    } catch (problem) {
      failure.value = problem
    }
  }

  /** The record has moved on: theirs is taken in, mine stays, and the fields that differ are named. */
  function takeIn(one: TaskDetail): string {
    const result = model.value!.mergeStale(recordOf(one))
    const names = new Set([...result.merged, ...result.conflicts.map((conflict) => conflict.path)].map(rootName))
    task.value = one
    return names.size ? t('inbox.changed', { fields: [...names].map(wordOf).join(t('inbox.listJoin')) }) : t('inbox.changedSome')
  }
  async function readAnew(problem: ApiProblem): Promise<void> {
    const one = await askTask(id)
    const open = one.actions.some(isVerdict)
    if (open && model.value && one.content && one.content.rev !== model.value.rev) news.value = takeIn(one)
    else {
      await adopt(one)
      news.value = t('inbox.notOpen', { why: wordsOf(problem) })
    }
    told()
  }

  /** Faults at fields this step may change; others are not the approver's to mend. */
  function blocking(act: string): FieldFault[] {
    const [one, m] = [task.value!, model.value]
    if (!m || !isForward(act)) return []
    const mine = new Set(editable.value.map((f) => f.name))
    m.check()
    return m.faults().filter((fault) => mine.has(fault.pointer.split('/')[1] ?? '')).concat(
      neededFields(one.require, act).filter((name) => (m.values[name] ?? null) === null && !(m.rows[name]?.length)).map((name) => ({ pointer: `/${name}`, code: 'required', detail: t('inbox.fillFirst', { fields: wordOf(name) }) })))
  }

  function takeRefusal(problem: ApiProblem): void {
    const faults = problem.faults.filter((fault) => FIELDS.test(fault.pointer))
    if (faults.length && model.value) model.value.applyProblem({ ...problem.body, errors: faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace(FIELDS, '') })) })
    if (faults.length < problem.faults.length || !faults.length) error.value = problem
  }

  function told(): void {
    for (const key of [['tasks'], COUNTS, ['runs']]) void queries.invalidateQueries({ queryKey: key })
    const one = task.value
    if (one) void queries.invalidateQueries({ predicate: (q) => q.queryKey.includes(one.app) && q.queryKey.includes(one.form) })
  }

  /** True when it was done. `faults` come back through `blocking` before anything is sent. */
  async function act(name: string, body: VerdictBody): Promise<boolean> {
    const one = task.value!
    const m = model.value
    if (busy.value) return false
    busy.value = name
    error.value = null
    news.value = ''
    try {
      await m?.idle()
      const fields = isVerdict(name) && m ? m.patch() : null
      const verdict = isVerdict(name) ? { ...(one.content && { rev: m?.rev ?? one.content.rev }), ...(fields && { fields }) } : {}
      const run = await doAct(name, one.id, one.run, { ...body, ...verdict })
      told()
      void tellDone(name, one)
      done = isVerdict(name)
      if (isVerdict(name) || name === 'transfer' || name === 'delegate' || name === 'take_back') decided(name, run)
      else await load()
      return true
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 409) await readAnew(problem).catch((again: unknown) => (error.value = again))
      else if (problem instanceof ApiProblem && problem.status === 422) takeRefusal(problem)
      else error.value = problem
      return false
    } finally {
      busy.value = ''
    }
  }
  /** Said at once; the way back is offered where the server allows it. */
  async function tellDone(name: string, one: TaskDetail): Promise<void> {
    const after = isVerdict(name) ? await askTask(one.id).catch(() => null) : null
    const back = after?.actions.includes('take_back') ? { label: t('undo'), run: () => void takeBack(one) } : undefined
    toast(t(`inbox.done.${name}`, { title: one.title ?? '', who: askedWords(one.run_detail) }), { action: back })
  }
  async function takeBack(one: TaskDetail): Promise<void> {
    try {
      await doAct('take_back', one.id, one.run, {})
      toast(t('inbox.done.take_back', { title: one.title ?? '' }))
    } catch (problem) {
      toast(t('failed', { why: wordsOf(problem) }), { kind: 'danger' })
    }
    told()
  }

  const off = on('task', (event) => {
    const { id: other } = event as { id: string }
    if (other === id && !busy.value && !model.value?.dirty) void askTask(id).then((one) => adopt(one, true)).catch((problem: unknown) => (failure.value = problem))
  })
  onBeforeUnmount(() => {
    gone = true
    off()
    const draft = model.value?.dirty ? takeDraft(model.value, '') : null
    if (!done && (comment || draft)) begun.set(id, { comment, draft })
    else begun.delete(id)
    model.value?.dispose()
  })

  return { task, form, model, failure, error, news, busy, editable, wordOf, load, blocking, act, kept, keep: (text: string) => (comment = text) }
}
