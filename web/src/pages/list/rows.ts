// The window of a list: pages of 100 rows fetched where one looks, by offset, so that a jump into row 90,000 asks for one page.
// Invariants: 1. a page asked for one question never lands in the window of another (`generation`); 2. a page is asked once;
// 3. rows already shown stay until their replacement has come (no flicker on refresh).
import { computed, onScopeDispose, ref, shallowRef, triggerRef, type Ref, watch } from 'vue'
import { get } from '@/api/client'
import type { RecordData, RecordPage } from '@/api/types'

export const PAGE = 100
const SETTLE_MS = 60
/** rows asked for before they are in sight, and how many pages at once while the scroll goes on */
const AHEAD = 80
const AT_ONCE = 2

export interface Question {
  app: string
  form: string
  filter: string
  sort: string
  q: string
  fields: string
  /** only records somebody shares with this person */
  only?: 'shared' | 'followed' | ''
}

export function useRows(question: Ref<Question>) {
  const pages = shallowRef(new Map<number, RecordData[]>())
  const total = ref(0)
  const capped = ref(false)
  const loading = ref(true)
  const error = ref<unknown>(null)
  const asked = new Set<number>()
  let generation = 0
  let abort = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let wanted: [number, number] = [0, 0]
  let down = true
  let underWay = 0

  const query = (extra: Record<string, string | number>) => {
    const { filter, sort, q, fields, only } = question.value
    return { filter, sort, q, fields, titles: 1, ...(only ? { [only]: 1 } : {}), ...extra }
  }
  const path = () => `/api/${question.value.app}/${question.value.form}`

  async function fetchPage(page: number, mine: number): Promise<void> {
    if (asked.has(page)) return
    asked.add(page)
    underWay++
    const first = page === 0
    try {
      const answer = await get<RecordPage>(path(), query({ limit: PAGE, ...(page ? { offset: page * PAGE } : {}), ...(first ? { count: 1 } : {}) }), abort.signal)
      if (mine !== generation) return
      if (first) {
        total.value = answer.count ?? answer.records.length
        capped.value = answer.count_capped === true
        if (capped.value) void fetchCount(mine)
      }
      if (first && pages.value.size > 1) pages.value = new Map()
      pages.value.set(page, answer.records)
      triggerRef(pages)
      error.value = null
    } catch (failure) {
      if (mine !== generation) return
      asked.delete(page)
      error.value = failure
    } finally {
      underWay--
      if (mine === generation) loading.value = false
    }
  }

  /** The capped count is shown as "10,000+" at once; the exact one follows, so that the scroll bar is right. */
  async function fetchCount(mine: number): Promise<void> {
    const answer = await get<RecordPage>(path(), query({ limit: 1, fields: 'id', count: 'exact' }), abort.signal).catch(() => undefined)
    if (mine !== generation || answer?.count === undefined) return
    total.value = answer.count
    capped.value = false
  }

  function restart(): void {
    generation++
    abort.abort()
    abort = new AbortController()
    asked.clear()
    loading.value = true
    void fetchPage(0, generation).then(fetchWanted)
  }

  /**
   * The rows in sight. A steady scroll has its next rows asked for before it comes to them; a leap over thousands waits until it
   * has settled, so that the pages leapt over are not asked for.
   */
  function look(from: number, to: number): void {
    down = from >= wanted[0]
    wanted = [from, to]
    clearTimeout(timer)
    if (!missing().length) return
    if (underWay < AT_ONCE) fetchWanted()
    timer = setTimeout(fetchWanted, SETTLE_MS)
  }

  function missing(): number[] {
    const [from, to] = [wanted[0] - (down ? 0 : AHEAD), wanted[1] + (down ? AHEAD : 0)].map((row) => Math.floor(Math.max(0, Math.min(total.value - 1, row)) / PAGE)) as [number, number]
    return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((page) => !asked.has(page))
  }

  function fetchWanted(): void {
    for (const page of missing()) void fetchPage(page, generation)
  }

  const at = (index: number): RecordData | undefined => pages.value.get(Math.floor(index / PAGE))?.[index % PAGE]
  const loaded = computed(() => [...pages.value.entries()].sort((a, b) => a[0] - b[0]).flatMap(([, rows]) => rows))

  /** Reads the pages shown again, quietly. */
  function refresh(): void {
    generation++
    abort.abort()
    abort = new AbortController()
    asked.clear()
    void fetchPage(0, generation).then(fetchWanted)
  }

  /** Puts a changed record in place without reading the list again. */
  function replace(record: RecordData): void {
    for (const rows of pages.value.values()) {
      const i = rows.findIndex((r) => r.id === record.id)
      if (i >= 0) rows[i] = record
    }
    triggerRef(pages)
  }

  watch(question, (now, before) => {
    if (JSON.stringify(now) === JSON.stringify(before)) return
    if (before && (now.form !== before.form || now.app !== before.app)) {
      pages.value = new Map()
      total.value = 0
    }
    restart()
  }, { immediate: true })

  onScopeDispose(() => {
    clearTimeout(timer)
    abort.abort()
  })
  return { total, capped, loading, error, at, loaded, look, refresh, replace, restart }
}
