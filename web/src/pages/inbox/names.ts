// People of a task: the name the server gave beside the login, else the one the other pages know.
import { personName } from '@/fields/people'

export const nameOf = (login: string, label?: string | null) => label ?? personName(login)
