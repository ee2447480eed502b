// Numbers as people type them and as they travel: exact strings on both sides, the point is moved, nothing is computed.
import { formatPercent, groupDigits } from '@/format/value'

const WIDE = '０１２３４５６７８９．，－％'
const NARROW = '0123456789.,-%'

/** Blanks, thousands commas, currency signs and full-width digits go; what remains may still not be a number. */
export function cleanNumber(text: string): string {
  const narrow = [...text].map((c) => (WIDE.includes(c) ? NARROW[WIDE.indexOf(c)] : c === '−' ? '-' : c)).join('')
  const bare = narrow.replace(/[\s,¥￥$€£元]|CNY|USD|EUR/g, '').replace(/^\((.+)\)$/, '-$1')
  return bare.replace(/^(-?)\./, '$10.').replace(/\.$/, '')
}

export function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text)
}

function shiftPoint(text: string, places: number): string {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const digits = whole + fraction
  const at = whole.length + places
  const padded = at <= 0 ? '0'.repeat(1 - at) + digits : digits.padEnd(at, '0')
  const point = at <= 0 ? 1 : at
  const head = padded.slice(0, point).replace(/^0+(?=\d)/, '')
  const tail = padded.slice(point).replace(/0+$/, '')
  return (negative && /[1-9]/.test(padded) ? '-' : '') + head + (tail ? `.${tail}` : '')
}

/** "8.18" and "8.18%" → "0.0818". */
export function textToPercent(text: string): string {
  const bare = cleanNumber(text).replace(/%$/, '')
  return isNumber(bare) ? shiftPoint(bare, -2) : bare
}

/** Text of a number field as it travels; null when empty. What is no number goes as typed: the rules say what is wrong. */
export function readNumber(type: string, text: string): string | number | null {
  const bare = cleanNumber(text)
  if (!bare) return null
  if (type === 'percent') return textToPercent(text)
  if (type === 'integer' && /^-?\d{1,15}$/.test(bare)) return Number(bare)
  return isNumber(bare) ? bare : text.trim()
}

/** What the box shows at rest: grouped, with the digits of the scale. */
export function restText(type: string, value: unknown, scale: number | undefined): string {
  if (value === null || value === undefined) return ''
  const text = String(value)
  if (!isNumber(text)) return text
  if (type === 'percent') return formatPercent(text).slice(0, -1)
  if (type === 'integer') return groupDigits(text)
  const [whole = '0', fraction = ''] = text.split('.')
  const digits = fraction.padEnd(scale ?? 2, '0')
  return groupDigits(digits ? `${whole}.${digits}` : whole)
}

const UNITS: [RegExp, number][] = [
  [/(\d+(?:\.\d+)?)\s*(?:d|天|日)/i, 86400], [/(\d+(?:\.\d+)?)\s*(?:h|小时|时)/i, 3600], [/(\d+(?:\.\d+)?)\s*(?:min|m|分钟|分)/i, 60],
  [/(\d+(?:\.\d+)?)\s*(?:s|秒)/i, 1]
]

/** "1:30", "1 小时 30 分", "90" (minutes), "1.5h" → seconds; null when empty, the text when it cannot be read. */
export function readDuration(text: string): number | string | null {
  const bare = text.trim()
  if (!bare) return null
  const clock = /^(\d+):([0-5]\d)$/.exec(bare)
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60
  if (/^\d+(\.\d+)?$/.test(bare)) return Math.round(Number(bare) * 60)
  let [seconds, rest] = [0, bare]
  for (const [unit, size] of UNITS) {
    const found = unit.exec(rest)
    if (!found) continue
    seconds += Math.round(Number(found[1]) * size)
    rest = rest.replace(found[0], '')
  }
  return rest.trim() || rest === bare ? bare : seconds
}

/** So many numbers of so many digits add up exactly as JS numbers; as BigInts, 500 of them cost a keystroke half a millisecond. */
const EXACT_VALUES = 9000
const EXACT_DIGITS = 12

/** Exact sum of decimal strings; null while there is nothing to add. */
export function sumDecimals(values: unknown[]): string | null {
  const short: number[] = []
  const long: bigint[] = []
  const exact = values.length <= EXACT_VALUES ? EXACT_DIGITS : 0
  for (const value of values) {
    const text = String(value ?? '')
    if (!isNumber(text)) continue
    const point = text.indexOf('.')
    const places = point < 0 ? 0 : text.length - point - 1
    const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1)
    short[places] ??= 0
    if (digits.length <= exact) short[places]! += Number(digits)
    else long[places] = (long[places] ?? 0n) + BigInt(digits)
  }
  if (!short.length) return null
  const scale = short.length - 1
  const total = short.reduce((all, sum, places) => all + (BigInt(sum) + (long[places] ?? 0n)) * 10n ** BigInt(scale - places), 0n)
  const digits = (total < 0n ? -total : total).toString().padStart(scale + 1, '0')
  const head = digits.slice(0, digits.length - scale)
  return (total < 0n ? '-' : '') + (scale ? `${head}.${digits.slice(-scale)}` : head)
}
