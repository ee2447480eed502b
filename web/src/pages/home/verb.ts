// Values of a verb are expressions over the entry's record: the one engine evaluates them.
import type { AppDefinition, Json } from '@/api/types'
import { rulesOf } from '@/rules/engine'
import { isRefusal } from '@/rules/module'
import type { Wire } from '@/rules/types'
import { t } from '@/i18n/t'
import type { TodoEntry } from './todo'

/** `target`: the form whose fields are named; the record's own when it is changed itself. */
export async function valuesOf(definition: AppDefinition, entry: TodoEntry, target: string, expressions: Record<string, Json>): Promise<Record<string, Json>> {
  const values: Record<string, Json> = {}
  const texts = Object.entries(expressions).filter((e): e is [string, string] => typeof e[1] === 'string' && e[1] !== '$record')
  for (const [name, expression] of Object.entries(expressions)) {
    if (expression === '$record') values[name] = entry.record.id
    else if (typeof expression !== 'string') values[name] = expression
  }
  if (!texts.length) return values
  const rules = await rulesOf(definition)
  if (!rules) throw new Error(t('home.noRules'))
  const compiled = rules.compile(texts.map(([field, text]) => ({ form: entry.form.form, of: target, field, text })))
  texts.forEach(([name], i) => {
    const rule = compiled[i]!
    if (isRefusal(rule)) return
    const reads = rule.reads.map((read): Wire => (read.path.length === 1 ? ((entry.record[read.path[0]!] as Wire) ?? null) : null))
    const [value] = rules.eval(new Date().toISOString(), [[rule.id, reads]])
    if (!isRefusal(value)) values[name] = value as Json
  })
  return values
}
