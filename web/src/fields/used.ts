// Records this person picked last, by form: the next order is often for the same account.
import { session } from '@/session'

export interface Used {
  id: number
  title: string
  second?: string
}

const LIMIT = 5
const keyOf = (app: string, form: string) => `tenon.used.${session.me?.user ?? ''}.${app}.${form}`

export function usedOf(app: string, form: string): Used[] {
  try {
    return JSON.parse(localStorage.getItem(keyOf(app, form)) ?? '[]') as Used[]
  } catch {
    return []
  }
}

export function noteUsed(app: string, form: string, one: Used): void {
  const rest = usedOf(app, form).filter((u) => u.id !== one.id)
  localStorage.setItem(keyOf(app, form), JSON.stringify([one, ...rest].slice(0, LIMIT)))
}
