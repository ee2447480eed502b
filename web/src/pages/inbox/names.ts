// People of a task: the name the server gave beside the login, else the one the other pages know.
import { personName } from '@/fields/people'
import { t } from '@/i18n/t'
import { askedNow, labelOfStep } from './trail'
import type { LogEntry, Run } from './types'

export const nameOf = (login: string, label?: string | null) => label ?? personName(login)

const REASONS = new Set(['event', 'time', 'deleted', 'self', 'repeat', 'nobody', 'proxy', 'proxy_ended', 'branch_changed', 'parent', 'remind', 'pass', 'reject', 'transfer', 'escalate'])
/** Why the program did it; words the server has made stand as they are. */
export const reasonWords = (reason: string) => (REASONS.has(reason) ? t(`inbox.reason.${reason}`) : reason)

const TO_PEOPLE = new Set(['transfer', 'delegate', 'add', 'remove', 'cc'])
const TO_STEP = new Set(['jump', 'return', 'goto'])
/** What the flow does of itself: nobody stands before it. */
const OF_ITSELF = new Set(['branch', 'due', 'goto', 'act', 'waited', 'joined', 'sub'])
export const isOfItself = (line: LogEntry) => !line.who && OF_ITSELF.has(line.act)
const PLACES = new Set(['before', 'after', 'parallel', 'delegate'])

/** Logins in the reason of an act that concerns people: "before li, wang". */
export const peopleIn = (reason: string) => reason.split(/[ ,]+/).filter((word) => word && !PLACES.has(word))

/** What a line says besides its act: to whom, to which step, or why. */
export function besides(line: LogEntry, run: Run): string {
  if (!line.reason) return ''
  if (TO_PEOPLE.has(line.act)) return t('inbox.toWhom', { who: peopleIn(line.reason).map((login) => personName(login)).join(t('inbox.listJoin')) })
  const moved = /^migrate (\d+) (\d+)$/.exec(line.reason)
  if (moved) return t('inbox.migrated', { from: moved[1]!, to: moved[2]! })
  if (line.act === 'sub') return t(`inbox.state.${line.reason}`)
  if (TO_STEP.has(line.act)) return t('inbox.toStep', { step: line.reason === 'start' ? t('inbox.toStart') : labelOfStep(run, line.reason) })
  return t('inbox.because', { why: reasonWords(line.reason) })
}

/** Who has it now, as a toast says it. */
export const askedWords = (run: Run): string => askedNow(run).map((login) => nameOf(login, run.open.find((open) => open.who === login)?.person?.label)).join(t('inbox.listJoin'))
