// "What next": records of several forms in one list by deadline. How late something is is said in days for dates, in hours and
// minutes for moments.
import type { AppDefinition, FieldDef, FormDef, HomeDef, RecordData } from '@/api/types'
import { formatDate, formatDuration, formatMoment, todayIn } from '@/format/value'
import { t } from '@/i18n/t'
import { anyField } from '@/systemFields'

export type TodoDef = NonNullable<HomeDef['todo']>[number]

export interface TodoEntry {
  key: string
  def: TodoDef
  form: FormDef
  record: RecordData
  due: Due
}

export interface Due {
  text: string
  state: 'late' | 'today' | 'later'
  order: number
}

const DAY_MS = 86_400_000
const SOON_MS = 4 * 3_600_000
const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY_MS

function dueOfDate(date: string, zone: string): Due {
  const days = dayNumber(date) - dayNumber(todayIn(zone))
  const order = dayNumber(date) * DAY_MS + DAY_MS - 1
  if (days < 0) return { text: t('home.overdueDays', { n: -days }), state: 'late', order }
  return { text: formatDate(date, zone), state: days === 0 ? 'today' : 'later', order }
}

function dueOfMoment(moment: string, zone: string, now: number): Due {
  const at = Date.parse(moment)
  const left = at - now
  if (left <= -DAY_MS) return { text: t('home.overdueDays', { n: Math.floor(-left / DAY_MS) }), state: 'late', order: at }
  if (left < 0) return { text: t('home.overdueHours', { t: formatDuration(-left / 1000) }), state: 'late', order: at }
  if (left < SOON_MS) return { text: t('home.left', { t: formatDuration(left / 1000) }), state: 'today', order: at }
  const text = formatMoment(moment, zone)
  return { text, state: text.startsWith(t('today')) ? 'today' : 'later', order: at }
}

export function dueOf(field: FieldDef | undefined, value: unknown, zone: string, now = Date.now()): Due {
  if (typeof value !== 'string') return { text: '', state: 'later', order: Number.MAX_SAFE_INTEGER }
  return field?.type === 'datetime' ? dueOfMoment(value, zone, now) : dueOfDate(value, zone)
}

/** Two or three facts under the title: what kind it is, then a few short values of the view. */
export function factsOf(definition: AppDefinition, entry: TodoEntry): string[] {
  const names = (entry.form.views?.find((v) => v.view === entry.def.view)?.columns ?? entry.form.fields.map((f) => f.name)).slice(0, 8)
  return names
    .filter((name) => name !== entry.def.due && ['enum', 'ref', 'text'].includes(anyField(entry.form, name)?.type ?? ''))
    .map((name) => entry.record.titles?.[name] ?? (typeof entry.record[name] === 'string' ? String(entry.record[name]) : ''))
    .filter((text) => text && !entry.record.titles?.id?.includes(text) && definition.app.app)
    .slice(0, 2)
}
