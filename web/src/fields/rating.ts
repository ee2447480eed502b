import type { FieldDef } from '@/api/types'

/** How many stars a rating has. */
export function maxOf(field: Pick<FieldDef, 'max'>): number {
  return typeof field.max === 'number' ? field.max : 5
}
