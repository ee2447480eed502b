// The definitions of an app as one file: down, and up into the draft.
import { ref, shallowRef } from 'vue'
import { ApiProblem } from '@/api/client'
import { t } from '@/i18n/t'
import { toast } from '@/ui/toast'
import type { Workspace } from './workspace'

interface Hooks {
  failed: (problem: unknown) => void
  landed: (changed: number) => void
}

/** {"files": {…}}, as it was downloaded. */
function isBundle(text: string): boolean {
  try {
    const files = (JSON.parse(text) as { files?: unknown } | null)?.files
    return typeof files === 'object' && files !== null
  } catch {
    return false
  }
}

export function useTransfer(ws: Workspace, hooks: Hooks) {
  const field = shallowRef<HTMLInputElement>()
  const replacing = ref('')

  async function download(): Promise<void> {
    try {
      const url = URL.createObjectURL(new Blob([await ws.api.bundle()], { type: 'application/json' }))
      const link = Object.assign(document.createElement('a'), { href: url, download: `${ws.app}-v${ws.tree.value?.version ?? 0}.json` })
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 10_000)
    } catch (problem) {
      hooks.failed(problem)
    }
  }

  async function upload(text: string, replace: boolean): Promise<void> {
    replacing.value = ''
    try {
      const { changed } = await ws.api.upload(text, replace)
      await ws.reload()
      toast(changed ? t('def.upload.done', { n: changed }) : t('def.upload.same'))
      hooks.landed(changed)
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.code === 'draft_there') replacing.value = text
      else hooks.failed(problem)
    }
  }

  async function picked(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement
    const chosen = input.files?.[0]
    if (!chosen) return
    const text = await chosen.text()
    input.value = ''
    if (!isBundle(text)) return hooks.failed(new Error(t('def.upload.broken', { file: chosen.name })))
    if (await ws.saveAll()) await upload(text, false)
  }

  return {
    replacing, download, picked,
    input: (element: unknown) => (field.value = (element as HTMLInputElement | null) ?? undefined),
    choose: () => field.value?.click(),
    replace: () => upload(replacing.value, true),
    forget: () => (replacing.value = '')
  }
}
