// Sums of amounts over a whole filtered set, as people read them. Amounts whose records each name a currency are summed a
// currency at a time: "US$14,814.30、¥300.00".
import { byRecord, formatMoney, groupDigits } from '@/format/value'
import { isChinese } from '@/i18n/t'
import { get } from './client'
import type { FieldDef, RecordPage } from './types'

export function joinAmounts(texts: string[]): string {
  return texts.join(isChinese.value ? '、' : ', ')
}

type Query = Parameters<typeof get>[1]

/** What a sum of the field is read as; of amounts in one currency. */
export function sumText(field: FieldDef, sum: string, usual: string | undefined): string {
  return field.type === 'money' ? formatMoney(sum, field.currency ?? usual) : groupDigits(sum)
}

async function oneCurrency(path: string, fields: FieldDef[], ask: Query, usual: string | undefined, signal?: AbortSignal): Promise<[string, string][]> {
  if (!fields.length) return []
  const page = await get<RecordPage>(path, { ...ask, fields: 'id', limit: 1, sums: fields.map((f) => f.name).join(',') }, signal)
  return fields.flatMap((f) => (page.sums?.[f.name] ? [[f.name, sumText(f, page.sums[f.name]!, usual)] as [string, string]] : []))
}

async function manyCurrencies(path: string, field: FieldDef, ask: Query, signal?: AbortSignal): Promise<[string, string][]> {
  const page = await get<RecordPage>(path, { ...ask, fields: 'id', limit: 1, sums: field.name, group: field.currency }, signal)
  const texts = (page.groups ?? []).flatMap((g) => (g.sums?.[field.name] ? [formatMoney(g.sums[field.name]!, typeof g.value === 'string' ? g.value : '')] : []))
  return texts.length ? [[field.name, joinAmounts(texts)]] : []
}

/** By field name; a field without any amount is missing. */
export async function readAmounts(path: string, fields: FieldDef[], ask: Query, usual: string | undefined, signal?: AbortSignal): Promise<Record<string, string>> {
  const parts = await Promise.all([
    oneCurrency(path, fields.filter((f) => !byRecord(f)), ask, usual, signal),
    ...fields.filter(byRecord).map((f) => manyCurrencies(path, f, ask, signal))
  ])
  return Object.fromEntries(parts.flat())
}
