// `options` conditions become filters over the form pointed at: $option.x is its field x, everything else the value it has now.
import type { Wire } from './types'

export interface Named {
  value: Wire
  /** decimal, money, percent: their texts are numbers */
  number: boolean
}

const WORDS = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null'])
const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}'`

export function literal({ value, number }: Named): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return `[${value.map((item) => literal({ value: item, number })).join(', ')}]`
  if (typeof value === 'string') return number ? value : quote(value)
  return String(value)
}

/** Texts in quotes, names with their dots, or one character. */
const TOKEN = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\$?[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*|[0-9]+(?:\.[0-9]+)?%?|[^]/g

/** null when a name is not known here: then nothing is filtered and the server judges. */
export function optionFilter(text: string, lookUp: (name: string) => Named | undefined): string | null {
  const out: string[] = []
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0]
    const after = text.slice(match.index + token.length).trimStart()
    if (!/^[$a-z]/.test(token) || WORDS.has(token) || after.startsWith('(')) {
      out.push(token)
    } else if (token === '$option') {
      out.push('id')
    } else if (token.startsWith('$option.')) {
      out.push(token.slice('$option.'.length))
    } else if (token === '$today' || token === '$now' || token === '$user') {
      out.push(token)
    } else {
      const named = lookUp(token)
      if (!named) return null
      out.push(literal(named))
    }
  }
  return out.join('')
}
