// What one may do with a task, and what each act asks for. The server names the acts; order and looks are ours.
import { get, post } from '@/api/client'
import type { ProblemBody } from '@/api/types'
import type { Box, Requirements, Run, TaskDetail, TaskPage, VerdictBody } from './types'

/** These decide the task: they carry the step's fields and the revision that was looked at. */
const VERDICTS = new Set(['approve', 'reject', 'complete', 'return', 'resubmit'])
/** These concern the whole run. */
const OF_RUN = new Set(['withdraw', 'terminate', 'jump', 'remind', 'comment'])

export const isVerdict = (act: string) => VERDICTS.has(act)
/** The forward verdicts need a complete form; sending it back does not. */
export const isForward = (act: string) => act === 'approve' || act === 'complete' || act === 'resubmit'

/** The one filled button. */
export const mainVerb = (verbs: string[]) => ['approve', 'complete', 'resubmit'].find((act) => verbs.includes(act))
/** What the R key does: back if it can go back, else no. */
export const backVerb = (verbs: string[]) => ['return', 'reject'].find((act) => verbs.includes(act))

export const needs = (require: Requirements | undefined, act: string, what: 'comment' | 'signature') => require?.[act]?.includes(what) ?? false
/** Fields that must be filled for this act. */
export const neededFields = (require: Requirements | undefined, act: string) => (require?.[act] ?? []).filter((one) => one !== 'comment' && one !== 'signature')

/** Nothing is left to ask: the act can be sent as it stands. */
export function isReady(act: string, require: Requirements | undefined, body: VerdictBody): boolean {
  return (!needs(require, act, 'comment') || Boolean(body.comment?.trim())) && (!needs(require, act, 'signature') || Boolean(body.signature))
}

export const askTasks = (box: Box, query: { flow?: string; q?: string; cursor?: string | null; limit?: number }, signal?: AbortSignal) =>
  get<TaskPage>('/api/tasks', { box, limit: 50, ...query }, signal)
export const askTask = (id: string, signal?: AbortSignal) => get<TaskDetail>(`/api/tasks/${encodeURIComponent(id)}`, {}, signal)

const key = () => globalThis.crypto?.randomUUID?.()
export function doAct(act: string, task: string, run: number, body: VerdictBody): Promise<Run> {
  const path = OF_RUN.has(act) ? `/api/runs/${run}/${act}` : `/api/tasks/${encodeURIComponent(task)}/${act}`
  return post<Run>(path, body, { idempotencyKey: key() })
}

export interface BatchResult {
  id: string
  status: number
  problem?: ProblemBody
}
export const doBatch = (act: string, ids: string[]) => post<{ results: BatchResult[] }>('/api/tasks/batch', { act, ids }, { idempotencyKey: key() }).then((answer) => answer.results)
