// What a failed call says to people: the server's own words, or that it could not be reached.
import { ApiProblem, Unreachable } from '@/api/client'
import { t } from '@/i18n/t'

export function wordsOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    const first = error.faults.length === 1 ? error.faults[0]?.detail : undefined
    return first ?? error.body.detail ?? error.body.title
  }
  if (error instanceof Unreachable) return t('unreachable')
  return error instanceof Error ? error.message : String(error)
}

/** Only where support has something to find: a refusal with its reason needs none. */
export function supportCode(error: unknown): string | undefined {
  return error instanceof ApiProblem && error.status >= 500 ? error.body.instance : undefined
}
