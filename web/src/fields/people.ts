// Names of people and departments by login and key; each asked for once.
import { reactive } from 'vue'
import { get } from '@/api/client'
import { session } from '@/session'

export interface Person {
  user: string
  label: string
  dept: string | null
}
interface Dept {
  dept: string
  label: string
  parent: string | null
}

const people = reactive(new Map<string, Person>())
const asked = new Set<string>()
let depts: Promise<Dept[]> | undefined

export function allDepts(): Promise<Dept[]> {
  depts ??= get<{ depts: Dept[] }>('/api/depts', { limit: 1000 }).then((answer) => answer.depts)
  depts.catch(() => (depts = undefined))
  return depts
}

/** Departments a field lets one choose, asked each time: it hangs on who asks. */
export async function findDepts(field: string, signal?: AbortSignal): Promise<Dept[]> {
  return (await get<{ depts: Dept[] }>('/api/depts', { limit: 1000, field }, signal)).depts
}

/** `field`: the candidates of one that limits whom one may choose. */
export async function findPeople(q: string, signal?: AbortSignal, field?: string): Promise<Person[]> {
  const { users } = await get<{ users: Person[] }>('/api/users', { q, limit: 20, field }, signal)
  for (const one of users) people.set(one.user, one)
  return users
}

/** The name of a login; the login itself until it is known. Reactive. */
export function personName(login: string | null | undefined): string {
  if (!login) return ''
  if (login === session.me?.user) return session.me.label
  const known = people.get(login)
  if (known) return known.label
  if (!asked.has(login)) {
    asked.add(login)
    get<Person>(`/api/users/${encodeURIComponent(login)}`).then((one) => people.set(login, one)).catch(() => undefined)
  }
  return login
}
