import { parse } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { addList, addStep, earlier, type Flow, moveBy, moveTo, newStep, pointerOf, readFlow, removeAt, renameStep, rowAt, rowsOf, START, stepsOf, withFreshIds } from './tree'

const FLOW: Flow = {
  flow: 'f', form: 'order',
  steps: [
    { id: 'lead', kind: 'approve', who: [{ superior: 1 }] },
    { id: 'band', kind: 'branch', cases: [
      { when: 'amount < 10', steps: [] },
      { when: 'amount < 50', steps: [{ id: 'both', kind: 'parallel', branches: [{ steps: [{ id: 'legal', kind: 'approve' }] }, { steps: [{ id: 'finance', kind: 'approve', return_to: ['lead'] }] }] }] },
      { else: true, steps: [{ id: 'again', kind: 'goto', to: 'lead' }] }
    ] },
    { id: 'tell', kind: 'cc' }
  ]
}
const TEXT = `${JSON.stringify(FLOW, null, 2)}\n`
const idsOf = (text: string) => stepsOf(parse(text) as Flow).map((s) => s.id)

describe('the tree of a flow', () => {
  it('lists everything in the order it is written, with level and place', () => {
    const rows = rowsOf(FLOW)
    expect(rows.map((r) => `${r.level} ${r.kind} ${r.step?.id ?? ''}`.trim())).toEqual([
      '1 start', '1 approve lead', '1 branch band', '2 case', '2 case', '3 parallel both', '4 branch_of', '5 approve legal', '4 branch_of', '5 approve finance', '2 case', '3 goto again', '1 cc tell'
    ])
    expect(rows.find((r) => r.step?.id === 'finance')?.pointer).toBe('/steps/1/cases/1/steps/0/branches/1/steps/0')
    expect(rows[3]).toMatchObject({ index: 0, count: 3, parent: '/steps/1' })
  })
  it('reads no flow out of broken text, and survives shapes nobody meant', () => {
    expect(readFlow('{')).toBeNull()
    expect(readFlow('[]')).toBeNull()
    expect(rowsOf({ flow: 'f', form: 'x', steps: [null, { id: 'a', kind: 'branch', cases: 'no' }] } as unknown as Flow)).toHaveLength(2)
  })
  it('puts a finding on the nearest row, what concerns no step on the start', () => {
    const rows = rowsOf(FLOW)
    expect(rowAt(rows, '/steps/1/cases/1/when').pointer).toBe('/steps/1/cases/1')
    expect(rowAt(rows, '/steps/1/cases/1/steps/0/branches/0/steps/0/who/0').step?.id).toBe('legal')
    expect(rowAt(rows, '/states/approved').pointer).toBe(START)
    expect(rowAt(rows, '').pointer).toBe(START)
    expect(rowAt(rows, '/steps/10').pointer).toBe(START)
  })
  it('offers as targets earlier steps of the same list and of the lists around it', () => {
    const rows = rowsOf(FLOW)
    const names = (id: string) => earlier(rows, rows.find((r) => r.step?.id === id)?.pointer ?? '').map((r) => r.step?.id)
    expect(names('finance')).toEqual(['lead'])
    expect(names('tell')).toEqual(['lead', 'band'])
    expect(names('lead')).toEqual([])
  })
})

describe('edits of a flow', () => {
  it('adds a step in any list, and chooses it', () => {
    const { text, select } = addStep(TEXT, ['steps', 1, 'cases', 0, 'steps'], 0, { id: 'n', kind: 'approve', who: [] })
    expect(select).toBe('/steps/1/cases/0/steps/0')
    expect(idsOf(text)).toEqual(['lead', 'band', 'n', 'both', 'legal', 'finance', 'again', 'tell'])
  })
  it('removes a step and chooses what stood before it, or around it', () => {
    expect(removeAt(TEXT, '/steps/2').select).toBe('/steps/1')
    expect(removeAt(TEXT, '/steps/0').select).toBe(START)
    expect(removeAt(TEXT, '/steps/1/cases/1/steps/0').select).toBe('/steps/1/cases/1')
    expect(idsOf(removeAt(TEXT, '/steps/1').text)).toEqual(['lead', 'tell'])
  })
  it('moves cases to another priority, one place or by dragging', () => {
    const whens = (text: string) => (parse(text) as Flow).steps?.[1]?.cases?.map((c) => c.when ?? 'else')
    expect(whens(moveBy(TEXT, '/steps/1/cases/0', 1).text)).toEqual(['amount < 50', 'amount < 10', 'else'])
    expect(moveBy(TEXT, '/steps/1/cases/1', -1).select).toBe('/steps/1/cases/0')
    expect(whens(moveTo(TEXT, '/steps/1/cases/2', ['steps', 1, 'cases'], 0).text)).toEqual(['else', 'amount < 10', 'amount < 50'])
    expect(moveTo(TEXT, '/steps/1/cases/0', ['steps', 1, 'cases'], 3).select).toBe('/steps/1/cases/2')
  })
  it('moves a step down past a block and into one', () => {
    expect(idsOf(moveBy(TEXT, '/steps/0', 1).text)).toEqual(['band', 'both', 'legal', 'finance', 'again', 'lead', 'tell'])
    const into = moveTo(TEXT, '/steps/0', ['steps', 1, 'cases', 1, 'steps'], 1)
    expect(into.select).toBe('/steps/0/cases/1/steps/1')
    expect(idsOf(into.text)).toEqual(['band', 'both', 'legal', 'finance', 'lead', 'again', 'tell'])
  })
  it('puts a new case before "otherwise", a new way at the end', () => {
    const rows = rowsOf(FLOW)
    expect(addList(TEXT, '/steps/1', rows[2]!.step!).select).toBe('/steps/1/cases/2')
    expect(addList(TEXT, '/steps/1/cases/1/steps/0', rows[5]!.step!).select).toBe('/steps/1/cases/1/steps/0/branches/2')
  })
  it('renames a step with everything that names it', () => {
    const next = parse(renameStep(TEXT, FLOW, '/steps/0', 'boss')) as Flow
    expect(stepsOf(next).find((s) => s.id === 'again')?.to).toBe('boss')
    expect(stepsOf(next).find((s) => s.id === 'finance')?.return_to).toEqual(['boss'])
    expect(next.steps?.[0]?.id).toBe('boss')
  })
  it('gives every step of a copy an id of its own, and points inside the copy', () => {
    const copy = withFreshIds({ id: 'band', kind: 'branch', cases: [{ steps: [{ id: 'lead', kind: 'approve' }, { id: 'again', kind: 'goto', to: 'lead' }, { id: 'far', kind: 'goto', to: 'tell' }] }] }, FLOW)
    expect(copy.id).toBe('band_2')
    expect(copy.cases?.[0]?.steps?.map((s) => [s.id, s.to])).toEqual([['lead_2', undefined], ['again_2', 'lead_2'], ['far', 'tell']])
  })
  it('begins with the manager, and asks whom after that', () => {
    const rows = rowsOf({ flow: 'f', form: 'x', steps: [] })
    expect(newStep('approve', { flow: 'f', form: 'x', steps: [] }, rows).who).toEqual([{ superior: 1 }])
    expect(newStep('approve', FLOW, rowsOf(FLOW)).who).toEqual([])
    expect(newStep('cc', FLOW, rowsOf(FLOW)).id).toBe('cc')
  })
  it('writes pointers with ~ and / escaped', () => expect(pointerOf(['a/b', 'c~d', 0])).toBe('/a~1b/c~0d/0'))
})
