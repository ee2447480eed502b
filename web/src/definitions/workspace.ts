// The editing session of one app: its files, the texts being edited, their findings. Saving goes into the draft all
// administrators share; nothing here is live until it is published.
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { ApiProblem } from '@/api/client'
import { definitionsApi, type DraftFile, type FileRow, type FileTree, type Finding } from './api'
import { namesOf } from './names'

export interface Doc {
  path: string
  text: string
  /** the text as stored; null: the file is not there */
  stored: string | null
  sha: string
  publishedSha: string
  change: DraftFile['change']
  stale: boolean
  by: string
  at: string
}

/** Somebody saved a newer draft, or published meanwhile: both texts, to choose between. */
export interface Conflict {
  path: string
  mine: string
  theirs: string
  sha: string
  publishedSha: string
  by: string
  at: string
  /** theirs is the published text */
  published: boolean
}

const CHECK_AFTER = 300
const NAMED_KINDS = ['form', 'enum', 'role', 'report', 'flow', 'dashboard', 'app']

function docOf(file: DraftFile): Doc {
  return {
    path: file.path, text: file.text ?? '', stored: file.text, sha: file.sha, publishedSha: file.published_sha,
    change: file.change, stale: file.stale ?? false, by: file.by ?? '', at: file.at ?? ''
  }
}

export function useWorkspace(app: string) {
  const api = definitionsApi(app)
  const tree = shallowRef<FileTree | null>(null)
  const docs = reactive(new Map<string, Doc>())
  const findings = shallowRef<Finding[]>([])
  const checking = ref(false)
  const saving = ref(false)
  const error = shallowRef<unknown>(null)
  const conflict = ref<Conflict | null>(null)

  const dirtyDocs = computed(() => [...docs.values()].filter((doc) => doc.text !== (doc.stored ?? '')))
  const names = computed(() => namesOf([...docs.values()].filter((d) => d.stored !== null || d.text).map((d) => [d.path, d.text])))
  const errors = computed(() => findings.value.filter((f) => f.severity === 'error').length)
  const changed = computed(() => {
    const paths = new Set((tree.value?.files ?? []).filter((f) => f.change).map((f) => f.path))
    for (const doc of dirtyDocs.value) paths.add(doc.path)
    return paths.size
  })

  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function check(): Promise<void> {
    const turn = ++asked
    checking.value = true
    try {
      const changes = Object.fromEntries(dirtyDocs.value.map((doc) => [doc.path, doc.text]))
      const answer = await api.check({ draft: true, changes })
      if (turn === asked) findings.value = answer.findings
    } catch (problem) {
      if (turn === asked) error.value = problem
    } finally {
      if (turn === asked) checking.value = false
    }
  }

  function checkSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void check(), CHECK_AFTER)
  }

  let reads = 0
  let shown = 0
  async function readTree(): Promise<void> {
    const turn = ++reads
    const files = await api.files()
    if (turn < shown) return // a later question was answered before
    shown = turn
    tree.value = files
  }

  // A text is laid over the one it was made from, which the answer of the save before it names: what changes the draft waits for
  // what is under way, or one would meet oneself.
  let last: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  async function open(path: string, again = false): Promise<Doc> {
    const known = docs.get(path)
    if (known && !again) return known
    docs.set(path, docOf(await api.draft(path)))
    return docs.get(path) as Doc
  }

  /** Names in every definition are completed, so all of them are read; they are small, and demo records are not among them. */
  async function load(): Promise<void> {
    error.value = null
    try {
      await readTree()
      const rows = (tree.value?.files ?? []).filter((f: FileRow) => f.kind && NAMED_KINDS.includes(f.kind) && f.size < 100_000)
      await Promise.all([check(), ...rows.map((row) => open(row.path))])
    } catch (problem) {
      error.value = problem
    }
  }

  function edit(path: string, text: string): void {
    const doc = docs.get(path)
    if (!doc || doc.text === text) return
    doc.text = text
    checkSoon()
  }

  function begin(path: string, text: string): void {
    docs.set(path, { path, text, stored: null, sha: '', publishedSha: '', change: 'added', stale: false, by: '', at: '' })
    checkSoon()
  }

  async function meet(doc: Doc, published: boolean): Promise<void> {
    const now = await api.draft(doc.path)
    const theirs = published ? (await api.published(doc.path).catch(() => ({ text: '' }))).text : (now.text ?? '')
    conflict.value = { path: doc.path, mine: doc.text, theirs, sha: now.sha, publishedSha: now.published_sha, by: now.by ?? '', at: now.at ?? '', published }
  }

  async function put(doc: Doc, text: string | null, sha: string, seen?: string): Promise<void> {
    const typed = doc.text
    const saved = await api.save(doc.path, text, sha, seen)
    if (!saved) {
      docs.delete(doc.path)
      return
    }
    const next = docOf(saved)
    const kept = docs.get(doc.path)
    // What was typed while the answer was on its way stays.
    if (kept && text !== null && kept.text !== typed) next.text = kept.text
    docs.set(doc.path, next)
    // The list of files is read again for its figures; that this one has changed is known now, or “publish” would go and come.
    if (tree.value) tree.value = { ...tree.value, files: tree.value.files.map((row) => (row.path === next.path ? { ...row, change: next.change } : row)) }
  }

  /** False: it was not saved; `error` or `conflict` says why. */
  const save = (path: string): Promise<boolean> => inTurn(() => saveNow(path))
  async function saveNow(path: string): Promise<boolean> {
    const doc = docs.get(path)
    if (!doc || doc.text === (doc.stored ?? '')) return true
    if (conflict.value?.path === path) return false
    saving.value = true
    error.value = null
    try {
      await put(doc, doc.text, doc.sha)
      await readTree()
      return true
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status === 412) await meet(doc, false)
      else error.value = problem
      return false
    } finally {
      saving.value = false
    }
  }

  async function saveAll(): Promise<boolean> {
    for (const doc of dirtyDocs.value) if (!(await save(doc.path))) return false
    return true
  }

  /** Ends a conflict with the text chosen; it is laid over what stands there now. */
  const settle = (text: string): Promise<void> => inTurn(() => settleNow(text))
  async function settleNow(text: string): Promise<void> {
    const now = conflict.value
    const doc = now && docs.get(now.path)
    if (!now || !doc) return
    doc.text = text
    await put(doc, text, now.sha, now.publishedSha)
    conflict.value = null
    await readTree()
    checkSoon()
  }

  const remove = (path: string): Promise<void> => inTurn(() => removeNow(path))
  async function removeNow(path: string): Promise<void> {
    const doc = await open(path)
    if (doc.sha === '' && doc.stored === null) docs.delete(path)
    else if (doc.publishedSha === '') await discardNow(path)
    else await put(doc, null, doc.sha)
    await readTree()
    checkSoon()
  }

  const discard = (path: string): Promise<void> => inTurn(() => discardNow(path))
  async function discardNow(path: string): Promise<void> {
    const doc = docs.get(path)
    if (doc?.change && doc.sha !== '') await api.discard(path)
    docs.delete(path)
    await readTree()
    if (tree.value?.files.some((f) => f.path === path)) await open(path)
    checkSoon()
  }

  /** After a publish, an upload or a discarded draft: everything is read anew. */
  async function reload(): Promise<void> {
    docs.clear()
    await load()
  }

  watch(() => dirtyDocs.value.length, checkSoon)
  return {
    app, api, tree, docs, findings, errors, checking, saving, error, conflict, dirtyDocs, changed, names,
    load, reload, open, edit, begin, save, saveAll, settle, meet, remove, discard, check, readTree
  }
}

export type Workspace = ReturnType<typeof useWorkspace>
