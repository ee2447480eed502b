// The order of rows by one column: numbers by size, words as they are shown, empty cells last; equal ones stay as they stand.
import type { FieldDef } from '@/api/types'
import type { RowModel, Wire } from '@/rules/types'

const NUMBERS = new Set(['integer', 'decimal', 'money', 'percent', 'duration', 'rating', 'rollup'])
const words = new Intl.Collator('zh-CN', { numeric: true })

/** Decimals are compared digit by digit: a money amount never passes through a JS number. */
function compareDecimals(a: string, b: string): number {
  const scaled = (text: string, scale: number): bigint => {
    const [whole = '0', fraction = ''] = text.split('.')
    return BigInt(whole + fraction.padEnd(scale, '0'))
  }
  const scale = Math.max(a.split('.')[1]?.length ?? 0, b.split('.')[1]?.length ?? 0)
  const [x, y] = [scaled(a, scale), scaled(b, scale)]
  return x < y ? -1 : x > y ? 1 : 0
}

const isNumber = (value: Wire) => /^-?\d+(\.\d+)?$/.test(String(value))

function compare(f: FieldDef, a: RowModel, b: RowModel): number {
  const [x, y] = [a.values[f.name]!, b.values[f.name]!]
  if (NUMBERS.has(f.type) && isNumber(x) && isNumber(y)) return compareDecimals(String(x), String(y))
  return words.compare(a.titles[f.name] ?? String(x), b.titles[f.name] ?? String(y))
}

export function orderOf(f: FieldDef, rows: RowModel[], down: boolean): string[] {
  const empty = (row: RowModel) => row.values[f.name] === null || row.values[f.name] === undefined
  const full = rows.filter((row) => !empty(row)).sort((a, b) => (down ? -1 : 1) * compare(f, a, b))
  return [...full, ...rows.filter(empty)].map((row) => row.key)
}
