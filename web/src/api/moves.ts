// Where a stored record may be moved to, asked before anybody tries: POST …/validate answers it for the record as it is.
import { post } from './client'

/** What the server says of a stored record's moves before anybody tries one. */
export interface ToldMove {
  field: string
  to: string
  allowed: boolean
  reason?: string
  needs: string[]
}

export const askMoves = (app: string, form: string, id: number, signal?: AbortSignal): Promise<ToldMove[]> =>
  post<{ moves: ToldMove[] }>(`/api/${app}/${form}/validate`, { id, values: {} }, { signal }).then((answer) => answer.moves)
