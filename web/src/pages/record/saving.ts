// What a refused save means for the page: faults go to their fields; what is left over is said as a strip.
import { ApiProblem } from '@/api/client'
import type { ProblemBody } from '@/api/types'
import type { FormModel } from '@/rules/types'

/** The error when it has no field to stand at, else null. */
export function takeProblem(model: FormModel, error: unknown): unknown {
  if (!(error instanceof ApiProblem) || error.status !== 422) return error
  model.applyProblem(error.body)
  return error.faults.length ? null : error
}

/** What a flow stands in front of: it is asked for, and done once approved. */
export interface Wish {
  flow: string
  label: string
  /** null: the record is to be deleted */
  changes: Record<string, unknown> | null
}
export function wishIn(problem: ProblemBody, changes: Record<string, unknown> | null): Wish | null {
  if (problem.code !== 'flow_needed') return null
  const { flow = '', label = '' } = problem.params ?? {}
  return { flow, label, changes }
}
export const wishOf = (error: unknown, changes: Record<string, unknown> | null): Wish | null => (error instanceof ApiProblem ? wishIn(error.body, changes) : null)

/** Rows one began and left empty are not part of the record. */
function dropBlankRows(model: FormModel): void {
  for (const field of model.form.fields) {
    const asked = (field.fields ?? []).filter((f) => !f.computed && f.default === undefined && f.type !== 'serial')
    for (const row of [...(model.rows[field.name] ?? [])]) {
      const blank = row.id === null && asked.length > 0 && asked.every((f) => (row.values[f.name] ?? null) === null && row.states[f.name]?.error?.code !== 'no_match')
      if (blank && model.rows[field.name]!.length > (field.min_rows ?? 0)) model.removeRow(field.name, row.key)
    }
  }
}

/** Ready to be checked and stored: what was chosen is known, what follows from it too. */
export async function complete(model: FormModel): Promise<void> {
  await model.idle()
  dropBlankRows(model)
  await model.idle()
}
