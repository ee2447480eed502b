// The one place that turns a stored value into what people read (visual.md 9). Decimals stay strings: they are grouped,
// never computed with. Dates and times are shown in the zone of the app.
import type { FieldDef, RecordData } from '@/api/types'
import { plainText } from '@/fields/richtext'
import { isChinese, t } from '@/i18n/t'

export const NOTHING = '—'
const SYMBOL: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', HKD: 'HK$', JPY: 'JP¥', GBP: '£' }

/** "-1234567.80" → "−1,234,567.80"; digits are never dropped nor added. */
export function groupDigits(text: string): string {
  const negative = text.startsWith('-')
  const [whole = '', fraction] = (negative ? text.slice(1) : text).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (negative ? '−' : '') + grouped + (fraction === undefined ? '' : `.${fraction}`)
}

/** The string with exactly `scale` digits after the point when it has fewer; more digits stay as they are. */
function padScale(text: string, scale: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  if (scale === 0 && !fraction) return whole
  return `${whole}.${fraction.padEnd(scale, '0')}`
}

/** A fraction as percent by moving the point: "0.0818" → "8.18%", "0.05" → "5.0%". */
export function formatPercent(text: string): string {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const digits = fraction.padEnd(2, '0')
  const head = (whole + digits.slice(0, 2)).replace(/^0+(?=\d)/, '')
  const tail = digits.slice(2).replace(/0+$/, '')
  return `${negative ? '−' : ''}${groupDigits(head)}.${tail || '0'}%`
}

export function currencySymbol(currency: string | undefined): string {
  return currency ? (SYMBOL[currency] ?? `${currency} `) : ''
}

/** Column heads carry the unit, cells plain digits: 预算（元）. */
export function currencyUnit(currency: string | undefined): string {
  if (!currency) return ''
  if (currency === 'CNY') return isChinese.value ? '元' : 'CNY'
  return currency
}

export function formatMoney(text: string, currency?: string): string {
  const digits = groupDigits(padScale(text, 2))
  return digits.startsWith('−') ? `−${currencySymbol(currency)}${digits.slice(1)}` : currencySymbol(currency) + digits
}

export interface ZonedParts {
  date: string
  time: string
}

const zoneFormats = new Map<string, Intl.DateTimeFormat>()

function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = zoneFormats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'
    })
    zoneFormats.set(zone, format)
  }
  return format
}

/** A moment as date and time of day in a zone. */
export function inZone(moment: string | Date, zone: string): ZonedParts {
  const parts = Object.fromEntries(zoneFormat(zone).formatToParts(new Date(moment)).map((p) => [p.type, p.value]))
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` }
}

function shiftDay(date: string, days: number): string {
  const d = new Date(`${date}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + days)
  return d.toISOString().slice(0, 10)
}

export function todayIn(zone: string): string {
  return inZone(new Date(), zone).date
}

/** 今天 昨天 明天, this year's dates without the year, else the whole date. */
export function formatDate(date: string, zone: string): string {
  const today = todayIn(zone)
  if (date === today) return t('today')
  if (date === shiftDay(today, -1)) return t('yesterday')
  if (date === shiftDay(today, 1)) return t('tomorrow')
  return date.slice(0, 4) === today.slice(0, 4) ? date.slice(5) : date
}

export function formatMoment(moment: string, zone: string): string {
  const { date, time } = inZone(moment, zone)
  return `${formatDate(date, zone)} ${time}`
}

/** The exact moment, for tooltips. */
export function exactMoment(moment: string, zone: string): string {
  const { date, time } = inZone(moment, zone)
  return `${date} ${time} ${zone}`
}

export function formatDuration(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  if (isChinese.value) return d ? `${d} 天 ${h} 小时` : h ? `${h} 小时 ${two(m)} 分` : `${m} 分钟`
  return d ? `${d} d ${h} h` : h ? `${h} h ${two(m)} min` : `${m} min`
}

export function isNumeric(field: Pick<FieldDef, 'type'>): boolean {
  return ['integer', 'decimal', 'money', 'percent', 'duration', 'rating', 'rollup'].includes(field.type)
}

export interface FormatContext {
  zone: string
  currency?: string
  /** money with its symbol (heads, totals) or plain digits (cells, whose head has the unit) */
  symbol?: boolean
}

type Formatter = (value: unknown, field: FieldDef, context: FormatContext) => string

const FORMATTERS: Record<string, Formatter> = {
  integer: (v) => groupDigits(String(v)),
  decimal: (v, f) => groupDigits(padScale(String(v), f.scale ?? 2)),
  money: (v, f, c) => (c.symbol ? formatMoney(String(v), f.currency ?? c.currency) : groupDigits(padScale(String(v), f.scale ?? 2))),
  percent: (v) => formatPercent(String(v)),
  bool: (v) => (v ? t('yes') : t('no')),
  date: (v, _f, c) => formatDate(String(v), c.zone),
  datetime: (v, _f, c) => formatMoment(String(v), c.zone),
  time: (v) => String(v).slice(0, 5),
  duration: (v) => formatDuration(Number(v)),
  rating: (v, f) => `${String(v)} / ${typeof f.max === 'number' ? f.max : 5}`,
  geo: (v) => (typeof v === 'object' && v ? `${padScale((v as { lng: string }).lng, 6)}, ${padScale((v as { lat: string }).lat, 6)}` : String(v)),
  richtext: (v) => plainText(String(v)),
  region: (v) => (Array.isArray(v) ? v.join(' / ') : String(v)),
  address: (v) => (typeof v === 'object' && v ? ((v as { detail?: string }).detail ?? '') : String(v)),
  tags: (v) => (v as string[]).join(isChinese.value ? '、' : ', '),
  table: (v) => String((v as unknown[]).length)
}

/** Each record says the currency of the amount: `currency` names a field. */
export function byRecord(field: FieldDef): boolean {
  return Boolean(field.currency && !/^[A-Z]{3}$/.test(field.currency))
}
/** An amount as it stands in a record: in the currency named there; of none ('') while none is named. */
export function inCurrency(field: FieldDef, values: Record<string, unknown>, named = field.currency ?? ''): FieldDef {
  if (!byRecord(field)) return field
  const code = values[named]
  return { ...field, currency: typeof code === 'string' ? code : '' }
}

/** A title, or those of a list of references, as one text. */
export function wordsOf(title: string | string[] | null | undefined): string | undefined {
  return Array.isArray(title) ? title.join(isChinese.value ? '、' : ', ') : (title ?? undefined)
}

/** The text of one field of a record: its title when the server gave one, else by type; "—" when empty. */
export function formatValue(field: FieldDef, value: unknown, context: FormatContext, record?: RecordData): string {
  if (value === null || value === undefined) return NOTHING
  const title = record?.titles?.[field.name]
  if (title !== undefined && title !== null) return wordsOf(title)!
  const formatter = FORMATTERS[field.type]
  return formatter ? formatter(value, field, context) : String(value)
}
