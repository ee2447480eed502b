// The few values that decide: amounts first, then rates, days and quantities. At most four and two of a kind, those that are there, in the order
// of the form; what the approver fills in here is no fact yet.
import type { FieldDef, FormDef } from '@/api/types'

const MOST = 4
const MOST_OF_A_KIND = 2
const RANK: Record<string, number> = { money: 0, percent: 1, rollup: 1, duration: 2, decimal: 2, date: 3, integer: 4, enum: 5 }

/** The amount the form is about: what its board or a view adds up, else one that is entered, else any. */
export function mainAmount(form: FormDef): FieldDef | undefined {
  const amounts = form.fields.filter((field) => field.type === 'money')
  const summed = form.views?.find((view) => view.sum)?.sum
  return amounts.find((field) => field.name === summed) ?? amounts.find((field) => !field.formula && !field.computed) ?? amounts[0]
}

export function factsOf(form: FormDef, values: Record<string, unknown>, leaveOut: (field: FieldDef) => boolean): FieldDef[] {
  const there = (field: FieldDef) => values[field.name] !== null && values[field.name] !== undefined
  // An amount of nothing decides nothing, nor does a number that everybody leaves as it is.
  const nothing = (field: FieldDef) => (field.type === 'money' && Number(values[field.name]) === 0) || (field.type === 'integer' && field.default !== undefined && String(field.default) === String(values[field.name]))
  const candidates = form.fields.filter((field) => field.type in RANK && there(field) && !nothing(field) && !leaveOut(field))
  const main = mainAmount(form)
  const ranked = candidates.map((field, at) => ({ field, at })).sort((a, b) => Number(b.field === main) - Number(a.field === main) || RANK[a.field.type]! - RANK[b.field.type]! || a.at - b.at)
  const varied = ranked.filter((one, i) => ranked.slice(0, i).filter((before) => before.field.type === one.field.type).length < MOST_OF_A_KIND)
  const chosen = new Set(varied.slice(0, MOST).map((one) => one.field))
  return candidates.filter((field) => chosen.has(field)).sort((a, b) => Number(b === main) - Number(a === main) || RANK[a.type]! - RANK[b.type]!)
}
