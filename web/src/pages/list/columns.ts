// Which columns a list shows and how wide each is. Widths follow the kind of value, not the data: a list must not jump.
import type { AppDefinition, EnumDef, FieldDef, FormDef, ViewDef } from '@/api/types'
import { byRecord, currencyUnit, isNumeric } from '@/format/value'
import type { GridColumn } from '@/grid/DataGrid.vue'
import { isChinese, labelOf } from '@/i18n/t'
import { anyField } from '@/systemFields'

const MAX_CHIP_COLUMNS = 2

const WIDTH: Record<string, number> = {
  integer: 88, decimal: 112, money: 132, percent: 88, bool: 72, date: 108, datetime: 132, time: 80, duration: 104, enum: 112, user: 112, dept: 120, phone: 128,
  email: 180, ref: 180, serial: 136, cascade: 168, region: 200, address: 280, richtext: 240, idcard: 176, creditcode: 176, geo: 176, longtext: 240
}

/** Columns when the view names none: what the layout shows first, without long texts and sub-tables. */
function usualColumns(form: FormDef): string[] {
  const order = (form.layout ?? []).flatMap((block) => block.fields ?? [])
  const names = order.length ? order : form.fields.map((f) => f.name)
  const plain = names.filter((n) => !['table', 'longtext', 'button'].includes(anyField(form, n)?.type ?? 'button'))
  return [...plain.slice(0, 8), ...(form.fields.some((f) => f.name === 'owner') ? [] : ['owner'])]
}

/** Every name exists for this person; the first column is what names the record. */
export function columnNames(form: FormDef, view: ViewDef | undefined, chosen: string | undefined): string[] {
  const wanted = chosen ? chosen.split(',') : (view?.columns ?? usualColumns(form))
  const known = wanted.filter((n) => n.includes('.') || anyField(form, n))
  return known.length ? known : usualColumns(form)
}

export function fieldOfColumn(definition: AppDefinition, form: FormDef, path: string): FieldDef | undefined {
  const [head, ...rest] = path.split('.')
  const field = anyField(form, head!)
  if (!rest.length || !field) return field
  const next = definition.forms.find((f) => f.form === field.form)
  return next && fieldOfColumn(definition, next, rest.join('.'))
}

export function columnLabel(definition: AppDefinition, form: FormDef, path: string): string {
  const [head, ...rest] = path.split('.')
  const field = anyField(form, head!)
  const label = labelOf(field?.label, head)
  const next = rest.length ? definition.forms.find((f) => f.form === field?.form) : undefined
  return next ? `${label} ${columnLabel(definition, next, rest.join('.'))}` : label
}

export function gridColumns(definition: AppDefinition, form: FormDef, names: string[]): GridColumn[] {
  return names.map((name, i) => {
    const field = fieldOfColumn(definition, form, name)
    const unit = field?.type === 'money' && !byRecord(field) ? currencyUnit(field.currency ?? definition.app.currency) : ''
    const label = columnLabel(definition, form, name)
    return {
      key: name,
      label: unit ? (isChinese.value ? `${label}（${unit}）` : `${label} (${unit})`) : label,
      min: i === 0 && field?.type !== 'serial' ? 220 : (WIDTH[field?.type ?? ''] ?? 128) + (i === 0 ? 24 : 0),
      grow: i === 0 && field?.type !== 'serial' ? 1.6 : field && isNumeric(field) ? 0.4 : 0.6,
      numeric: field ? isNumeric(field) : false,
      sortable: !name.includes('.') && field !== undefined && !['table', 'tags', 'cascade', 'region', 'refs', 'geo', 'richtext', 'file', 'image'].includes(field.type)
    }
  })
}

/** The first two enum columns with colours are chips; more would say nothing (visual.md 11). */
export function chipColumns(definition: AppDefinition, form: FormDef, names: string[]): Set<string> {
  const coloured = names.filter((name) => {
    const field = fieldOfColumn(definition, form, name)
    const one: EnumDef | undefined = definition.enums.find((e) => e.enum === field?.enum)
    return field?.type === 'enum' && one?.values.some((v) => v.color)
  })
  return new Set(coloured.slice(0, MAX_CHIP_COLUMNS))
}
