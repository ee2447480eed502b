// Two people share a draft, and one person is quick: what is saved while a save is under way must not meet itself.
import { beforeEach, expect, it, vi } from 'vitest'
import { ApiProblem } from '@/api/client'

const FILE = 'flows/a.json'
/** The draft as a server keeps it: a save names the text it was made from, and is answered when the test says so. */
const server = { text: 'one', sha: 1, by: 'me', saves: [] as string[], waiting: [] as (() => void)[], files: Promise.resolve() }
const file = () => ({ path: FILE, kind: 'flow', text: server.text, sha: String(server.sha), published_sha: '0', base_sha: '0', change: 'changed', by: server.by })
vi.mock('./api', () => ({
  definitionsApi: () => ({
    files: async () => {
      await server.files
      return { version: 1, hash: '', errors: 0, warnings: 0, files: [{ path: FILE, kind: 'flow', name: 'a', size: 1, change: server.sha > 1 ? 'changed' : null }] }
    },
    draft: async () => file(),
    check: async () => ({ findings: [], errors: 0, warnings: 0 }),
    discard: async () => { server.text = 'published'; server.sha++ },
    save: async (_: string, text: string, sha: string) => {
      server.saves.push(text)
      await new Promise<void>((answer) => server.waiting.push(answer))
      if (sha !== String(server.sha)) throw new ApiProblem(412, { code: 'draft_changed', title: '', status: 412 } as never)
      server.text = text
      server.sha++
      return file()
    }
  })
}))
const { useWorkspace } = await import('./workspace')

const ticks = async () => { for (let i = 0; i < 20; i++) await Promise.resolve() }
async function answer(): Promise<void> {
  await ticks()
  server.waiting.shift()?.()
  await ticks()
}
async function opened() {
  const ws = useWorkspace('app')
  await ws.open(FILE)
  return ws
}
beforeEach(() => Object.assign(server, { text: 'one', sha: 1, by: 'me', saves: [], waiting: [], files: Promise.resolve() }))

it('what is typed and saved while a save is under way is saved after it, and is no conflict with oneself', async () => {
  const ws = await opened()
  ws.edit(FILE, 'two')
  const first = ws.save(FILE)
  await ticks()
  ws.edit(FILE, 'three')
  const second = ws.save(FILE)
  await answer()
  await answer()
  expect([await first, await second, ws.conflict.value]).toEqual([true, true, null])
  expect([server.text, server.saves, ws.dirtyDocs.value.length]).toEqual(['three', ['two', 'three'], 0])
})

it('all is saved (before a publish) while a save is under way: nothing is sent twice', async () => {
  const ws = await opened()
  ws.edit(FILE, 'two')
  const first = ws.save(FILE)
  const all = ws.saveAll()
  await answer()
  await answer()
  expect([await first, await all, ws.conflict.value, server.saves]).toEqual([true, true, null, ['two']])
})

it('a draft is discarded after the save that is under way', async () => {
  const ws = await opened()
  ws.edit(FILE, 'two')
  const first = ws.save(FILE)
  const gone = ws.discard(FILE)
  await answer()
  await Promise.all([first, gone])
  expect([server.text, ws.docs.get(FILE)?.text]).toEqual(['published', 'published'])
})

it('somebody else\'s text is met once: what was to be saved meanwhile waits for the choice', async () => {
  const ws = await opened()
  Object.assign(server, { text: 'theirs', sha: 7, by: 'her' })
  ws.edit(FILE, 'two')
  const first = ws.save(FILE)
  const second = ws.save(FILE)
  await answer()
  await answer()
  expect([await first, await second, ws.conflict.value?.theirs, server.saves]).toEqual([false, false, 'theirs', ['two']])
  expect(server.text).toBe('theirs')
})

it('what is saved is changed at once, not when the list of files has been read again', async () => {
  const ws = await opened()
  await ws.load()
  let read: () => void = () => undefined
  server.files = new Promise((done) => (read = done))
  ws.edit(FILE, 'two')
  const saving = ws.save(FILE)
  const seen = [ws.changed.value]
  await answer()
  seen.push(ws.changed.value, ws.dirtyDocs.value.length)
  read()
  await saving
  expect([...seen, ws.changed.value]).toEqual([1, 1, 0, 1])
})
