// An address as one line, as the server writes it: names of its region, a blank, the rest.
import type { EnumValue } from '@/api/types'
import { wordsAt } from './cascade'

export interface Address {
  region: string[]
  detail: string | null
}

/** Levels that only fill a gap of the table are not written (runtime/model/region_names.c). */
const GAPS = new Set(['市辖区', '县', '省直辖县级行政区划', '自治区直辖县级行政区划'])

export function addressText(value: unknown, regions: EnumValue[]): string {
  if (!value || typeof value !== 'object') return String(value ?? '')
  const { region, detail } = value as Address
  const names = wordsAt(regions, region ?? [], true).filter((name, level) => level !== 1 || !GAPS.has(name))
  return [names.join(''), detail ?? ''].filter(Boolean).join(' ')
}
