// What a person may do with the fields of the record at hand, and what follows from not seeing all of it. Rights differ by
// record (P07): the server tells where they differ from the form's (GET …?rights=1). A rule that reads a masked or hidden value
// would judge the mask: it is the server's, and so is everything that follows from it.
import type { FieldDef, FieldRight } from '@/api/types'
import type { CompiledForm, Part } from './compile'
import type { Read, Rule } from './module'

export type Rights = Record<string, FieldRight>
const ORDER: FieldRight[] = ['hidden', 'mask', 'read', 'edit']
const keyOf = (table: string, field: string) => (table ? `${table}.${field}` : field)

export class Sight {
  /** fields whose stored values are not known here, those that follow from such values included */
  readonly unseen = new Set<string>()
  /** fields that rules over such values show, hide, require or lock */
  readonly judged = new Set<string>()

  constructor(
    private readonly parts: Map<string, Part>,
    private readonly rights: Rights | null,
    form: CompiledForm | null
  ) {
    if (!rights) return
    for (const [table, part] of parts)
      for (const f of part.fields) if (['hidden', 'mask'].includes(this.right(table, f))) this.unseen.add(keyOf(table, f.name))
    if (this.unseen.size && form) while (this.spread(form));
  }

  /** Rows are bounded by their table's right. */
  right(table: string, f: FieldDef): FieldRight {
    const own = this.rights?.[keyOf(table, f.name)]
    const usual = own ?? f.right ?? 'edit'
    if (own || !table) return usual
    const whole = this.right('', this.parts.get('')!.byName.get(table)!)
    return ORDER.indexOf(whole) < ORDER.indexOf(usual) ? whole : usual
  }

  /** Does the rule of this part read what is not known here? */
  blind(part: Part, ...rules: (Rule | null)[]): boolean {
    return this.unseen.size > 0 && rules.some((rule) => rule?.reads.some((read) => this.reads(part, read)) ?? false)
  }

  private reads(part: Part, read: Read): boolean {
    const [first, second] = read.path
    if (first === undefined || !['record', 'old', 'parent'].includes(read.root)) return false
    const table = read.root === 'parent' ? '' : part.table
    return this.unseen.has(keyOf(table, first)) || (read.rows && second !== undefined && this.unseen.has(keyOf(first, second)))
  }

  private add(into: Set<string>, part: Part, names: string[]): boolean {
    const before = into.size
    for (const name of names) into.add(keyOf(part.table, name))
    return into.size > before
  }

  /** One step further: formulas and linkages over unseen values make theirs unseen too. */
  private spread(form: CompiledForm): boolean {
    let grew = false
    for (const { part, field, rule } of form.computed) if (this.blind(part, rule)) grew = this.add(this.unseen, part, [field.name]) || grew
    for (const part of this.parts.values()) {
      for (const fill of part.fills) if (this.blind(part, fill.rule)) grew = this.add(this.unseen, part, [fill.target.name]) || grew
      for (const l of part.linkages) {
        const sets = l.sets.filter((set) => this.blind(part, l.when, set.rule)).map((set) => set.field.name)
        grew = this.add(this.unseen, part, sets) || grew
        if (this.blind(part, l.when)) this.add(this.judged, part, [...l.show, ...l.hide, ...l.require, ...l.readOnly])
      }
    }
    return grew
  }
}
