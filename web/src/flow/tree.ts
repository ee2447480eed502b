// A flow as a tree of what people see: the start, steps, cases of a branch, branches of a parallel block. Each stands at a
// JSON pointer; findings carry the same pointers. Edits are functions from text to text, with what is chosen afterwards.
import { parse, type ParseError } from 'jsonc-parser'
import type { Label } from '@/api/types'
import { pathOfPointer } from '@/definitions/places'
import { insert, move, type Path, put, take } from './text'

export type Kind = 'approve' | 'handle' | 'cc' | 'branch' | 'parallel' | 'wait' | 'act' | 'sub' | 'goto'
export const KINDS: Kind[] = ['approve', 'handle', 'cc', 'branch', 'parallel', 'wait', 'act', 'sub', 'goto']
/** Steps somebody is asked in. */
export const HAS_WHO: Kind[] = ['approve', 'handle', 'cc']

export type WhoRule = string | { who?: WhoRule; weight?: number; superior?: number; superiors_to?: number | string; dept_head?: string; field?: string; query?: unknown; script?: string }
export type Mode = 'any' | 'all' | 'order' | { vote: string }

export interface Case {
  label?: Label
  when?: string
  else?: boolean
  steps?: Step[]
}
export interface Step {
  id: string
  kind: Kind
  label?: Label
  who?: WhoRule | WhoRule[]
  mode?: Mode
  due?: string
  on_due?: string[]
  fields?: Record<string, string>
  require?: string[] | Record<string, string | string[]>
  allow?: string[]
  return_to?: string[]
  on_self?: string
  on_repeat?: string
  on_nobody?: string
  pick?: 'first' | 'all'
  cases?: Case[]
  wait?: 'all' | 'any' | number
  branches?: { label?: Label; steps?: Step[] }[]
  for?: string
  until?: { form?: string; when?: string }
  do?: Record<string, unknown>[]
  flow?: string
  record?: string
  to?: string
}
export interface Flow {
  flow: string
  form: string
  label?: Label
  start?: { who?: WhoRule | WhoRule[]; when?: string; on?: unknown; fields?: Record<string, string> }
  settings?: { on_self?: string; on_repeat?: string; on_nobody?: string; withdraw?: string; resubmit?: string }
  states?: Record<string, string>
  steps?: Step[]
}

export interface Row {
  pointer: string
  path: Path
  type: 'start' | 'step' | 'case' | 'branch'
  kind: Kind | 'start' | 'case' | 'branch_of'
  level: number
  /** pointer of the row it stands under; '' at the top */
  parent: string
  /** place among its equals, and how many they are */
  index: number
  count: number
  step?: Step
  case?: Case
}

export const START = '/start'
export const pointerOf = (path: Path) => path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')
export const asList = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const listOf = <T>(value: T[] | undefined): T[] => (Array.isArray(value) ? value.filter((v) => typeof v === 'object' && v !== null) : [])

/** null: the text is no JSON object; the editor for texts mends that. */
export function readFlow(text: string): Flow | null {
  const errors: ParseError[] = []
  const value = parse(text, errors) as Flow | undefined
  return errors.length || typeof value !== 'object' || value === null || Array.isArray(value) ? null : value
}

/** The new value with every part of the old one that says the same: what has not changed is not drawn again. */
export function share<T>(before: unknown, now: T): T {
  if (Object.is(before, now) || typeof before !== 'object' || typeof now !== 'object' || !before || !now || Array.isArray(before) !== Array.isArray(now)) return now
  const [old, next] = [before as Record<string, unknown>, now as Record<string, unknown>]
  const keys = Object.keys(next)
  let same = keys.length === Object.keys(old).length
  for (const key of keys) {
    next[key] = share(old[key], next[key])
    same &&= key in old && Object.is(old[key], next[key])
  }
  return same ? (before as T) : now
}

/** Rows that stand where they stood, about what they were about, are the rows from before. */
export function sameRows(before: Map<string, Row>, now: Row[]): Row[] {
  return now.map((row) => {
    const old = before.get(row.pointer)
    return old && old.step === row.step && old.case === row.case && old.index === row.index && old.count === row.count && old.type === row.type ? old : row
  })
}

/** The lists a step holds, each with the path of its owner. */
export function listsOf(step: Step, path: Path): { path: Path; type: 'case' | 'branch'; steps: Step[]; case?: Case }[] {
  if (step.kind === 'branch') return listOf(step.cases).map((c, i) => ({ path: [...path, 'cases', i], type: 'case', steps: listOf(c.steps), case: c }))
  if (step.kind === 'parallel') return listOf(step.branches).map((b, i) => ({ path: [...path, 'branches', i], type: 'branch', steps: listOf(b.steps), case: b }))
  return []
}

/** Everything in the order it is written, blocks before what they hold. */
export function rowsOf(flow: Flow): Row[] {
  const rows: Row[] = [{ pointer: START, path: ['start'], type: 'start', kind: 'start', level: 1, parent: '', index: 0, count: 1 }]
  const walk = (steps: Step[], list: Path, level: number, parent: string): void => {
    steps.forEach((step, index) => {
      const path = [...list, index]
      const pointer = pointerOf(path)
      rows.push({ pointer, path, type: 'step', kind: step.kind, level, parent, index, count: steps.length, step })
      const lists = listsOf(step, path)
      lists.forEach((one, i) => {
        const at = pointerOf(one.path)
        rows.push({ pointer: at, path: one.path, type: one.type, kind: one.type === 'case' ? 'case' : 'branch_of', level: level + 1, parent: pointer, index: i, count: lists.length, case: one.case })
        walk(one.steps, [...one.path, 'steps'], level + 2, at)
      })
    })
  }
  walk(listOf(flow.steps), ['steps'], 1, '')
  return rows
}

/** The row a finding is about: the nearest one around its pointer; what concerns no step stands at the start. */
export function rowAt(rows: Row[], pointer: string): Row {
  let found = rows[0] as Row
  for (const row of rows) {
    const inside = pointer === row.pointer || pointer.startsWith(`${row.pointer}/`)
    if (inside && row.pointer.length >= found.pointer.length && row.type !== 'start') found = row
  }
  return found
}

export const stepsOf = (flow: Flow): Step[] => rowsOf(flow).flatMap((row) => (row.step ? [row.step] : []))

/** An id that is free: the wanted one, else numbered. */
export function freeId(taken: Set<string>, wanted: string): string {
  if (!taken.has(wanted)) return wanted
  for (let n = 2; ; n++) if (!taken.has(`${wanted}_${n}`)) return `${wanted}_${n}`
}

/** Steps a goto or a return may name: earlier ones of the same list or of a list around it. */
export function earlier(rows: Row[], pointer: string): Row[] {
  const found: Row[] = []
  let at = rows.find((row) => row.pointer === pointer)
  while (at) {
    const here = at
    if (here.type === 'step') found.unshift(...rows.filter((row) => row.type === 'step' && row.parent === here.parent && row.index < here.index))
    at = rows.find((row) => row.pointer === here.parent)
  }
  return found
}

/** What somebody who adds a step gets before saying more. */
export function newStep(kind: Kind, flow: Flow, rows: Row[], target?: string): Step {
  const steps = stepsOf(flow)
  const id = freeId(new Set(steps.map((s) => s.id)), kind)
  switch (kind) {
    case 'approve':
      return steps.some((s) => s.kind === 'approve') ? { id, kind, who: [] } : { id, kind, label: { 'zh-CN': '直属上级', en: 'Direct manager' }, who: [{ superior: 1 }] }
    case 'handle':
    case 'cc':
      return { id, kind, who: [] }
    case 'branch':
      return { id, kind, cases: [{ steps: [] }, { else: true, steps: [] }] }
    case 'parallel':
      return { id, kind, branches: [{ steps: [] }, { steps: [] }] }
    case 'wait':
      return { id, kind, for: '1d' }
    case 'act':
      return { id, kind, do: [] }
    case 'sub':
      return { id, kind, flow: '' }
    case 'goto':
      return { id, kind, to: target ?? rows.find((row) => row.type === 'step')?.step?.id ?? '' }
  }
}

/** Every step of a copy gets an id of its own; what points inside the copy points to the copy. */
export function withFreshIds(step: Step, flow: Flow): Step {
  const taken = new Set(stepsOf(flow).map((s) => s.id))
  const names = new Map<string, string>()
  const name = (s: Step): void => {
    const id = taken.has(s.id) ? freeId(taken, s.id.replace(/_\d+$/, '')) : s.id
    taken.add(id)
    names.set(s.id, id)
    for (const list of listsOf(s, [])) list.steps.forEach(name)
  }
  name(step)
  const fresh = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((v) => fresh(v, key))
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fresh(v, k)]))
    return typeof value === 'string' && ['id', 'to', 'return_to'].includes(key) ? (names.get(value) ?? value) : value
  }
  return fresh(step) as Step
}

export interface Edited {
  text: string
  /** pointer of what is chosen afterwards */
  select: string
}

export function addStep(text: string, list: Path, index: number, step: Step): Edited {
  return { text: insert(text, list, index, step), select: pointerOf([...list, index]) }
}

/** Removes a step, a case or a branch; what stood before it is chosen. */
export function removeAt(text: string, pointer: string): Edited {
  const path = pathOfPointer(pointer)
  const index = path[path.length - 1] as number
  const owner = path.slice(0, -2)
  const select = index > 0 ? pointerOf([...path.slice(0, -1), index - 1]) : owner.length ? pointerOf(owner) : START
  return { text: take(text, path), select }
}

/** One place up or down among its equals. */
export function moveBy(text: string, pointer: string, by: number): Edited {
  const path = pathOfPointer(pointer)
  const index = path[path.length - 1] as number
  return moveTo(text, pointer, path.slice(0, -1), by > 0 ? index + 1 + by : index + by)
}

export function moveTo(text: string, pointer: string, list: Path, index: number): Edited {
  const moved = move(text, pathOfPointer(pointer), list, index)
  return { text: moved.text, select: pointerOf(moved.path) }
}

/** A new case before "otherwise", a new branch at the end. */
export function addList(text: string, pointer: string, step: Step): Edited {
  const path = pathOfPointer(pointer)
  if (step.kind === 'parallel') {
    const n = step.branches?.length ?? 0
    return { text: insert(text, [...path, 'branches'], n, { steps: [] }), select: pointerOf([...path, 'branches', n]) }
  }
  const cases = step.cases ?? []
  const other = cases.findIndex((c) => c.else)
  const place = other < 0 ? cases.length : other
  return { text: insert(text, [...path, 'cases'], place, { steps: [] }), select: pointerOf([...path, 'cases', place]) }
}

/** Gives a step another id, and everything in the flow that names it. */
export function renameStep(text: string, flow: Flow, pointer: string, id: string): string {
  const row = rowsOf(flow).find((r) => r.pointer === pointer)
  const old = row?.step?.id
  if (!row || !old || old === id) return text
  let next = put(text, [...row.path, 'id'], id)
  for (const one of rowsOf(flow)) {
    if (one.step?.to === old) next = put(next, [...one.path, 'to'], id)
    if (one.step?.return_to?.includes(old)) next = put(next, [...one.path, 'return_to'], one.step.return_to.map((to) => (to === old ? id : to)))
  }
  return next
}
