// What an entry of the audit trail is about, in words.
import { personName } from '@/fields/people'
import { labelOf, t } from '@/i18n/t'
import { formOf, session } from '@/session'

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
  'login', 'login_failed', 'logout', 'session_end', 'user_add', 'user_change', 'dept_add', 'dept_change', 'people_import', 'token_add', 'token_change', 'token_delete',
  'totp_add', 'totp_delete', 'totp_failed', 'totp_recovery', 'totp_reset',
  'settings_change', 'definition_publish', 'import', 'export', 'seen_as', 'backup', 'restore', 'share', 'unshare', 'hand_over', 'bin_empty', 'refused'
]
export const DOORS = ['api', 'form', 'batch', 'import', 'cli', 'system', 'hand_over']

export const actText = (act: string) => (ACTS.includes(act) ? t(`audit.act.${act}`) : act)
export const doorText = (door: string) => (DOORS.includes(door) ? t(`audit.door.${door}`) : door)
export const actorText = (actor: string) => (actor === 'system' ? t('audit.system') : personName(actor))

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** The keys of a detail that have words; another (a later version's) is shown as it is. */
export const KEYS = [
  'act', 'active', 'actor', 'address', 'admin', 'administers', 'app', 'as', 'code', 'created', 'dept', 'depts', 'disable', 'email', 'failed', 'fields', 'filter',
  'form', 'given', 'hash', 'head', 'keys', 'label', 'language', 'method', 'of', 'parent', 'password', 'path', 'read', 'rate', 'read_only', 'record', 'records', 'right', 'roles', 'rows',
  'scope', 'sessions', 'since', 'skipped', 'superior', 'to', 'token', 'unchanged', 'until', 'updated', 'user', 'version', 'who'
]
export const keyText = (key: string) => (KEYS.includes(key) ? t(`audit.key.${key}`) : key)

const PEOPLE = ['user', 'to', 'who', 'as', 'head', 'superior', 'actor']
const WORDS = ['given', 'right']

/** A value as a person reads it: names of people, yes and no, words for the parts of a person that were given. */
function valueText(key: string, value: unknown): string {
  if (value === null || value === '') return ''
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (Array.isArray(value)) return value.map((one) => valueText(key, one)).join(', ')
  if (typeof value === 'object') return Object.entries(value).map(([name, inner]) => `${keyText(name)} ${valueText(name, inner)}`).join(', ')
  if (key === 'hash') return String(value).slice(0, 12)
  if (WORDS.includes(key)) return value === 'edit' ? t('audit.key.edit') : keyText(String(value))
  return PEOPLE.includes(key) ? personName(String(value).replace(/^user:/, '')) : String(value)
}

/** The person, department, token, setting or app it happened to. */
export function targetText({ app, form, record, detail }: Entry): string {
  const inForm = app && form ? labelOf(formOf(app, form)?.label, form) : form
  const place = [app && labelOf(session.apps.find((a) => a.app === app)?.label, app), inForm, record].filter(Boolean).join(' ')
  const named = text(detail?.user) && personName(text(detail?.user))
  return place || named || text(detail?.label) || text(detail?.dept) || text(detail?.keys) || text(detail?.as) || '—'
}

/** What else was noted, as pairs of words. */
export function restOf(entry: Entry): [key: string, value: string][] {
  const shown = targetText(entry)
  // A collaborator's entry is a list of one.
  return [entry.detail ?? {}]
    .flat()
    .flatMap((part) => Object.entries(part as Record<string, unknown>))
    .map(([key, value]): [string, string] => [key, valueText(key, value)])
    .filter(([, value]) => value !== shown && value !== '')
    .map(([key, value]) => [keyText(key), value])
}
