// The log of a run as people read it: step by step who said what, who is asked now, what was skipped and why. Every return
// begins a new go: what was decided before it stands apart, since it counts no more.
//  1. Every log entry stands on exactly one line; nothing is left out.
//  2. Entries of one entry of a step (its `round`) stand together, at the place of the first.
//  3. A task that is open stands at its step in the last go.
import type { LogEntry, OpenTask, PathStep, Run, RunState } from './types'

export type Mark = 'done' | 'now' | 'no' | 'back' | 'skip' | 'note'

export interface TrailItem {
  key: string
  step: string | null
  label: string
  mark: Mark
  lines: LogEntry[]
  waiting: OpenTask[]
}
/** From one return to the next. */
export interface Go {
  items: TrailItem[]
}
export interface Trail {
  goes: Go[]
  ahead: PathStep[]
  end: { state: RunState; at: string } | null
}

const GRAVE: Record<string, Mark> = { reject: 'no', terminate: 'no', return: 'back', withdraw: 'back' }
const VERDICTS = new Set(['start', 'approve', 'complete', 'resubmit', 'due', 'jump', 'skip', ...Object.keys(GRAVE)])
/** The last one that passes (Array.findLast is younger than the browsers we serve). */
export function lastOf<T>(list: T[], test: (one: T) => boolean): T | undefined {
  for (let i = list.length - 1; i >= 0; i--) if (test(list[i]!)) return list[i]
  return undefined
}

const STARTS = new Set(['start', 'resubmit'])
const OUTSIDE = new Set(['withdraw', 'terminate', 'jump'])

/** What its lines say of a step: a refusal outweighs what was said before; one who approved outweighs one who was skipped. */
function markOf(item: TrailItem): Mark {
  if (item.waiting.length) return 'now'
  const verdicts = item.lines.filter((line) => VERDICTS.has(line.act))
  if (!verdicts.length) return 'note'
  const grave = lastOf(verdicts, (line) => line.act in GRAVE)
  if (grave) return GRAVE[grave.act]!
  return verdicts.every((line) => line.act === 'skip') ? 'skip' : 'done'
}

export function labelOfStep(run: Run, step: string): string {
  return run.open.find((task) => task.step === step && task.label)?.label ?? lastOf(run.log, (line) => line.step === step && Boolean(line.label))?.label ?? run.path?.find((ahead) => ahead.step === step)?.label ?? step
}

/** What comes from outside (withdrawn, terminated, the starter's reminder) belongs to no step. */
function stepOf(line: LogEntry): string | null {
  return STARTS.has(line.act) ? 'start' : OUTSIDE.has(line.act) || (line.act === 'remind' && line.step === 'start') ? null : line.step
}

export function trailOf(run: Run): Trail {
  const goes: Go[] = [{ items: [] }]
  const items = new Map<string, TrailItem>()
  const itemAt = (step: string | null, round: number | string, label: string): TrailItem => {
    const key = `${step ?? ''}.${round}`
    let item = items.get(key)
    if (!item) {
      item = { key, step, label, mark: 'note', lines: [], waiting: [] }
      items.set(key, item)
      goes.at(-1)!.items.push(item)
    }
    return item
  }
  for (const line of run.log) {
    const step = stepOf(line)
    itemAt(step, step === null ? `at${line.seq}` : `${line.round ?? 0}`, line.label || (step ? labelOfStep(run, step) : '')).lines.push(line)
    if (line.act === 'return') goes.push({ items: [] })
  }
  for (const task of run.open) {
    const here = lastOf(goes.at(-1)!.items, (item) => item.step === task.step)
    ;(here ?? itemAt(task.step, 'open', task.label || labelOfStep(run, task.step))).waiting.push(task)
  }
  for (const item of items.values()) item.mark = markOf(item)
  const end = run.state === 'running' ? null : { state: run.state, at: run.log.at(-1)?.at ?? '' }
  return { goes: goes.filter((go) => go.items.length), ahead: run.state === 'running' ? (run.path ?? []) : [], end }
}

/** Those who are asked now, each once. */
export function askedNow(run: Run): string[] {
  return [...new Set(run.open.map((task) => task.who))]
}
