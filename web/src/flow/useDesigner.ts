// What is being designed: one flow of the draft, as text and as a tree; what is chosen, folded, found, simulated; and the steps
// back. Every change goes through `apply`, is saved into the draft shortly after, and can be taken back.
import { computed, inject, type InjectionKey, provide, reactive, ref, shallowRef, watch } from 'vue'
import { allDepts, personName } from '@/fields/people'
import { pathOfPointer } from '@/definitions/places'
import type { Finding } from '@/definitions/api'
import { namesOf } from '@/definitions/names'
import type { Workspace } from '@/definitions/workspace'
import { labelOf, t } from '@/i18n/t'
import { toast } from '@/ui/toast'
import { put } from './text'
import { addList, addStep, asList, earlier, type Edited, type Flow, type Kind, moveBy, moveTo, newStep, pointerOf, readFlow, removeAt, type Row, rowAt, rowsOf, sameRows, share, START, type Step, withFreshIds } from './tree'
import { valueWords } from './condition'
import { caseTitle, caseWords, conditionWords, lookOf, stepTitle, stepWords } from './words'
import type { Around } from './who'

const SAVE_AFTER = 900
const MERGE_WITHIN = 1500
const STEPS_BACK = 200

export interface Visit {
  step: string
  label: string
  kind: string
  who: { user: string; label: string; /** not asked after all, and by which policy */ skipped?: string }[]
  why: string
  skipped?: string
  picks?: boolean
}

/** A step copied in any flow can be pasted in any other. */
const clipboard = shallowRef<Step | null>(null)
const deptNames = reactive(new Map<string, string>())

function useHistory() {
  const past: { text: string; selected: string; key: string; at: number }[] = []
  const future: typeof past = []
  const size = ref({ past: 0, future: 0 })
  const count = () => (size.value = { past: past.length, future: future.length })
  return {
    size,
    note(text: string, selected: string, key: string): void {
      const last = past[past.length - 1]
      const now = Date.now()
      future.length = 0
      if (key && last?.key === key && now - last.at < MERGE_WITHIN) last.at = now
      else past.push({ text, selected, key, at: now })
      if (past.length > STEPS_BACK) past.shift()
      count()
    },
    step(back: boolean, text: string, selected: string): { text: string; selected: string } | undefined {
      const from = back ? past : future
      const next = from.pop()
      if (next) (back ? future : past).push({ text, selected, key: '', at: 0 })
      count()
      return next
    },
    clear(): void {
      past.length = future.length = 0
      count()
    }
  }
}

export function useDesigner(ws: Workspace, path: string) {
  const history = useHistory()
  const doc = computed(() => ws.docs.get(path))
  const text = computed(() => doc.value?.text ?? '')
  const flow = computed<Flow | null>((old) => share(old, text.value ? readFlow(text.value) : null))
  const rows = computed<Row[]>((old) => (flow.value ? sameRows(new Map((old ?? []).map((row) => [row.pointer, row])), rowsOf(flow.value)) : []))
  const byPointer = computed(() => new Map(rows.value.map((row) => [row.pointer, row])))

  const selected = ref('')
  const open = ref(false)
  /** the first control of the drawer is wanted in focus */
  const wish = ref(false)
  const folded = reactive(new Set<string>())
  const adding = shallowRef<{ list: string; index: number; at: DOMRect; back: HTMLElement | null } | null>(null)
  const dragging = ref('')
  const simulation = shallowRef<Visit[] | null>(null)
  const simulated = ref('')

  void allDepts().then((all) => all.forEach((d) => deptNames.set(d.dept, d.label))).catch(() => undefined)
  // What may be named comes from the other files: typing in this one must not have all of them read again.
  const others = computed<[string, string][]>((old) => {
    const now = [...ws.docs.values()].filter((one) => one.path !== path && (one.stored !== null || one.text)).map((one): [string, string] => [one.path, one.text])
    return old && old.length === now.length && now.every(([at, source], i) => old[i]?.[0] === at && old[i]?.[1] === source) ? old : now
  })
  const names = computed(() => namesOf(others.value))
  const form = computed(() => flow.value?.form ?? '')
  const around = computed<Around>(() => ({ names: names.value, form: form.value, person: personName, dept: (name) => deptNames.get(name) ?? name }))
  const look = computed(() => lookOf(around.value))

  const selectedRow = computed(() => byPointer.value.get(selected.value) ?? null)
  const titleOfRow = (row: Row): string => {
    if (row.type === 'start') return t('flow.start')
    return row.step ? stepTitle(row.step, around.value) : caseTitle(row.case, row.index, row.type === 'case' ? 'case' : 'branch')
  }
  const titleOfStep = (id: string): string => {
    const row = rows.value.find((r) => r.step?.id === id)
    return row ? titleOfRow(row) : id
  }

  /* ---- findings ---- */
  /** The words of the checks name steps by id and conditions as they are written: here as they are called. */
  function inWords(message: string): string {
    let text = message
    const put_ = (from: string, to: string) => (text = from ? text.split(from).join(to) : text)
    const conditions = [flow.value?.start?.when, ...rows.value.flatMap((row) => [row.case?.when, row.step?.until?.when])].filter((when): when is string => !!when)
    for (const when of [...new Set(conditions)].sort((a, b) => b.length - a.length)) put_(when, conditionWords(when, look.value))
    for (const row of rows.value) if (row.step) put_(`“${row.step.id}”`, `“${titleOfRow(row)}”`)
    put_(`“${flow.value?.flow}”`, `“${labelOf(flow.value?.label, flow.value?.flow)}”`)
    for (const key of ['on_self', 'on_repeat', 'on_nobody', 'start.when']) put_(key, t('flow.quoted', { what: t(`flow.${key}`) }))
    return text.replace(/([a-z_][\w.]*) = ('[^']*'|-?[\d.]+|true|false)/g, (all, field: string, value: string) => {
      const known = look.value(field)
      return known ? `${known.label} = ${valueWords(value === 'true' || value === 'false' ? t(value === 'true' ? 'yes' : 'no') : value.replace(/^'|'$/g, ''), known)}` : all
    })
  }
  /** What stands in brackets at the end for who writes the definition as text is left out: here it is clicked. */
  const KEYS = /["_]|\b(?:goto|escalate|read|owner|field|states|allow|\d+w?[dhm])\b/
  const remedyWords = (remedy: string): string => inWords(remedy.replace(/(?:（[^（）]*）| \([^()]*\))$/, (tail) => (KEYS.test(tail) ? '' : tail)))
  const findings = computed(() => ws.findings.value.filter((f) => f.file === path && f.severity !== 'info'))
  const elsewhere = computed(() => ws.findings.value.filter((f) => f.file !== path && f.severity === 'error'))
  const summary = computed(() => inWords(labelOf(ws.findings.value.find((f) => f.file === path && f.code === 'F601')?.message)))
  const marks = computed(() => {
    const map = new Map<string, Finding[]>()
    if (rows.value.length) for (const f of findings.value) {
      const at = rowAt(rows.value, f.pointer).pointer
      map.set(at, [...(map.get(at) ?? []), f])
    }
    return map
  })

  /* ---- changes ---- */
  let timer: ReturnType<typeof setTimeout> | undefined
  let mine: string | null = null
  function saveSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!ws.conflict.value) void ws.save(path)
    }, SAVE_AFTER)
  }
  function write(next: string): void {
    mine = next
    ws.edit(path, next)
    saveSoon()
  }
  function apply(next: Edited | { text: string }, key = ''): boolean {
    if (next.text === text.value) return false
    history.note(text.value, selected.value, key)
    write(next.text)
    if ('select' in next) selected.value = next.select
    return true
  }
  /** Sets a key of what stands at a pointer; `key` merges keystrokes into one step back. */
  function set(pointer: string, keys: (string | number)[], value: unknown): void {
    const at = [...(pointer === START ? [] : pathOfPointer(pointer)), ...keys]
    apply({ text: put(text.value, at, value) }, pointerOf(at))
  }
  /** Several keys of what stands at a pointer, as one step back. */
  function setMany(pointer: string, values: Record<string, unknown>): void {
    const at = pointer === START ? [] : pathOfPointer(pointer)
    apply({ text: Object.entries(values).reduce((next, [key, value]) => put(next, [...at, key], value), text.value) })
  }
  function travel(back: boolean): void {
    const to = history.step(back, text.value, selected.value)
    if (!to) return
    write(to.text)
    selected.value = byPointer.value.has(to.selected) ? to.selected : START
  }
  // Somebody else's text, a discarded draft: what could be taken back no longer leads there.
  watch(text, (now) => {
    if (now !== mine) history.clear()
    mine = now
  })

  function select(pointer: string, options: { focus?: boolean; open?: boolean } = {}): void {
    selected.value = pointer
    if (options.open !== false) open.value = true
    if (options.focus) wish.value = true
    for (let row = byPointer.value.get(pointer); row?.parent; row = byPointer.value.get(row.parent)) folded.delete(row.parent)
  }
  function add(list: string, index: number, kind: Kind): void {
    if (!flow.value) return
    const before = rows.value.find((r) => r.pointer === `${list}/${index - 1}`) ?? rows.value.find((r) => `${r.pointer}/steps` === list)
    const target = kind === 'goto' && before ? [...earlier(rows.value, before.pointer), ...(before.type === 'step' ? [before] : [])].at(-1)?.step?.id : undefined
    const added = addStep(text.value, pathOfPointer(list), index, newStep(kind, flow.value, rows.value, target))
    apply(added)
    select(kind === 'branch' ? `${added.select}/cases/0` : added.select, { focus: true })
  }
  function addCase(row: Row): void {
    if (!row.step) return
    const added = addList(text.value, row.pointer, row.step)
    apply(added)
    select(added.select, { focus: true })
  }
  function remove(row: Row): boolean {
    if (row.type === 'start') return false
    if (row.type !== 'step' && row.count < 2) {
      toast(t('flow.lastCase'))
      return false
    }
    const name = titleOfRow(row)
    apply(removeAt(text.value, row.pointer))
    open.value = false
    toast(t('flow.removed', { name }), { action: { label: t('undo'), run: () => travel(true) } })
    return true
  }
  function copy(row: Row): void {
    if (!row.step) return
    clipboard.value = row.step
    toast(t('flow.copied', { name: titleOfRow(row) }))
  }
  function placeAfter(row: Row): { list: string; index: number } {
    if (row.type === 'start') return { list: '/steps', index: 0 }
    if (row.type !== 'step') return { list: `${row.pointer}/steps`, index: 0 }
    return { list: pointerOf(row.path.slice(0, -1)), index: row.index + 1 }
  }
  function paste(list: string, index: number, step = clipboard.value): void {
    if (!step || !flow.value) return
    const added = addStep(text.value, pathOfPointer(list), index, withFreshIds(step, flow.value))
    apply(added)
    select(added.select)
  }
  function duplicate(row: Row): void {
    const { list, index } = placeAfter(row)
    if (row.step) paste(list, index, row.step)
  }
  function shift(row: Row, by: number): void {
    if (row.type === 'start' || row.index + by < 0 || row.index + by >= row.count) return
    apply(moveBy(text.value, row.pointer, by))
  }
  function drop(list: string, index: number): void {
    const from = dragging.value
    dragging.value = ''
    if (from && byPointer.value.has(from)) apply(moveTo(text.value, from, pathOfPointer(list), index))
  }

  const blocks = computed(() => rows.value.filter((row) => row.kind === 'branch' || row.kind === 'parallel'))
  function foldAll(all: boolean): void {
    folded.clear()
    if (all) for (const row of blocks.value) folded.add(row.pointer)
  }
  /** Steps and cases whose name, id or second line says so, in their order. */
  function find(q: string): Row[] {
    const wanted = q.trim().toLowerCase()
    if (!wanted) return []
    return rows.value.filter((row) => [titleOfRow(row), row.step?.id ?? '', row.step ? stepWords(row.step, around.value, titleOfStep) : caseWords(row.case, look.value)].some((text) => text.toLowerCase().includes(wanted)))
  }

  function flush(): void {
    clearTimeout(timer)
  }

  /* ---- the way a simulation went ---- */
  const visits = computed(() => {
    const map = new Map<string, Visit>()
    for (const visit of simulation.value ?? []) {
      const row = rows.value.find((r) => r.step?.id === visit.step)
      if (row) map.set(row.pointer, visit)
    }
    return map
  })
  /** Rows on the way: those visited, and the cases and blocks around them. */
  const onWay = computed(() => {
    const set_ = new Set<string>()
    if (simulation.value) set_.add(START)
    for (const pointer of visits.value.keys()) {
      for (let row = byPointer.value.get(pointer); row; row = byPointer.value.get(row.parent)) set_.add(row.pointer)
    }
    return set_
  })

  return {
    ws, path, doc, text, flow, rows, byPointer, selected, selectedRow, open, wish, folded, adding, dragging, clipboard, around, look, findings, elsewhere, summary, marks,
    history: history.size, visits, onWay, simulation, simulated, titleOfRow, titleOfStep,
    apply, set, setMany, undo: () => travel(true), redo: () => travel(false), select, add, addCase, remove, copy, paste, duplicate, placeAfter, shift, drop, flush, blocks, foldAll, find, inWords, remedyWords,
    stepsIn: (row: Row) => rows.value.filter((r) => r.type === 'step' && r.pointer.startsWith(`${row.pointer}/`)).length,
    peopleOf: (step: Step) => asList(step.who)
  }
}

export type Designer = ReturnType<typeof useDesigner>
const KEY: InjectionKey<Designer> = Symbol('flow designer')
export const provideDesigner = (designer: Designer) => provide(KEY, designer)
export function theDesigner(): Designer {
  const designer = inject(KEY)
  if (!designer) throw new Error('no flow designer around this')
  return designer
}
