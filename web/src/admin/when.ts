// Moments on the settings pages are in the zone of the one who reads them: they belong to no app.
import { exactMoment, formatMoment } from '@/format/value'

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

export const shortly = (moment: string): string => formatMoment(moment, ZONE)
export const exactly = (moment: string): string => exactMoment(moment, ZONE)

/** The first moment of a day the reader chose, or of the day after it. */
export function startOf(day: string, daysLater = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater).toISOString()
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB']

export function sizeText(bytes: number): string {
  const step = bytes > 0 ? Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1) : 0
  return `${(bytes / 1024 ** step).toFixed(step && bytes / 1024 ** step < 100 ? 1 : 0)} ${UNITS[step]}`
}
