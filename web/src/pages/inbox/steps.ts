// Steps an administrator may jump to: those of the flow as it is defined now (the definition tells flows to administrators only).
import type { Label } from '@/api/types'
import { labelOf } from '@/i18n/t'
import { appOf } from '@/session'
import type { Run } from './types'

interface Written {
  id?: string
  kind?: string
  label?: Label
  steps?: Written[]
  cases?: Written[]
  branches?: Written[]
}
const OF_PEOPLE = new Set(['approve', 'handle'])

export function peopleSteps(steps: Written[]): { step: string; label: string }[] {
  return steps.flatMap((one) => {
    const below = [...(one.cases ?? []), ...(one.branches ?? [])].flatMap((list) => peopleSteps(list.steps ?? []))
    return one.id && OF_PEOPLE.has(one.kind ?? '') ? [{ step: one.id, label: labelOf(one.label, one.id) }, ...below] : below
  })
}

export function stepsOf(run: Run, app: string): { step: string; label: string }[] {
  const flows = (appOf(app) as { flows?: { flow: string; steps?: Written[] }[] } | undefined)?.flows
  return peopleSteps(flows?.find((one) => one.flow === run.flow)?.steps ?? [])
}
