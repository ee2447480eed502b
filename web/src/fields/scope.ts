// What an editor knows of its surroundings: the app it works in, and how a new record is made. Given by the form around it,
// so that the same editor serves the record page, a dialog, a sub-table cell and a filter.
import { inject, type InjectionKey } from 'vue'
import type { FieldDef, FormDef, RecordData } from '@/api/types'
import type { Choice } from '@/rules/types'
import type { Later } from './combo'

export interface FieldScope {
  app: string
  zone: string
  currency?: string
  /** where the picture of a stored code is */
  code?(field: FieldDef, value: unknown): string | null
  /** opens the form of a new record in a dialog; null when it was closed without saving */
  create?(form: FormDef, text: string, prefill: Record<string, unknown>): Promise<RecordData | null>
}

export const FIELD_SCOPE: InjectionKey<FieldScope> = Symbol('field scope')

export function useFieldScope(): FieldScope {
  const scope = inject(FIELD_SCOPE)
  if (!scope) throw new Error('a field stands outside of a form')
  return scope
}

export interface EditorProps {
  field: FieldDef
  modelValue: unknown
  id: string
  /** the accessible name where no <label> points at the editor (a grid cell) */
  label?: string
  /** text of the value when it is a reference or a person */
  title?: string | null
  invalid?: boolean
  describedby?: string
  required?: boolean
  /** in a grid: no box of its own, focus at once, the first key typed may be given */
  cell?: boolean
  first?: string
  /** filter a candidate must pass */
  options?: string | null
}

/**
 * `later`: the person has chosen and gone on before the choice had been looked up. It is told as an update too if the editor still
 * stands by then; whoever stores waits for it, and keeps it where the editor is gone.
 */
export type EditorEmits = { 'update:modelValue': [value: unknown, title?: string | null]; later: [choice: Later<Choice>] }
