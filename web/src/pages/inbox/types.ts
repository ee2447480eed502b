// Tasks and runs as the server tells them (docs/definitions "Flow answers"). People travel as logins; a label beside one is the
// name as it was known to the server.
import type { Change } from '@/pages/record/feed'
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
  /** "RUN-n"; n 0 stands for the run as a whole (what I started) */
  id: string
  run: number
  app: string
  form: string
  record: number
  title: string | null
  flow: string
  flow_label: string
  step: string
  /** empty at the start, for which the pages have their own word */
  step_label: string
  kind: 'approve' | 'handle' | 'resubmit' | 'cc'
  starter: string | null
  starter_person: PersonLabel | null
  round: number
  since: string | null
  closed: string | null
  due: string | null
  overdue: boolean
  verdict: string | null
  run_state: RunState
  /** in whose place I am asked */
  for: string | null
  require: Requirements
  return_to: string[]
  add_where: Place[]
  /** steps still to come whose people this one may name */
  picks: string[]
  actions: string[]
  /** in a list: who has it now */
  open?: OpenTask[]
}
export type Place = 'before' | 'after' | 'parallel'

export interface OpenTask {
  task: string
  step: string
  label?: string
  who: string
  person?: PersonLabel | null
  for?: string | null
  since?: string | null
  due?: string | null
}
export interface LogEntry {
  seq: number
  at: string
  who: string | null
  person?: PersonLabel | null
  for?: string | null
  for_person?: PersonLabel | null
  step: string | null
  label?: string
  round?: number
  act: string
  note?: string | null
  reason?: string | null
  signature?: string | null
  /** of a branch: the cases taken and what the fields they ask held, as far as the reader may see them */
  taken?: { cases: { label?: string; when?: string }[]; values: { field: string; value: unknown }[] }
}
export interface PathStep {
  step: string
  label?: string
  kind?: string
  /** the parallel block it stands in, and the branch of it: branches go on at the same time */
  beside?: string
  branch?: number
  /** not of what runs by itself */
  who?: PersonLabel[]
  why?: string
  skipped?: string
  picks?: boolean
}
export interface Run {
  id: number
  app: string
  flow: string
  label: string
  version: number
  form: string
  record: number
  starter: string
  state: RunState
  open: OpenTask[]
  log: LogEntry[]
  actions: string[]
  /** where who may jump it can send it */
  jump_to: { step: string; label: string }[]
  /** what is still to come, as it looks today */
  path?: PathStep[]
  /** while it runs: why nothing more can be done in it, its version names what is gone */
  unusable?: string
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
export interface TaskDetail extends Task {
  /** the record as this person sees it through the task; null: it is gone */
  content: RecordData | null
  /** Against the time it was submitted before, or approved last. */
  changed?: { since: 'resubmit' | 'approved'; at: string; changes: Change[] } | null
  /** The flow stands in front of a change, a move or a deletion: what is done to the record once it is approved. */
  asked?: { op: 'change' | 'delete'; changes: Change[] } | null
  rights: Record<string, FieldRight>
  run_detail: Run
}

export interface VerdictBody {
  comment?: string
  signature?: string
  fields?: Record<string, unknown>
  rev?: number
  to?: string
  who?: string | string[]
  where?: Place
  picks?: Record<string, string[]>
}
