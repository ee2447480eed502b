// What has changed between two versions of a flow, in words: steps added, moved, gone, and what each of the others does differently.
import { t } from '@/i18n/t'
import { type Case, asList, type Flow, rowsOf, type Step, type WhoRule } from './tree'
import { type Around, whoWords } from './who'
import { caseTitle, caseWords, conditionWords, dueWords, lookOf, modeWords, stepTitle, stepWords } from './words'

export interface Said {
  kind: 'added' | 'removed' | 'moved' | 'changed'
  text: string
}
/** Two ways of writing the same thing are no change: the order of keys, a value that is there anyway. */
const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(plain) : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, plain(one)])) : value)
const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b))
const USUAL: Partial<Record<keyof Step, string>> = { pick: 'first', wait: 'all', mode: 'any' }
const unlessUsual = (step: Step, key: keyof Step): unknown => (step[key] === USUAL[key] ? undefined : step[key])
const people = (who: WhoRule | WhoRule[] | undefined, around: Around) => asList(who).map((rule) => whoWords(rule, around)).join(t('flow.comma')) || t('flow.change.nobody')

/** Ids that keep their order among one another: the longest run of them; the others have been moved. */
function kept(before: string[], after: string[]): Set<string> {
  const table = before.map(() => new Array<number>(after.length + 1).fill(0))
  table.push(new Array<number>(after.length + 1).fill(0))
  const cell = (i: number, k: number) => table[i]?.[k] ?? 0
  for (let i = before.length - 1; i >= 0; i--) for (let k = after.length - 1; k >= 0; k--) table[i]![k] = before[i] === after[k] ? cell(i + 1, k + 1) + 1 : Math.max(cell(i + 1, k), cell(i, k + 1))
  const stay = new Set<string>()
  for (let i = 0, k = 0; i < before.length && k < after.length;) {
    if (before[i] === after[k]) {
      stay.add(before[i] as string)
      i++
      k++
    } else if (cell(i + 1, k) >= cell(i, k + 1)) i++
    else k++
  }
  return stay
}

interface Place {
  step: Step
  /** the step the list belongs to, and which of its lists; '' at the top */
  list: string
}
/** before: ways are known by the place they had there. */
function placesOf(flow: Flow, before?: Map<string, Place>): Map<string, Place> {
  const rows = rowsOf(flow)
  const at = new Map(rows.map((row) => [row.pointer, row]))
  const places = new Map<string, Place>()
  for (const row of rows) {
    if (!row.step) continue
    const way = at.get(row.parent)
    const owner = way && at.get(way.parent)?.step
    const was = owner && before?.get(owner.id)?.step
    const place = was && was.kind === owner.kind ? (pairsOf(waysOf(was), waysOf(owner), way.type as 'case' | 'branch').get(way.index) ?? `new ${way.index}`) : way?.index
    places.set(row.step.id, { step: row.step, list: owner ? `${owner.id} ${place}` : '' })
  }
  return places
}

/** Keys told by "from ... to ...": how a value reads. */
const READ: Partial<Record<keyof Step, (step: Step, around: Around) => string>> = {
  who: (step, around) => people(step.who, around),
  mode: (step) => modeWords(step),
  due: (step, around) => dueWords({ ...step, on_due: undefined }, around) || t('flow.due.none'),
  on_self: (step) => t(step.on_self ? `flow.on_self.${step.on_self}` : 'flow.change.asFlow'),
  on_repeat: (step) => t(step.on_repeat ? `flow.on_repeat.${step.on_repeat}` : 'flow.change.asFlow'),
  pick: (step) => t(`flow.pick.${step.pick ?? 'first'}`),
  kind: (step) => t(`flow.kind.${step.kind}`)
}
/** The word for a part of a step that is told without its values. */
const PART: Partial<Record<keyof Step, string>> = {
  who: 'flow.change.who', mode: 'flow.mode', due: 'flow.due', on_due: 'flow.change.onDue', fields: 'flow.fields', require: 'flow.require', allow: 'flow.allow', return_to: 'flow.returnTo', on_self: 'flow.on_self', on_repeat: 'flow.on_repeat',
  on_nobody: 'flow.on_nobody', pick: 'flow.pick', wait: 'flow.wait', for: 'flow.waitKind', until: 'flow.waitKind', do: 'flow.change.do', flow: 'flow.sub.flow', record: 'flow.sub.record', to: 'flow.goto.to', kind: 'flow.change.kind'
}
/** What the second line of the step tells anyway. */
const LINE: (keyof Step)[] = ['wait', 'for', 'until', 'do', 'flow', 'to']

function stepChanges(before: Step, after: Step, name: string, around: Around, titles: [(id: string) => string, (id: string) => string]): Said[] {
  const said: Said[] = []
  if (!same(before.label, after.label) && stepTitle(before, around) !== stepTitle(after, around)) said.push({ kind: 'changed', text: t('flow.change.renamed', { from: stepTitle(before, around), to: stepTitle(after, around) }) })
  for (const key of Object.keys(PART) as (keyof Step)[]) {
    if (same(unlessUsual(before, key), unlessUsual(after, key))) continue
    const read = READ[key]
    const [from, to] = read ? [read(before, around), read(after, around)] : LINE.includes(key) ? [stepWords(before, around, titles[0]), stepWords(after, around, titles[1])] : ['', '']
    const what = t(PART[key] ?? '')
    said.push({ kind: 'changed', text: from && from !== to ? t('flow.change.fromTo', { name, what, from, to }) : t('flow.change.part', { name, what }) })
  }
  return said
}

/** Cases have no id: one that says the same is the same, then one that leads to the same steps, then the one in its place. By place
 * now: the place before. */
function pairsOf(before: Case[], after: Case[], type: 'case' | 'branch'): Map<number, number> {
  const rule = (c: Case) => JSON.stringify([c.when, c.else, c.label])
  const ids = (c: Case) => JSON.stringify((c.steps ?? []).map((s) => s.id))
  const free = new Set(before.map((_, i) => i))
  const pairs = new Map<number, number>()
  const pair = (fits: (old: Case, now: Case, i: number, k: number) => boolean) => after.forEach((now, k) => {
    if (pairs.has(k)) return
    const i = [...free].find((n) => fits(before[n] as Case, now, n, k))
    if (i === undefined) return
    pairs.set(k, i)
    free.delete(i)
  })
  pair((old, now) => rule(old) === rule(now) && ids(old) === ids(now))
  pair((old, now) => type === 'case' && rule(old) === rule(now))
  pair((old, now) => ids(old) === ids(now) && (now.steps ?? []).length > 0)
  pair((_, __, i, k) => i === k)
  return pairs
}
const waysOf = (step: Step): Case[] => asList(step.kind === 'parallel' ? step.branches : step.cases)

function caseChanges(before: Case[], after: Case[], name: string, type: 'case' | 'branch', around: Around): Said[] {
  const said: Said[] = []
  const look = lookOf(around)
  const pairs = pairsOf(before, after, type)
  const taken = new Set(pairs.values())
  const title = (c: Case, i: number) => caseTitle(c, i, type)
  after.forEach((now, k) => {
    const i = pairs.get(k)
    const old = i === undefined ? undefined : before[i]
    if (!old) said.push({ kind: 'added', text: t('flow.change.caseAdded', { name, case: title(now, k) }) })
    else if (old.when !== now.when || old.else !== now.else) said.push({ kind: 'changed', text: t('flow.change.fromTo', { name, what: title(now, k), from: caseWords(old, look), to: caseWords(now, look) }) })
    else if (!same(old.label, now.label)) said.push({ kind: 'changed', text: t('flow.change.renamed', { from: title(old, i ?? 0), to: title(now, k) }) })
  })
  before.forEach((old, i) => {
    if (!taken.has(i)) said.push({ kind: 'removed', text: t('flow.change.caseRemoved', { name, case: title(old, i) }) })
  })
  const order = [...pairs.entries()].sort(([a], [b]) => a - b).map(([, i]) => i)
  if (type === 'case' && order.some((i, k) => k > 0 && i < (order[k - 1] ?? 0))) said.push({ kind: 'moved', text: t('flow.change.order', { name }) })
  return said
}

function flowChanges(before: Flow, after: Flow, around: Around): Said[] {
  const said: Said[] = []
  const tell = (what: string, from: string, to: string) => said.push({ kind: 'changed', text: from && from !== to ? t('flow.change.ofFlow', { what, from, to }) : t('flow.change.ofFlowPart', { what }) })
  const look = lookOf(around)
  if (!same(before.label, after.label)) tell(t('flow.name'), '', '')
  if (before.form !== after.form) tell(t('flow.form'), before.form, after.form)
  if (!same(before.start?.on, after.start?.on)) tell(t('flow.start.on'), '', '')
  if (!same(before.start?.who, after.start?.who)) tell(t('flow.who.start'), people(before.start?.who, around), people(after.start?.who, around))
  if (before.start?.when !== after.start?.when) tell(t('flow.start.when'), conditionWords(before.start?.when, look) || t('flow.start.always'), conditionWords(after.start?.when, look) || t('flow.start.always'))
  if (!same(before.start?.fields, after.start?.fields)) tell(t('flow.start.fields'), '', '')
  const usual = { on_self: 'self', on_repeat: 'off', on_nobody: 'admin', withdraw: 'until_first_action', resubmit: 'from_target' }
  for (const key of Object.keys(usual) as (keyof typeof usual)[]) {
    const [from, to] = [before.settings?.[key] ?? usual[key], after.settings?.[key] ?? usual[key]]
    const read = (value: string) => (value.startsWith('user:') ? around.person(value.slice(5)) : t(`flow.${key}.${value}`))
    if (from !== to) tell(t(`flow.${key}`), read(from), read(to))
  }
  if (!same(before.states, after.states)) tell(t('flow.tab.states'), '', '')
  return said
}

/** In the order of the flow as it is now; what is gone comes last. */
export function changesOf(before: Flow, after: Flow, around: Around): Said[] {
  const old = placesOf(before)
  const now = placesOf(after, old)
  const said = flowChanges(before, after, around)
  const titleIn = (places: Map<string, Place>) => (id: string) => (places.has(id) ? stepTitle((places.get(id) as Place).step, around) : id)
  const lists = new Map<string, string[]>()
  for (const [id, place] of now) if (old.get(id)?.list === place.list) lists.set(place.list, [...(lists.get(place.list) ?? []), id])
  const stay = new Set<string>()
  for (const [list, ids] of lists) for (const id of kept([...old].filter(([one, place]) => place.list === list && ids.includes(one)).map(([one]) => one), ids)) stay.add(id)
  for (const [id, place] of now) {
    const was = old.get(id)
    const name = stepTitle(place.step, around)
    if (!was) {
      said.push({ kind: 'added', text: t('flow.change.added', { kind: t(`flow.kind.${place.step.kind}`), name }) })
      continue
    }
    if (was.list !== place.list || !stay.has(id)) said.push({ kind: 'moved', text: t('flow.change.moved', { name }) })
    said.push(...stepChanges(was.step, place.step, name, around, [titleIn(old), titleIn(now)]))
    if (place.step.kind === 'branch') said.push(...caseChanges(waysOf(was.step), waysOf(place.step), name, 'case', around))
    if (place.step.kind === 'parallel') said.push(...caseChanges(waysOf(was.step), waysOf(place.step), name, 'branch', around))
  }
  for (const [id, place] of old) if (!now.has(id)) said.push({ kind: 'removed', text: t('flow.change.removed', { kind: t(`flow.kind.${place.step.kind}`), name: stepTitle(place.step, around) }) })
  return said
}
