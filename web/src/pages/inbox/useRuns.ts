// The approvals of one record: those it went through, the one it is in, and those it may start now.
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount } from 'vue'
import { get } from '@/api/client'
import { on } from '@/api/events'
import type { Run } from './types'

export interface Startable {
  flow: string
  label: string
}

export function useRuns(app: string, form: string, id: number | null) {
  const queries = useQueryClient()
  const key = ['runs', app, form, id]
  const { data } = useQuery({
    queryKey: key,
    enabled: id !== null,
    queryFn: ({ signal }) => get<{ runs: Run[]; may_start: Startable[] }>(`/api/${app}/${form}/${id}/runs`, {}, signal),
    retry: false
  })
  const off = on('task', (event) => {
    if ((event as { app: string }).app === app) void queries.invalidateQueries({ queryKey: key })
  })
  onBeforeUnmount(off)
  const runs = computed(() => [...(data.value?.runs ?? [])].sort((a, b) => b.id - a.id))
  return {
    runs,
    running: computed(() => runs.value.find((run) => run.state === 'running')),
    startable: computed(() => data.value?.may_start ?? []),
    again: () => queries.invalidateQueries({ queryKey: key })
  }
}
