// Days and times as people type them: 2026-12-05, 2026/12/5, 20261205, 2026年12月5日; 8:30, 0830, 8点半. null: it is none.

const WIDE = /[０-９：．－／]/g
const narrow = (text: string) => text.trim().replace(WIDE, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
const two = (text: string | number) => String(text).padStart(2, '0')

export function readTime(text: string): string | null {
  const bare = narrow(text).replace(/半$/, '30')
  const found = /^(\d{1,2})(?:[:.点时](\d{1,2})?分?)?$/.exec(bare) ?? /^(\d{1,2})(\d{2})$/.exec(bare)
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2] ?? 0)]
  return found && hour < 24 && minute < 60 ? `${two(hour)}:${two(minute)}` : null
}

export function readDate(text: string): string | null {
  const bare = narrow(text)
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(bare) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(bare)
  if (!found) return null
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number]
  const is = new Date(Date.UTC(year, month - 1, day))
  return is.getUTCMonth() === month - 1 && is.getUTCDate() === day ? `${found[1]}-${two(month)}-${two(day)}` : null
}

/** A day alone is its first minute. */
export function readMoment(text: string): string | null {
  const [day = '', time = '0:00'] = text.trim().split(/[\sT]+/)
  const [date, at] = [readDate(day), readTime(time)]
  return date && at ? `${date}T${at}` : null
}
