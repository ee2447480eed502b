// Names for logins, departments and records that stand in conditions. One answer is asked once and kept while the page lives.
import { reactive } from 'vue'
import { get } from '@/api/client'
import { session } from '@/session'

export interface Person {
  user: string
  label: string
  dept: string | null
}

const names = reactive(new Map<string, string>())
const titles = reactive(new Map<string, string>())
const asked = new Set<string>()

export async function findPeople(q: string, signal?: AbortSignal): Promise<Person[]> {
  const answer = await get<{ users: Person[] }>('/api/users', { q, limit: 30 }, signal)
  for (const one of answer.users) names.set(one.user, one.label)
  return answer.users
}

export function usePeople() {
  function labelOf(login: string): string {
    if (login === session.me?.user) return session.me.label
    const known = names.get(login)
    if (known) return known
    if (!asked.has(login)) {
      asked.add(login)
      findPeople(login).catch(() => undefined)
    }
    return login
  }
  function recordTitle(app: string, form: string, id: string): string {
    const key = `${app}.${form}.${id}`
    const known = titles.get(key)
    if (known) return known
    if (!asked.has(key)) {
      asked.add(key)
      get<{ title?: string; titles?: Record<string, string> }>(`/api/${app}/${form}/${id}`, { titles: 1 })
        .then((r) => titles.set(key, r.titles?.id ?? r.title ?? `#${id}`))
        .catch(() => titles.set(key, `#${id}`))
    }
    return `#${id}`
  }
  return { labelOf, recordTitle }
}
