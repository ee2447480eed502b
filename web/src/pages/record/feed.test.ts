// B21: who changed what, with which words, and who was called.
import { describe, expect, it } from 'vitest'
import { byDay, feedOf, mentionAt, partsOf, sinceOf, type HistoryLine } from './feed'

const line = (at: string, rev: number, op = 'update', fields: string[] = ['a']): HistoryLine => ({ at, rev, op, by: 'li', door: 'api', changes: fields.map((field) => ({ field, old: 1, new: 2 })) })
const history = [line('2026-11-24T06:31:00Z', 3), line('2026-11-23T16:30:00Z', 2, 'update', ['stage']), line('2026-11-20T01:00:00Z', 1, 'create', [])]
const comments = [{ id: 9, user: 'li', at: '2026-11-24T03:05:00Z', text: '@zhang 看一下' }]

describe('the story of a record', () => {
  it('tells comments and changes newest first, in days of the zone of the app', () => {
    const days = byDay(feedOf(history, comments), 'Asia/Shanghai')
    expect(days.map((d) => [d.date, d.items.map((i) => i.key)])).toEqual([['2026-11-24', ['h3', 'c9', 'h2']], ['2026-11-20', ['h1']]])
  })
  it('leaves out a change of which nothing may be read', () => {
    expect(feedOf([line('2026-11-24T06:31:00Z', 3, 'update', [])], [])).toEqual([])
  })
  it('tells who came to work on it and who no longer does', () => {
    const share = { ...line('2026-11-24T07:00:00Z', 4, 'share', []), collaborator: { who: 'user:wang', right: 'read' as const, until: null } }
    expect(feedOf([share], []).map((i) => [i.kind, i.collaborator?.who])).toEqual([['share', 'user:wang']])
  })
  it('knows since when a stage holds', () => {
    expect(sinceOf(history, 'stage', '2026-11-20T01:00:00Z')).toBe('2026-11-23T16:30:00Z')
    expect(sinceOf(history, 'other', '2026-11-20T01:00:00Z')).toBe('2026-11-20T01:00:00Z')
  })
  it('finds the mention that is being written', () => {
    expect(mentionAt('请看 @zh', 6)).toBe('zh')
    expect(mentionAt('@', 1)).toBe('')
    expect(mentionAt('a@b', 3)).toBeUndefined()
    expect(partsOf('好，@zhang 看')).toEqual([{ text: '好，' }, { text: '@zhang', login: 'zhang' }, { text: ' 看' }])
  })
})
