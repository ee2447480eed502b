// V05: one cell of the list edited in place. The record is read when the cell is opened: its rights, its rules and its revision
// are those of now, so a cell refuses for the same reasons in the same words as the record's page.
import { computed, ref, shallowRef } from 'vue'
import { ApiProblem, get, patch } from '@/api/client'
import type { FieldDef, FormDef, RecordData } from '@/api/types'
import { labelOf, t } from '@/i18n/t'
import { type Wish, wishOf } from '@/pages/record/saving'
import type { Later } from '@/fields/combo'
import type { Choice, FormModel, Wire } from '@/rules/types'
import { wordsOf } from '@/ui/problem'
import { toast } from '@/ui/toast'

/** Values with an editor that needs more room than a cell, or no editor: their records are opened. */
const ELSEWHERE = new Set(['table', 'longtext', 'richtext', 'file', 'image', 'geo', 'address', 'barcode', 'button', 'lookup'])

/** Why a column cannot be edited in any row; 'open': its record is opened instead. */
export function columnLock(form: FormDef, name: string): string | 'open' | null {
  const field = form.fields.find((f) => f.name === name)
  if (!field || field.computed || field.formula || ELSEWHERE.has(field.type)) return 'open'
  if (form.transitions?.some((one) => one.field === name)) return t('list.cellStage')
  if (field.type === 'serial') return t('list.cellSerial')
  if (field.read_only) return t('list.cellFixed')
  if (!form.rights.update || (field.right ?? 'edit') !== 'edit') return t('list.cellRight')
  return null
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

interface Cell {
  id: number
  column: string
  field: FieldDef
  first?: string
}
interface Hooks {
  app: () => string
  form: () => FormDef
  saved: (record: RecordData) => void
  /** what a cell may have only once it is approved: the cell is left as it was */
  wished: (id: number, wish: Wish) => void
}

export function useCellEdit({ app, form, saved, wished }: Hooks) {
  const cell = shallowRef<Cell | null>(null)
  const model = shallowRef<FormModel>()
  const value = ref<unknown>(null)
  const title = ref<string | null>()
  const refused = ref('')
  const busy = ref(false)
  let arrived: Promise<void> = Promise.resolve()
  /** what was chosen and is still being looked up; false: there is no such thing, which is told once */
  let chosen: Promise<boolean> = Promise.resolve(true)
  let touched = false
  let base: Wire = null
  let turn = 0

  const fault = computed(() => refused.value || (cell.value && model.value?.states[cell.value.column]?.error?.detail) || '')
  /** candidates of a reference, as the record's rules say */
  const options = computed(() => (cell.value && model.value?.states[cell.value.column]?.options) || null)
  const path = (id: number) => `/api/${app()}/${form().form}/${id}`

  function leave(): void {
    turn++
    model.value?.dispose()
    model.value = undefined
    cell.value = null
    refused.value = ''
  }

  /** `shown`: what the list says of the cell; when the record says otherwise by now, the person is told first. */
  async function meet(shown: unknown, mine: number): Promise<void> {
    const { id, column } = cell.value!
    try {
      const [record, { openForm }] = await Promise.all([get<RecordData>(path(id), { titles: 1, rights: 1 }), import('@/rules/FormModel')])
      const opened = await openForm({ app: app(), form: form(), record })
      if (mine !== turn) return opened.dispose()
      model.value?.dispose()
      model.value = opened
      base = (record[column] ?? null) as Wire
      if (opened.states[column]?.readOnly || opened.states[column]?.visible === false) {
        leave()
        toast(t('list.cellRight'))
        return
      }
      if (touched) take(value.value, title.value)
      if (same(base, shown)) return
      saved(record)
      if (!touched) value.value = base
      refused.value = t('list.cellStale')
    } catch (problem) {
      if (mine === turn) refused.value = wordsOf(problem)
    }
  }

  function begin(row: RecordData, column: string, first?: string): void {
    leave()
    const field = form().fields.find((f) => f.name === column)!
    cell.value = { id: row.id, column, field, first }
    value.value = row[column] ?? null
    const text = row.titles?.[column]
    title.value = typeof text === 'string' ? text : null
    touched = false
    chosen = Promise.resolve(true)
    arrived = meet(row[column], turn)
  }

  function take(next: unknown, text?: string | null): void {
    touched = true
    refused.value = ''
    value.value = next
    title.value = text
    model.value?.set(cell.value!.column, next as Wire, text ?? undefined)
  }

  function later({ text, answer }: Later<Choice>): void {
    const mine = turn
    chosen = answer.catch(() => null).then((choice) => {
      if (mine !== turn) return false
      if (choice) take(choice.value, choice.title)
      else refused.value = t('field.noMatch', { text })
      return choice !== null
    })
  }

  function undoable(field: FieldDef, before: Wire, record: RecordData): void {
    const back = async () => {
      try {
        await patch(path(record.id), { [field.name]: before }, { ifMatch: record.rev })
        saved(await get<RecordData>(path(record.id), { titles: 1 }))
      } catch (problem) {
        toast(t('failed', { why: wordsOf(problem) }), { kind: 'danger' })
      }
    }
    toast(t('list.cellSaved', { field: labelOf(field.label, field.name) }), { action: { label: t('undo'), run: () => void back() } })
  }

  /** At the cell; a fault of another field of the record says which. */
  async function tell(problem: unknown, mine: number): Promise<void> {
    refused.value = wordsOf(problem)
    if (!(problem instanceof ApiProblem)) return
    if (problem.status === 412) {
      await meet(base, mine)
      refused.value = t('list.cellStale')
      return
    }
    const other = problem.faults.find((one) => one.pointer !== `/${cell.value?.column}`)
    const field = other && form().fields.find((f) => `/${f.name}` === other.pointer)
    if (other && field && problem.faults.length === 1) refused.value = t('list.cellOther', { field: labelOf(field.label, field.name), why: other.detail })
  }

  /** True when the cell may be left: stored, or nothing was changed. */
  async function commit(): Promise<boolean> {
    if (busy.value || !cell.value) return false
    const mine = turn
    let body: ReturnType<FormModel['patch']> = null
    busy.value = true
    try {
      const [isFound] = await Promise.all([chosen, arrived])
      chosen = Promise.resolve(true)
      if (!isFound) return false
      const [m, at] = [model.value, cell.value]
      if (mine !== turn || !m || !at) return false
      await m.idle()
      m.touch(at.column)
      const before = base
      body = m.patch()
      if (body === null) {
        leave()
        return true
      }
      if (m.state(at.column).error) return false
      await patch(path(at.id), body, { ifMatch: m.rev })
      const record = await get<RecordData>(path(at.id), { titles: 1 })
      saved(record)
      undoable(at.field, before, record)
      leave()
      return true
    } catch (problem) {
      if (mine !== turn) return false
      const [wish, id] = [wishOf(problem, body), cell.value?.id]
      if (wish && id !== undefined) {
        leave()
        wished(id, wish)
        return true
      }
      await tell(problem, mine)
      return false
    } finally {
      busy.value = false
    }
  }

  return { cell, value, title, options, fault, busy, begin, take, later, commit, leave }
}
