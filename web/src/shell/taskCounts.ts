// How many approvals wait for me: one question for the menu, the tab bar and the inbox, asked again when a task has changed.
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, ref } from 'vue'
import { get, seenAs } from '@/api/client'
import { on } from '@/api/events'

interface Counts {
  todo: number
  overdue: number
  cc: number
}
export const COUNTS = ['taskCounts']
// What somebody opened comes first.
const QUIET_MS = 1500
const quiet = ref(false)
setTimeout(() => (quiet.value = true), QUIET_MS)

export function useTaskCounts() {
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: COUNTS,
    enabled: computed(() => quiet.value && !seenAs),
    queryFn: ({ signal }) => get<Counts>('/api/tasks/counts', {}, signal),
    retry: false,
    staleTime: 30_000
  })
  onBeforeUnmount(on('task', () => void queries.invalidateQueries({ queryKey: COUNTS })))
  return {
    todo: computed(() => data.value?.todo ?? 0),
    overdue: computed(() => data.value?.overdue ?? 0),
    late: computed(() => (data.value?.overdue ?? 0) > 0),
    cc: computed(() => data.value?.cc ?? 0)
  }
}
