// t('key', {name: …}): texts of the front end. Each area keeps its own file of pairs [zh-CN, en] beside each other, so that
// neither language is forgotten; a page registers its area when its chunk loads. Texts of the server arrive in the language
// asked for and never pass through here.
import { computed, ref } from 'vue'
import type { Label, Lang } from '@/api/types'
import common from './common'

export type Messages = Record<string, [zh: string, en: string]>

const texts = new Map<string, [string, string]>(Object.entries(common))
const KEY = 'tenon.lang'

function firstLang(): Lang {
  const stored = localStorage.getItem(KEY)
  if (stored === 'zh-CN' || stored === 'en') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export const lang = ref<Lang>(firstLang())
export const isChinese = computed(() => lang.value === 'zh-CN')

export function setLang(next: Lang): void {
  lang.value = next
  localStorage.setItem(KEY, next)
  document.documentElement.lang = next
}

export function register(messages: Messages): void {
  for (const [key, pair] of Object.entries(messages)) texts.set(key, pair)
}

export function t(key: string, params: Record<string, string | number> = {}): string {
  const pair = texts.get(key)
  if (!pair) throw new Error(`no text for "${key}"`)
  const text = pair[lang.value === 'zh-CN' ? 0 : 1]
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole))
}

/** The text of a definition in the language shown; the other language, then the name, when it has none. */
export function labelOf(label: Label | undefined, name = ''): string {
  if (label === undefined || label === null) return name
  if (typeof label === 'string') return label
  return label[lang.value] ?? label['zh-CN'] ?? label.en ?? name
}
