// What a fault says, in the words of the catalogue that server and browser share: the rows whose codes these rules can give.
import table from 'virtual:rules-words'
import type { FieldFault, Label } from '@/api/types'
import { labelOf, isChinese } from '@/i18n/t'

function wordsOf(code: string, params: Record<string, string>): string {
  const pair = table[code]
  if (!pair) return code
  return pair[isChinese.value ? 0 : 1].replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')
}

/** The text follows the language shown. */
export function faultOf(pointer: string, code: string, params: Record<string, string> = {}, message?: Label): FieldFault {
  return {
    pointer,
    code,
    params,
    get detail() {
      return message === undefined ? wordsOf(code, params) : labelOf(message)
    }
  }
}
