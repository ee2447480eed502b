// Tasks and runs as the server tells them (docs/definitions "Flow answers"). People travel as logins; a label beside one is the
// name as it was known to the server.
import type { FieldRight, RecordData } from '@/api/types'

export type Box = 'todo' | 'done' | 'started' | 'cc'
export const BOXES: Box[] = ['todo', 'done', 'started', 'cc']

export type RunState = 'running' | 'approved' | 'rejected' | 'withdrawn' | 'terminated'
export type Requirements = Partial<Record<string, string[]>>

export interface PersonLabel {
  user: string
  label: string
}

export interface Task {
  /** null: a row that stands for the whole run (what I started) */
  id: string | null
  run: number
  app: string
  form: string
  record: number
  title: string
  flow: string
  flow_label?: string
  step: string | null
  step_label?: string
  kind?: 'approve' | 'handle' | 'resubmit' | 'cc'
  starter: PersonLabel
  round?: number
  since: string | null
  due: string | null
  overdue?: boolean
  run_state?: RunState
  /** in whose place I am asked */
  for?: string | null
  require?: Requirements
  return_to?: ReturnPlace[]
  actions: string[]
}
export type ReturnPlace = string | { step: string; label: string }

export interface OpenTask {
  task: string
  step: string
  label?: string
  who: string
  who_label?: string
  due?: string | null
  overdue?: boolean
}
export interface LogEntry {
  seq: number
  at: string
  who: string | null
  who_label?: string
  for?: string | null
  for_label?: string
  step: string | null
  label?: string
  round?: number
  act: string
  note?: string | null
  reason?: string | null
  signature?: string | null
}
export interface PathStep {
  step: string
  label?: string
  kind?: string
  who: PersonLabel[]
  why?: string
  skipped?: string
  picks?: boolean
}
export interface Run {
  id: number
  flow: string
  flow_label?: string
  version: number
  app?: string
  form: string
  record: number
  starter: string
  state: RunState
  open: OpenTask[]
  log: LogEntry[]
  actions?: string[]
  steps?: { step: string; label: string }[]
  /** what is still to come, as it looks today */
  path?: PathStep[]
}

export interface Counts {
  todo: number
  overdue: number
  cc: number
}
export interface TaskPage {
  tasks: Task[]
  next: string | null
  counts?: Counts
}
/** One task with everything its page shows. */
export interface TaskDetail extends Omit<Task, 'record' | 'run'> {
  record: RecordData
  rights: Record<string, FieldRight>
  run: Run
}

export interface VerdictBody {
  comment?: string
  signature?: string
  fields?: Record<string, unknown>
  rev?: number
  to?: string
  who?: string | string[]
  where?: 'before' | 'after' | 'parallel'
}
