// Titles of records named by number alone (in a history line, in an address); each asked for once.
import { reactive } from 'vue'
import { get } from '@/api/client'
import type { RecordData } from '@/api/types'
import { formOf } from '@/session'
import { titleOf } from './title'

const titles = reactive(new Map<string, string>())
const asked = new Set<string>()

export async function askTitle(app: string, form: string, id: number, zone: string): Promise<string> {
  const key = `${app}/${form}/${id}`
  asked.add(key)
  const definition = formOf(app, form)
  if (!definition) return `#${id}`
  const record = await get<RecordData>(`/api/${key}`, { titles: 1 })
  const title = titleOf(definition, record, zone) || `#${id}`
  titles.set(key, title)
  return title
}

/** Reactive: the number until the title is known. */
export function refTitle(app: string, form: string, id: number, zone: string): string {
  const key = `${app}/${form}/${id}`
  if (!asked.has(key)) void askTitle(app, form, id, zone).catch(() => undefined)
  return titles.get(key) ?? `#${id}`
}
