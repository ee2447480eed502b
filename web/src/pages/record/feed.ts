// Comments and changes of a record as one story, newest first, cut into days.
import { inZone } from '@/format/value'

export interface Change {
  field: string
  old?: unknown
  new?: unknown
  row?: number
  op?: string
  changes?: Change[]
}
export interface HistoryLine {
  at: string
  by: string | null
  door: string
  op: string
  rev: number
  changes: Change[]
  /** It led back to this revision. */
  back_to?: number
  /** It took back what an import (a job) had done. */
  import_undone?: number
  /** The record it was merged with, or taken apart from. */
  merged_from?: number
  merged_into?: number
  unmerged?: number
  /** Of an op share or unshare. */
  collaborator?: { who: string; right: 'read' | 'edit' | null; until: string | null }
}
export interface Comment {
  id: number
  user: string | null
  at: string
  text: string
}
export interface FeedItem {
  key: string
  at: string
  by: string | null
  /** of a change */
  rev?: number
  back?: number
  /** with an import that was taken back */
  undone?: boolean
  kind: 'comment' | 'change' | 'create' | 'delete' | 'restore' | 'share' | 'merge'
  merge?: { word: 'merge.from' | 'merge.into' | 'merge.apart'; other: number }
  text?: string
  collaborator?: HistoryLine['collaborator']
  changes: Change[]
}
export interface Day {
  date: string
  items: FeedItem[]
}

const KIND: Record<string, FeedItem['kind']> = { create: 'create', delete: 'delete', restore: 'restore', share: 'share', unshare: 'share', merge: 'merge', unmerge: 'merge' }

function mergeOf(line: HistoryLine): FeedItem['merge'] {
  if (line.op !== 'merge' && line.op !== 'unmerge') return undefined
  const other = line.merged_from ?? line.merged_into ?? line.unmerged ?? 0
  return { word: line.op === 'unmerge' ? 'merge.apart' : line.merged_from !== undefined ? 'merge.from' : 'merge.into', other }
}

export function feedOf(history: HistoryLine[], comments: Comment[]): FeedItem[] {
  const changes = history.filter((h) => h.op !== 'update' || h.changes.length).map((h): FeedItem => ({ key: `h${h.rev}`, rev: h.rev, at: h.at, by: h.by, ...(h.back_to !== undefined && { back: h.back_to }), ...(h.import_undone !== undefined && { undone: true }), ...(h.collaborator && { collaborator: h.collaborator }), kind: KIND[h.op] ?? 'change', ...(mergeOf(h) && { merge: mergeOf(h) }), changes: h.op === 'create' ? [] : h.changes }))
  const said = comments.map((c): FeedItem => ({ key: `c${c.id}`, at: c.at, by: c.user, kind: 'comment', text: c.text, changes: [] }))
  return [...changes, ...said].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
}

export function byDay(items: FeedItem[], zone: string): Day[] {
  const days: Day[] = []
  for (const item of items) {
    const { date } = inZone(item.at, zone)
    const last = days[days.length - 1]
    if (last?.date === date) last.items.push(item)
    else days.push({ date, items: [item] })
  }
  return days
}

/** Since when a field has had the value it has now. */
export function sinceOf(history: HistoryLine[], field: string, createdAt: string | null): string | null {
  return history.find((h) => h.changes.some((c) => c.field === field))?.at ?? createdAt
}

/** "@zh" before the caret, to offer people; undefined when none is being written. */
export function mentionAt(text: string, caret: number): string | undefined {
  return /(?:^|[\s，。；：、])@([^\s@，。；：、]{0,20})$/.exec(text.slice(0, caret))?.[1]
}

/** Text in parts, mentions apart. */
export function partsOf(text: string): { text: string; login?: string }[] {
  return text.split(/(@[a-z0-9][a-z0-9._-]*)/i).filter(Boolean).map((part) => (/^@[a-z0-9]/i.test(part) ? { text: part, login: part.slice(1) } : { text: part }))
}
