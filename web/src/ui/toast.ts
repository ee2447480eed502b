// One line of news at the bottom, in a live region; with an undo when there is something to take back. Never for form errors.
import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
  kind: 'info' | 'danger'
  action?: { label: string; run: () => void }
}

export const toasts = reactive<Toast[]>([])
let last = 0

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

export function toast(text: string, options: Partial<Pick<Toast, 'kind' | 'action'>> = {}): number {
  const id = ++last
  toasts.push({ id, text, kind: options.kind ?? 'info', action: options.action })
  if (toasts.length > 3) toasts.shift()
  setTimeout(() => dismiss(id), options.action ? 10_000 : 5_000)
  return id
}
