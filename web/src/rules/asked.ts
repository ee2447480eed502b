// What the browser cannot judge: whether another record has the same value, whether a record that was chosen is there, may be
// seen and passes its condition, whether a person may be chosen. Such fields are asked of the server while somebody types (POST …/validate), and only these
// faults of its answer count: everything else the rules know themselves, and sooner.
import type { FieldDef, FormDef, Json } from '@/api/types'

export const ASKED_CODES = new Set([
  'unique', 'unique_together', 'not_an_option', 'reference_absent', 'bad_reference', 'unknown_user', 'unknown_dept', 'transition', 'transition_first', 'transition_none', 'transition_when'
])
/** Such a fault may go when another field of the record changes. */
export const SHARED_CODES = new Set(['unique_together', 'not_an_option', 'transition_when'])

const wordsIn = (text: string): string[] => text.match(/[a-z_][a-z0-9_]*/g) ?? []

interface Ruled {
  fields: FieldDef[]
  linkage?: Json
  transitions?: { field: string; when?: string }[]
}

function asksOf(part: Ruled, unique: string[][], prefix: string): string[] {
  const linked = (Array.isArray(part.linkage) ? (part.linkage as { options?: Record<string, string> }[]) : []).flatMap((l) => Object.entries(l.options ?? {}))
  const options = [...part.fields.flatMap((f): [string, string][] => (f.options === undefined ? [] : [[f.name, f.options]])), ...linked]
  const named = new Set([...unique.flat(), ...part.fields.filter((f) => f.unique === true).map((f) => f.name), ...part.fields.filter((f) => f.among !== undefined).map((f) => f.name), ...options.flatMap(([name, text]) => [name, ...wordsIn(text)]), ...(part.transitions ?? []).flatMap((t) => [t.field, ...wordsIn(t.when ?? '')])])
  return part.fields.filter((f) => named.has(f.name)).map((f) => prefix + f.name)
}

/** The fields to ask about: `number`, and of rows `lines/product`. */
export function askedFields(form: FormDef): Set<string> {
  const own = form as unknown as Ruled & { unique?: string[][] }
  // A row's candidates may hang on a field of the record: changing that one asks about the rows.
  const named = form.fields.flatMap((f) => (f.fields ?? []).flatMap((x) => [...(x.options ?? '').matchAll(/\$parent\.([a-z][a-z0-9_]*)/g)].map((match) => match[1]!)))
  const rows = form.fields.filter((f) => f.type === 'table').flatMap((f) => asksOf(f as unknown as Ruled, [], `${f.name}/`))
  return new Set([...asksOf(own, own.unique ?? [], ''), ...named, ...rows])
}
