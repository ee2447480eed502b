// People of a task: the name the server gave beside the login, else the one the other pages know.
import { personName } from '@/fields/people'
import { t } from '@/i18n/t'

export const nameOf = (login: string, label?: string | null) => label ?? personName(login)

const REASONS = new Set(['self', 'repeat', 'nobody', 'remind', 'pass', 'reject', 'transfer', 'escalate'])
/** Why the program did it: the server's own words where it has some. */
export const reasonWords = (reason: string) => (REASONS.has(reason) ? t(`inbox.reason.${reason}`) : reason)
