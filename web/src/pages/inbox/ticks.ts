// Tasks ticked to be decided at once: of one step of one flow only, for a batch is one decision said many times.
import { computed, type Ref, ref } from 'vue'
import { mainVerb, needs } from './acts'
import type { Task } from './types'

export const kindOf = (task: Task) => `${task.app}/${task.flow}/${task.step}`

export interface Ticked {
  on: boolean
  may: (task: Task) => boolean
  has: (task: Task) => boolean
}

/** A signature is given for one thing at a time. */
export function mayBatch(task: Task): boolean {
  const verb = mainVerb(task.actions)
  return verb !== undefined && verb !== 'resubmit' && !needs(task.require, verb, 'signature')
}

export function useTicks(tasks: Ref<Task[]>) {
  const ids = ref(new Set<string>())
  const ticking = ref(false)
  const chosen = computed(() => tasks.value.filter((task) => ids.value.has(task.id)))
  const kind = computed(() => (chosen.value[0] ? kindOf(chosen.value[0]) : null))
  const ticked = computed<Ticked>(() => ({
    on: ticking.value || chosen.value.length > 0,
    may: (task) => mayBatch(task) && (kind.value === null || kindOf(task) === kind.value),
    has: (task) => ids.value.has(task.id)
  }))
  function toggle(task: Task): void {
    if (!ticked.value.may(task)) return
    if (!ids.value.delete(task.id)) ids.value.add(task.id)
  }
  function clear(): void {
    ids.value = new Set()
    ticking.value = false
  }
  return { ticked, chosen, ticking, toggle, clear }
}
