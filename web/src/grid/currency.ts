// Where a list has the currency of an amount: beside it, behind the same reference.
import type { FieldDef } from '@/api/types'

/** "contract.amount" with currency "unit" → "contract.unit". */
export function currencyColumn(column: string, field: FieldDef): string {
  const at = column.lastIndexOf('.') + 1
  return column.slice(0, at) + (field.currency ?? '')
}
