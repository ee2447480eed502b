// The same questions asked of the server: the way of a browser without the module.
import { post } from '@/api/client'
import type { FieldFault } from '@/api/types'
import type { Wire } from './types'

export interface ServerState {
  visible: boolean
  required: boolean
  read_only: boolean
}
export interface ServerAnswer {
  values: Record<string, unknown>
  errors: FieldFault[]
  fields: Record<string, ServerState>
  rows?: Record<string, Record<string, ServerState>[]>
}

export function askServer(app: string, form: string, id: number | null, values: Record<string, Wire>): Promise<ServerAnswer> {
  return post<ServerAnswer>(`/api/${app}/${form}/validate`, id === null ? { values } : { id, values })
}
