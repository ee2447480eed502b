// The amount of each record in the list, read a form at a time and as far as one's own roles show it: the list is there without them.
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { get } from '@/api/client'
import type { RecordPage } from '@/api/types'
import { formatValue, inCurrency } from '@/format/value'
import { appOf, formOf } from '@/session'
import { zoneOf } from './due'
import { mainAmount } from './facts'
import type { Task } from './types'

const MOST = 100

async function amountsOf(app: string, form: string, ids: number[], signal: AbortSignal): Promise<[string, string][]> {
  const def = formOf(app, form)
  const field = def && mainAmount(def)
  if (!def || !field) return []
  const fields = [field.name, ...(field.currency && def.fields.some((one) => one.name === field.currency) ? [field.currency] : [])].join(',')
  const page = await get<RecordPage>(`/api/${app}/${form}`, { filter: `id in [${ids.join(', ')}]`, fields, limit: MOST }, signal).catch(() => undefined)
  const currency = appOf(app)?.app.currency
  return (page?.records ?? []).flatMap((record): [string, string][] => {
    const value = record[field.name]
    return value === null || value === undefined || Number(value) === 0 ? [] : [[`${app}/${form}/${record.id}`, formatValue(inCurrency(field, record), value, { zone: zoneOf(app), currency, symbol: true }, record)]]
  })
}

export function useAmounts(tasks: Ref<Task[]>) {
  const asked = computed(() => {
    const groups = new Map<string, { app: string; form: string; ids: number[] }>()
    for (const task of tasks.value.slice(0, 5 * MOST)) {
      if (!task.title || !task.form) continue
      const group = groups.get(`${task.app}/${task.form}`) ?? { app: task.app, form: task.form, ids: [] }
      if (!group.ids.includes(task.record) && group.ids.length < MOST) group.ids.push(task.record)
      groups.set(`${task.app}/${task.form}`, group)
    }
    return [...groups.values()]
  })
  const { data } = useQuery({
    queryKey: computed(() => ['tasks', 'amounts', asked.value, asked.value.map((one) => Boolean(formOf(one.app, one.form)))]),
    queryFn: async ({ signal }) => new Map((await Promise.all(asked.value.map((one) => amountsOf(one.app, one.form, one.ids, signal)))).flat()),
    enabled: computed(() => asked.value.length > 0),
    placeholderData: (before) => before,
    retry: false
  })
  return (task: Task) => data.value?.get(`${task.app}/${task.form}/${task.record}`)
}
