// The calls of the definitions page and the shapes of their answers: files of an app, its draft, findings, plan, versions.
import { del, get, post, put, request } from '@/api/client'
import type { Label } from '@/api/types'

export type Change = 'added' | 'changed' | 'removed'

export interface FileRow {
  path: string
  kind: string | null
  name: string
  label: Label | null
  size: number
  sha: string
  errors: number
  warnings: number
  change: Change | null
  stale?: boolean
  by?: string
  at?: string
}

export interface FileTree {
  version: number
  hash: string
  errors: number
  warnings: number
  files: FileRow[]
}

export interface DraftFile {
  path: string
  kind: string | null
  /** null: removed */
  text: string | null
  sha: string
  published_sha: string
  base_sha: string
  change: Change | null
  stale?: boolean
  by?: string
  at?: string
}

export interface Finding {
  code: string
  severity: 'error' | 'warning' | 'info'
  file: string
  line: number
  column: number
  pointer: string
  message: Label
  remedy?: Label
}

export interface Findings {
  findings: Finding[]
  errors: number
  warnings: number
}

export interface PlanStep {
  code: string
  effect: 'add' | 'change' | 'destroy' | string
  risk: 'safe' | 'slow' | 'lossy' | 'blocked'
  form: string | null
  field: string | null
  rows: number
  losses: number
  wait_ms: number
  samples: string[]
  params: Record<string, string>
  message: Label
}

export interface Plan {
  base_version: number
  hash: string
  lossy: number
  blocked: number
  add: number
  change: number
  destroy: number
  wait_ms: number
  steps: PlanStep[]
}

export type Planned = Findings & { plan: Plan | null }

export interface Version {
  version: number
  by: string
  note: string
  at: string
  current: boolean
  added: number
  changed: number
  removed: number
}

export interface Hunk {
  from: number
  from_count: number
  to: number
  to_count: number
  lines: string[]
}

export interface FileDiff {
  path: string
  change: Change
  added: number
  removed: number
  hunks: Hunk[]
}

export interface Usage {
  file: string
  kind: string
  name: string
  key: string
  pointer: string
  line: number
  column: number
  text: string | null
}

/** What is looked at or published: the draft, or a version published before. */
export type Source = { draft: true; changes?: Record<string, string | null> } | { version: number }

export function definitionsApi(app: string) {
  const base = `/api/apps/${app}`
  const inDraft = (path: string) => `${base}/draft/${path}`
  return {
    files: () => get<FileTree>(`${base}/files`),
    draft: (path: string) => get<DraftFile>(inDraft(path)),
    published: (path: string) => get<{ text: string; sha: string }>(`${base}/files/${path}`),
    /** `sha`: of the text the change was made on ("" when there was none); `seen`: of the published text it takes into account. */
    save: (path: string, text: string | null, sha: string, seen?: string) =>
      put<DraftFile | undefined>(inDraft(path), seen === undefined ? { text } : { text, base: seen }, { ifMatch: sha }),
    discard: (path: string) => del(inDraft(path)),
    discardAll: () => del(`${base}/draft`),
    check: (source: Source, signal?: AbortSignal) => post<Findings>(`${base}/check`, source, { signal }),
    plan: (source: Source) => post<Planned>(`${base}/plan`, source),
    apply: (source: Source & { expect_hash: string; allow: string[]; note: string }) => post<{ applied: boolean; plan: Plan }>(`${base}/apply`, source),
    versions: (cursor?: number) => get<{ versions: Version[]; next: number | null }>(`${base}/versions`, { cursor }),
    versionDiff: (version: number) => get<{ files: FileDiff[] }>(`${base}/versions/${version}/diff`),
    draftDiff: () => get<{ files: FileDiff[] }>(`${base}/draft/diff`),
    usages: (form: string, field?: string) => get<{ usages: Usage[] }>(`${base}/usages`, { form, field }),
    bundle: async () => (await request('GET', `${base}/bundle`)).text(),
    upload: (bundle: string, replace: boolean) =>
      post<{ changed: number }>(`${base}/bundle`, { ...(JSON.parse(bundle) as object), ...(replace ? { replace } : {}) }),
    schema: (kind: string) => get<unknown>(`/api/schema/${kind}.json`)
  }
}

export type DefinitionsApi = ReturnType<typeof definitionsApi>

/** The code that allows one step that loses data, at its place only. */
export function allowCode(step: PlanStep): string {
  if (!step.form) return step.code
  return step.field ? `${step.code}:${step.form}.${step.field}` : `${step.code}:${step.form}`
}
