// When a task must be done, in the words people use: how long it is late, how little is left, else the day and time.
import { formatMoment } from '@/format/value'
import { isChinese, t } from '@/i18n/t'
import { appOf, session } from '@/session'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SOON = 4 * HOUR

export interface Due {
  tone: 'late' | 'soon' | 'plain'
  text: string
}

/** In its largest unit: 3 小时, 2 天; nobody asks a late approval for minutes beside hours. */
export function spanWords(ms: number, whole = Math.floor): string {
  const minutes = Math.max(1, whole(ms / MINUTE))
  const [n, unit] = ms >= 2 * DAY ? [whole(ms / DAY), 'day'] : minutes >= 60 ? [whole(ms / HOUR), 'hour'] : [minutes, 'minute']
  return t(`inbox.${unit}${n === 1 && !isChinese.value ? '' : 's'}`, { n })
}

export function dueOf(due: string | null | undefined, zone: string, now = Date.now()): Due | null {
  if (!due) return null
  const left = Date.parse(due) - now
  if (left < 0) return { tone: 'late', text: t('inbox.late', { span: spanWords(-left) }) }
  if (left <= SOON) return { tone: 'soon', text: t('inbox.left', { span: spanWords(left, Math.round) }) }
  return { tone: 'plain', text: formatMoment(due, zone) }
}

export const zoneOf = (app: string) => (appOf(app)?.app ?? session.apps.find((one) => one.app === app))?.timezone ?? 'Asia/Shanghai'
