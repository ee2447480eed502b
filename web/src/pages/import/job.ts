// An import on the server: sent, watched until it is over, cancelled.
import { onBeforeUnmount, shallowRef } from 'vue'
import { ApiProblem, call, del, get } from '@/api/client'
import type { ProblemBody } from '@/api/types'
import type { Mode, Preview } from './mapping'

export interface Job {
  id: string
  kind: string
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted'
  app: string
  form: string
  done: number
  total: number
  read: number
  created: number
  updated: number
  skipped: number
  failed: number
  seconds_left: number | null
  errors_file: string | null
  refused?: { row: number; reason: string }[]
  /** of an undo */
  result?: { deleted: number; reverted: number; partly: number; left: number; skipped: number; reasons: { id: number; detail: string }[] }
  problem?: ProblemBody
}
export interface Order {
  file: File
  sheet: string
  map?: Record<string, unknown>
  mode?: Mode
  dryRun?: boolean
}

const EVERY_MS = 400
export const isOver = (job: Job) => job.state !== 'waiting' && job.state !== 'running'
/** Why the whole of it failed, as any refusal. */
export const problemOf = (job: Job) => (job.problem ? new ApiProblem(job.problem.status, job.problem) : null)

function bodyOf(order: Order): FormData {
  const body = new FormData()
  const parts = { sheet: order.sheet, mode: order.mode, dry_run: order.dryRun ? '1' : '', map: order.map ? JSON.stringify(order.map) : '' }
  for (const [name, value] of Object.entries(parts)) if (value) body.set(name, value)
  body.set('file', order.file)
  return body
}
export const look = (path: string, order: Order, signal: AbortSignal) => call<Preview>('POST', path, { query: { preview: 1 }, raw: bodyOf(order), signal })

/** One job at a time, as it goes; `error` is why it could not be asked for. */
export function useJob() {
  const job = shallowRef<Job | null>(null)
  const error = shallowRef<unknown>(null)
  const sending = shallowRef(false)
  let turn = 0

  async function watch(id: string): Promise<void> {
    const mine = ++turn
    error.value = null
    while (mine === turn) {
      try {
        const now = await get<Job>(`/api/jobs/${id}`)
        if (mine !== turn) return
        job.value = now
        if (isOver(now)) return
      } catch (failure) {
        if (mine !== turn) return
        if (failure instanceof ApiProblem) {
          error.value = failure
          return
        } // out of reach for a moment: the import goes on without us
      }
      await new Promise((later) => setTimeout(later, EVERY_MS))
    }
  }
  async function start(path: string, order?: Order): Promise<string | null> {
    const mine = ++turn
    job.value = error.value = null
    sending.value = true
    try {
      const made = await call<Job>('POST', path, order ? { raw: bodyOf(order) } : {})
      if (mine !== turn) return null
      job.value = made
      return made.id
    } catch (failure) {
      if (mine === turn) error.value = failure
      return null
    } finally {
      sending.value = false
    }
  }
  async function cancel(): Promise<void> {
    try {
      if (job.value) await del(`/api/jobs/${job.value.id}`)
    } catch (failure) {
      if (!(failure instanceof ApiProblem && failure.code === 'job_over')) error.value = failure
    }
  }
  function forget(): void {
    turn++
    job.value = error.value = null
  }
  onBeforeUnmount(() => turn++)
  return { job, error, sending, start, watch, cancel, forget }
}
