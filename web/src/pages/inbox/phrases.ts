// Phrases one says often, kept in this browser for each person; until somebody changes them, those of the language shown.
import { reactive } from 'vue'
import { t } from '@/i18n/t'
import { session } from '@/session'

const MOST = 20
const own = reactive(new Map<string, string[]>())
const keyOf = (user: string) => `tenon.phrases.${user}`

function read(user: string): string[] | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(user)) ?? 'null')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : undefined
  } catch {
    return undefined
  }
}

export const usualPhrases = () => [t('inbox.phrase1'), t('inbox.phrase2'), t('inbox.phrase3'), t('inbox.phrase4')]

export function phrases(user = session.me?.user ?? ''): string[] {
  if (!own.has(user)) {
    const kept = read(user)
    if (kept) own.set(user, kept)
  }
  return own.get(user) ?? usualPhrases()
}

/** Blank ones and repetitions go; the order is the person's. */
export function keepPhrases(list: string[], user = session.me?.user ?? ''): void {
  const clean = [...new Set(list.map((one) => one.trim()).filter(Boolean))].slice(0, MOST)
  own.set(user, clean)
  try {
    localStorage.setItem(keyOf(user), JSON.stringify(clean))
  } catch {
    // A full or closed store: they last as long as the page.
  }
}

/** A phrase goes behind what is written already, not over it. */
export function withPhrase(text: string, phrase: string): string {
  const before = text.trim()
  return before ? (before.includes(phrase) ? before : `${before}${/[。.!！]$/.test(before) ? '' : t('inbox.join')}${phrase}`) : phrase
}
