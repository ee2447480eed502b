// The settings of the organisation as the server's table describes them, and the way between its values and a form.
import type { Json, Label } from '@/api/types'

export interface Setting {
  key: string
  type: 'text' | 'integer' | 'choice' | 'secret' | 'picture' | 'rates'
  label: Label
  help?: Label
  default: Json
  min?: number
  max?: number
  max_length?: number
  choices?: string[]
}

export type Values = Record<string, Record<string, Json>>
export interface Rate {
  currency: string
  rate: string
}
export type Cell = string | number | null | Rate[]

/** Groups in the order of the table: everything before the first point of a key. */
export function groupsOf(settings: Setting[]): { group: string; settings: Setting[] }[] {
  const groups: { group: string; settings: Setting[] }[] = []
  for (const one of settings) {
    const group = one.key.split('.')[0] ?? ''
    const known = groups.find((g) => g.group === group)
    if (known) known.settings.push(one)
    else groups.push({ group, settings: [one] })
  }
  return groups
}

function valueOf(values: Values, key: string): Json {
  const [group = '', name = ''] = key.split('.')
  return values[group]?.[name] ?? null
}

/** What the form shows. A secret is never known: its box is empty and says whether there is one. */
export function cellOf(setting: Setting, values: Values): Cell {
  const value = valueOf(values, setting.key)
  if (setting.type === 'rates') return Object.entries((value ?? {}) as Record<string, string>).map(([currency, rate]) => ({ currency, rate }))
  if (setting.type === 'secret') return ''
  return (value as string | number | null) ?? (setting.type === 'text' ? '' : null)
}

export const isSet = (setting: Setting, values: Values): boolean => valueOf(values, setting.key) !== null

function jsonOf(cell: Cell): Json {
  if (!Array.isArray(cell)) return typeof cell === 'string' ? cell.trim() || null : cell
  const rows = cell.filter((row) => row.currency.trim() || row.rate.trim())
  return rows.length ? Object.fromEntries(rows.map((row) => [row.currency.trim().toUpperCase(), row.rate.trim()])) : null
}

/** Only what differs from what is stored; an empty box puts a setting back to its default, an empty secret changes nothing. */
export function changesOf(settings: Setting[], values: Values, cells: Record<string, Cell>): Values {
  const changes: Values = {}
  for (const one of settings) {
    const [group = '', name = ''] = one.key.split('.')
    const next = jsonOf(cells[one.key] ?? null)
    const same = one.type === 'secret' ? next === null : JSON.stringify(next) === JSON.stringify(valueOf(values, one.key))
    if (one.type !== 'picture' && !same) changes[group] = { ...changes[group], [name]: next }
  }
  return changes
}
