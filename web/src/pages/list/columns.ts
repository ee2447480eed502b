// Which columns a list shows and how wide each is. Widths follow the kind of value, not the data: a list must not jump.
import type { AppDefinition, EnumDef, FieldDef, FormDef, ViewDef } from '@/api/types'
import { titleFields } from '@/fields/title'
import { byRecord, currencyUnit, isNumeric } from '@/format/value'
import type { GridColumn } from '@/grid/DataGrid.vue'
import { isChinese, labelOf } from '@/i18n/t'
import { anyField } from '@/systemFields'

const MAX_CHIP_COLUMNS = 2

const WIDTH: Record<string, number> = {
  integer: 88, decimal: 112, money: 132, percent: 88, bool: 72, date: 108, datetime: 132, time: 80, duration: 104, enum: 112, user: 112, dept: 120, phone: 128,
  email: 180, ref: 180, serial: 136, cascade: 168, region: 200, address: 280, richtext: 240, idcard: 176, creditcode: 176, geo: 176, longtext: 240
}

const TEXT = 128
const NAMING = 220
const EDGE = 24

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

/** The column by which people know a record: of those its title names, the first of free words, then the first reference, then a code. */
export function namingColumn(form: FormDef, names: string[]): string | undefined {
  const told = titleFields(form).map((name) => anyField(form, name)).filter((f) => f !== undefined && names.includes(f.name))
  const [words, reference, code] = [told.find((f) => f!.type === 'text' && !f!.unique), told.find((f) => f!.type === 'ref'), told.find((f) => f!.type === 'text')]
  return (words ?? reference ?? code)?.name
}

/** What names the record has the most room, wherever it stands; the first column holds on to the edge and has its air there. */
function shareOf(field: FieldDef | undefined, isNaming: boolean, isFirst: boolean): Pick<GridColumn, 'min' | 'grow'> {
  if (isNaming) return { min: NAMING, grow: 1.6 }
  return { min: (WIDTH[field?.type ?? ''] ?? TEXT) + (isFirst ? EDGE : 0), grow: field && isNumeric(field) ? 0.4 : 0.6 }
}

export function gridColumns(definition: AppDefinition, form: FormDef, names: string[]): GridColumn[] {
  const naming = namingColumn(form, names) ?? (fieldOfColumn(definition, form, names[0] ?? '')?.type === 'serial' ? undefined : names[0])
  return names.map((name, i) => {
    const field = fieldOfColumn(definition, form, name)
    const unit = field?.type === 'money' && !byRecord(field) ? currencyUnit(field.currency ?? definition.app.currency) : ''
    const label = columnLabel(definition, form, name)
    return {
      key: name,
      label: unit ? (isChinese.value ? `${label}（${unit}）` : `${label} (${unit})`) : label,
      ...shareOf(field, name === naming, i === 0),
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
