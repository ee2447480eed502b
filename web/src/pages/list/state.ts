// What a list shows lives in the address: view, conditions (f), order (sort), words (q), columns (c), shared with me (shared), followed by me (followed). What equals the view's
// own is left out, so that a bare address is the view and "changed" is the presence of any of these.
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { FormDef, ViewDef } from '@/api/types'
import { type Clause, clausesOf, fromParam, toParam } from './filter'

const many = (v: unknown): string[] => (v === undefined || v === null ? [] : Array.isArray(v) ? v.map(String) : [String(v)])

export function useListState(form: () => FormDef, views: () => ViewDef[]) {
  const route = useRoute()
  const router = useRouter()

  const viewName = computed(() => String(route.query.view ?? ''))
  /** The bare address is the view that leaves nothing out, where the form has one. */
  const whole = computed(() => views().find((v) => (v.kind ?? 'table') === 'table' && !v.filter && !v.saved))
  /** Not the whole list: what I work on with others, what I follow. */
  const only = computed<'shared' | 'followed' | ''>(() => (route.query.shared === '1' ? 'shared' : route.query.followed === '1' ? 'followed' : ''))
  const view = computed(() => (viewName.value ? views().find((v) => v.view === viewName.value) : whole.value))
  const clauses = computed<Clause[]>(() => {
    const own = many(route.query.f)
    if (route.query.f !== undefined) return own.filter(Boolean).map(fromParam)
    return clausesOf(form(), view.value?.filter)
  })
  const sort = computed(() => (route.query.sort !== undefined ? String(route.query.sort) : (view.value?.sort ?? []).join(',')))
  const q = computed(() => String(route.query.q ?? ''))
  const columns = computed(() => (route.query.c === undefined ? undefined : String(route.query.c)))
  const changed = computed(() => ['f', 'sort', 'c'].some((key) => route.query[key] !== undefined))

  function update(part: Record<string, string | string[] | undefined>): void {
    const query = { ...route.query, ...part }
    for (const key of Object.keys(query)) if (query[key] === undefined) delete query[key]
    void router.replace({ query })
  }
  const setClauses = (next: Clause[]) => update({ f: next.length ? next.map(toParam) : [''] })
  const setSort = (next: string) => update({ sort: next || undefined })
  const setQ = (next: string) => update({ q: next || undefined })
  const setColumns = (next: string[] | undefined) => update({ c: next?.join(',') })
  const setView = (name: string) => void router.push({ query: name ? { view: name } : {} })
  const reset = () => update({ f: undefined, sort: undefined, c: undefined })

  return { viewName, view, whole, only, clauses, sort, q, columns, changed, setClauses, setSort, setQ, setColumns, setView, reset }
}
