// The path of a field with transitions: the longest way through its values in the order of the enumeration. Values off that
// way (lost, void) are ends one can take from many places; they are offered as moves and shown once they are reached.
import type { ToldMove } from '@/api/moves'
import type { EnumValue, FormDef, TransitionDef } from '@/api/types'

export interface Move {
  to: string
  transition: TransitionDef
  /** by role; once the server has told (`told`), by its condition too */
  allowed: boolean
  /** what is in the way, in words */
  reason?: string
  /** fields that the move still asks for */
  needs: string[]
}
/** The server knows the conditions and all who-rules; until it has spoken, the guess by role stands. */
export function withTold(moves: Move[], field: string | undefined, told: ToldMove[] | undefined): Move[] {
  return moves.map((move) => {
    const said = told?.find((one) => one.field === field && one.to === move.to)
    return said ? { ...move, allowed: said.allowed, reason: said.reason, needs: said.needs } : move
  })
}

export function stageField(form: FormDef): string | undefined {
  return form.transitions?.[0]?.field
}

const leads = (t: TransitionDef, from: string, to: string) => t.to === to && (!t.from || t.from.includes(from))

export function mainPath(form: FormDef, values: EnumValue[]): string[] {
  const moves = (form.transitions ?? []).filter((t) => t.field === stageField(form))
  const names = values.map((v) => v.value)
  const best = new Map<string, string[]>()
  for (let at = names.length - 1; at >= 0; at--) {
    const onward = names.slice(at + 1).filter((to) => moves.some((t) => leads(t, names[at]!, to))).map((to) => best.get(to) ?? [])
    const longest = onward.reduce<string[]>((a, b) => (b.length > a.length ? b : a), [])
    best.set(names[at]!, [names[at]!, ...longest])
  }
  return best.get(names[0] ?? '') ?? []
}

export function mayTake(transition: TransitionDef, app: string, me: { user: string; dept: string | null; roles: Record<string, string[]>; admin: boolean }): boolean {
  if (!transition.who?.length || me.admin) return true
  return transition.who.some((rule) => {
    const [kind, name = ''] = rule.split(':')
    if (kind === 'role') return (me.roles[app] ?? []).includes(name.split('.').pop() ?? name)
    if (kind === 'user') return me.user === name
    // Departments and the other rules are the server's to judge: offered, and refused with its words.
    return true
  })
}

/** What only an approval moves is nobody's next step. */
const byFlow = (t: TransitionDef) => t.who?.length === 1 && t.who[0] === 'flow'

export function movesFrom(form: FormDef, current: string | null, allowed: (t: TransitionDef) => boolean): Move[] {
  const own = (form.transitions ?? []).filter((t) => t.field === stageField(form) && (!t.from || t.from.includes(current ?? '')) && t.to !== current && !byFlow(t))
  const byTarget = new Map<string, Move>()
  for (const transition of own) {
    const known = byTarget.get(transition.to)
    const move = { to: transition.to, transition, allowed: allowed(transition), needs: [] }
    if (!known || (!known.allowed && move.allowed)) byTarget.set(transition.to, move)
  }
  return [...byTarget.values()]
}

/** The move the page proposes: the nearest step forward on the path. */
export function nextMove(path: string[], current: string | null, moves: Move[]): Move | undefined {
  const at = path.indexOf(current ?? '')
  if (at < 0) return undefined
  return moves.filter((m) => m.allowed && path.indexOf(m.to) > at).sort((a, b) => path.indexOf(a.to) - path.indexOf(b.to))[0]
}
