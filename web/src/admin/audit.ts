// What an entry of the audit trail is about, in words.
import { personName } from '@/fields/people'
import { labelOf, t } from '@/i18n/t'
import { session } from '@/session'

export interface Entry {
  seq: number
  at: string
  actor: string
  door: string
  act: string
  app: string | null
  form: string | null
  record: number | null
  detail: Record<string, unknown> | null
}

export const ACTS = [
  'login', 'login_failed', 'logout', 'session_end', 'user_add', 'user_change', 'dept_add', 'dept_change', 'people_import', 'token_add', 'token_delete',
  'settings_change', 'definition_publish', 'import', 'export', 'seen_as', 'backup', 'restore', 'share', 'unshare', 'hand_over', 'refused'
]
export const DOORS = ['api', 'form', 'batch', 'import', 'cli', 'system', 'hand_over']

export const actText = (act: string) => (ACTS.includes(act) ? t(`audit.act.${act}`) : act)
export const doorText = (door: string) => (DOORS.includes(door) ? t(`audit.door.${door}`) : door)
export const actorText = (actor: string) => (actor === 'system' ? t('audit.system') : personName(actor))

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** The person, department, token, setting or app it happened to. */
export function targetText({ app, form, record, detail }: Entry): string {
  const place = [app && labelOf(session.apps.find((a) => a.app === app)?.label, app), form, record].filter(Boolean).join(' ')
  const named = text(detail?.user) && personName(text(detail?.user))
  return place || named || text(detail?.label) || text(detail?.dept) || text(detail?.keys) || text(detail?.as) || '—'
}

/** What else was noted, as pairs; numbers and texts as they are, the rest as JSON. */
export function restOf(entry: Entry): [key: string, value: string][] {
  const shown = targetText(entry)
  return Object.entries(entry.detail ?? {})
    .map(([key, value]): [string, string] => [key, typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : JSON.stringify(value)])
    .filter(([, value]) => value !== shown && value !== '{}' && value !== '')
}
