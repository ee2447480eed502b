// What this person opened last in this browser: shown on the home page and in the palette.
import { ref } from 'vue'
import { session } from '@/session'

export interface Recent {
  app: string
  form: string
  id: number
  title: string
}

const LIMIT = 12
const key = () => `tenon.recent.${session.me?.user ?? ''}`

function read(): Recent[] {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? '[]') as Recent[]
  } catch {
    return []
  }
}

export const recent = ref<Recent[]>([])

export function loadRecent(): void {
  recent.value = read()
}

export function noteRecent(one: Recent): void {
  const others = read().filter((r) => r.app !== one.app || r.form !== one.form || r.id !== one.id)
  recent.value = [one, ...others].slice(0, LIMIT)
  localStorage.setItem(key(), JSON.stringify(recent.value))
}

/** A record that was deleted or may not be seen any more leaves the list. */
export function dropRecent(app: string, form: string, id: number): void {
  recent.value = read().filter((r) => r.app !== app || r.form !== form || r.id !== id)
  localStorage.setItem(key(), JSON.stringify(recent.value))
}
