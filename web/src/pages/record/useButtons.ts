// The buttons of a record's form: which may be pressed now (the server says), pressing one, and what came of it.
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, shallowRef, type Ref } from 'vue'
import { ApiProblem, get, post } from '@/api/client'
import type { FieldDef, FieldFault, FormDef, RecordData } from '@/api/types'
import { labelOf, t } from '@/i18n/t'
import { formOf } from '@/session'

export interface Made {
  form: string
  id: number
  title: string | null
}
export interface Pressed {
  record: RecordData | null
  created: Made[]
  /** records that were there before and have been used */
  taken: Made[]
}

/** "/do/1/contact/mobile" is a field of another form that an action writes: named with its form. */
function faultWords(app: string, fault: FieldFault): string {
  const [form, field] = fault.pointer.startsWith('/do/') ? fault.pointer.split('/').slice(-2) : []
  const target = form ? formOf(app, form) : undefined
  const named = target?.fields.find((f) => f.name === field)
  return target && named ? t('record.buttonFault', { form: labelOf(target.label, target.form), field: labelOf(named.label, named.name), what: fault.detail }) : fault.detail
}

export function useButtons(app: string, form: FormDef, id: number | null, record: Ref<RecordData | undefined>) {
  const path = `/api/${app}/${form.form}/${id}/buttons`
  const queries = useQueryClient()
  const told = useQuery({
    queryKey: computed(() => ['buttons', app, form.form, id, record.value?.rev]),
    enabled: computed(() => id !== null && record.value !== undefined && form.rights.update && Boolean(form.buttons?.length)),
    queryFn: ({ signal }) => get<{ buttons: Record<string, boolean>; reasons: Record<string, string> }>(path, {}, signal)
  })
  const buttons = computed(() => (form.buttons ?? []).filter((one) => told.data.value?.buttons[one.name] || reasonOf(one)))
  /** Why a button that is shown may not be pressed yet. */
  const reasonOf = (one: FieldDef): string | undefined => told.data.value?.reasons[one.name]
  const asking = shallowRef<FieldDef | null>(null)
  const pressing = ref('')
  const failed = shallowRef<{ button: FieldDef; error: unknown; faults: string[] } | null>(null)
  const done = shallowRef<{ button: FieldDef; answer: Pressed } | null>(null)

  /** True when it is done. What one sees is what one presses on: a record that has changed meanwhile refuses. */
  async function press(button: FieldDef): Promise<boolean> {
    if (pressing.value) return false
    pressing.value = button.name
    failed.value = done.value = null
    try {
      const answer = await post<Pressed>(`${path}/${button.name}`, undefined, { ifMatch: record.value?.rev, idempotencyKey: globalThis.crypto?.randomUUID?.() })
      done.value = { button, answer }
      return true
    } catch (error) {
      failed.value = { button, error, faults: error instanceof ApiProblem ? error.faults.map((fault) => faultWords(app, fault)) : [] }
      void queries.invalidateQueries({ queryKey: ['buttons', app, form.form, id] })
      return false
    } finally {
      asking.value = null
      pressing.value = ''
    }
  }
  return { buttons, reasonOf, asking, pressing, failed, done, press }
}
