// Every key of the flow's shape has an editor in the designer, or stands on the list of those that need none and says why. The
// keys are read from docs/definitions/flow.md, which the program writes from the tables the loader reads (test_docs keeps it so):
// a key added there fails here until somebody has built its editor.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import texts from '@/i18n/flow'

const root = join(__dirname, '../../..')
const page = readFileSync(join(root, 'docs/definitions/flow.md'), 'utf8')
const source = (file: string) => readFileSync(join(__dirname, file), 'utf8')

interface Key {
  shape: string
  key: string
  value: string
}
function keys(): Key[] {
  const found: Key[] = []
  let shape = ''
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) shape = line.slice(3).trim()
    const m = /^\| `([^`]+)` \| ([^|]*) \|/.exec(line)
    if (m && shape) found.push({ shape, key: m[1] as string, value: m[2] as string })
  }
  return found
}

/** Where a key is edited: the component, and a piece of it that writes the key. */
const EDITED: Record<string, [file: string, writes: string]> = {
  'flow.form': ['StartPane.vue', "set(['form']"], 'flow.label': ['StepDrawer.vue', "['label']"], 'flow.start': ['StartPane.vue', "['start', 'on']"], 'flow.settings': ['StartPane.vue', "['settings', key]"],
  'flow.states': ['StartPane.vue', "['states', s]"], 'flow.steps': ['useDesigner.ts', 'addStep('],
  'start.on': ['StartPane.vue', "set(['start', 'on']"], 'start.who': ['StartPane.vue', "set(['start', 'who']"], 'start.when': ['StartPane.vue', "set(['start', 'when']"], 'start.fields': ['StartPane.vue', "set(['start', 'fields']"],
  'move.move': ['StartPane.vue', '{ move: $event }'], 'move.to': ['StartPane.vue', "['start', 'on', 'to']"],
  'who.who': ['WhoList.vue', 'weighted('], 'who.weight': ['WhoList.vue', 'setWeight('], 'who.superior': ['WhoList.vue', 'superior: n'], 'who.superiors_to': ['WhoList.vue', 'superiors_to: typeof'],
  'who.dept_head': ['who.ts', 'dept_head: path'], 'who.field': ['who.ts', 'field: path'], 'who.query': ['WhoList.vue', 'query: $event'],
  'people query.form': ['QueryRule.vue', 'form: $event'], 'people query.where': ['QueryRule.vue', 'where: $event'], 'people query.take': ['QueryRule.vue', 'take: $event'],
  'flow settings.on_self': ['PolicyPane.vue', 'on_self:'], 'flow settings.on_repeat': ['PolicyPane.vue', 'on_repeat:'], 'flow settings.on_nobody': ['PolicyPane.vue', "'on_nobody'"],
  'flow settings.withdraw': ['StartPane.vue', "['settings', 'withdraw']"], 'flow settings.resubmit': ['StartPane.vue', "['settings', 'resubmit']"],
  'flow states.field': ['StartPane.vue', '{ field: $event }'],
  'step.id': ['StepDrawer.vue', 'renameStep('], 'step.kind': ['AddMenu.vue', 'd.add('], 'step.label': ['StepDrawer.vue', "['label']"], 'step.who': ['PeoplePane.vue', "'who'"], 'step.mode': ['PeoplePane.vue', "set(['mode']"],
  'step.due': ['DuePane.vue', "set(['due']"], 'step.on_due': ['DuePane.vue', "set(['on_due']"], 'step.fields': ['PeoplePane.vue', "set(['fields']"], 'step.require': ['PeoplePane.vue', "set(['require']"],
  'step.allow': ['AllowPane.vue', "['allow']"], 'step.return_to': ['AllowPane.vue', "['return_to']"], 'step.on_self': ['StepDrawer.vue', 'PolicyPane'], 'step.on_repeat': ['StepDrawer.vue', 'PolicyPane'], 'step.on_nobody': ['StepDrawer.vue', 'PolicyPane'],
  'step.pick': ['BlockPane.vue', "['pick']"], 'step.cases': ['BlockPane.vue', 'd.addCase('], 'step.wait': ['BlockPane.vue', "['wait']"], 'step.branches': ['BlockPane.vue', 'd.addCase('],
  'step.for': ['PlainPane.vue', "['for']"], 'step.until': ['PlainPane.vue', "'until'"], 'step.do': ['ActPane.vue', "['do']"], 'step.flow': ['PlainPane.vue', "['flow']"], 'step.record': ['PlainPane.vue', "['record']"], 'step.to': ['PlainPane.vue', "['to']"],
  'vote.vote': ['PeoplePane.vue', '{ vote: `'],
  'case.label': ['StepDrawer.vue', "['label']"], 'case.when': ['BlockPane.vue', "['when']"], 'case.else': ['BlockPane.vue', "'else'], true"], 'case.steps': ['useDesigner.ts', 'addStep('],
  'parallel branch.label': ['StepDrawer.vue', "['label']"], 'parallel branch.steps': ['useDesigner.ts', 'addStep('],
  'until.form': ['PlainPane.vue', "['until', 'form']"], 'until.when': ['PlainPane.vue', "['until', 'when']"],
  'action.set': ['ActionList.vue', "[i, 'set']"], 'action.create': ['ActionList.vue', "'create', 'convert'"], 'action.update': ['ActionList.vue', "[i, 'update']"], 'action.if': ['ActionList.vue', "[i, 'if']"], 'action.then': ['ActionList.vue', "i, 'then']"],
  'action.else': ['ActionList.vue', "i, 'else']"], 'action.convert': ['ActionList.vue', "[i, 'convert', 'copy']"], 'action.call': ['ActionList.vue', "[i, 'call']"], 'action.fail': ['ActionList.vue', "[i, 'fail', 'message']"],
  'write action.form': ['ActionList.vue', 'form: $event'], 'write action.as': ['ActionList.vue', "kind, 'as']"], 'write action.record': ['ActionList.vue', 'record: $event'], 'write action.values': ['ActionList.vue', "'values']"],
  'convert.form': ['ActionList.vue', 'form: $event'], 'convert.as': ['ActionList.vue', "kind, 'as']"], 'convert.match': ['ActionList.vue', "'convert', 'match']"], 'convert.copy': ['ActionList.vue', "'convert', 'copy']"], 'convert.values': ['ActionList.vue', "'values']"], 'convert.link': ['ActionList.vue', "'convert', 'link']"],
  'fail.field': ['ActionList.vue', "'fail', 'field']"], 'fail.message': ['ActionList.vue', "'fail', 'message']"]
}
for (const state of ['start', 'approved', 'rejected', 'returned', 'withdrawn', 'terminated']) EDITED[`flow states.${state}`] = ['StartPane.vue', `'${state}'`]

const LATER = 'this version refuses it (DEF09); kept, and shown as it is'
/** Keys without an editor, and why. */
const NOT_EDITED: Record<string, string> = {
  'flow.$schema': 'for editors of texts', 'flow.flow': 'the name of the file, given when the flow is made', 'flow.id': 'fixed when the flow is first published',
  'who.script': LATER
}
for (const later of ['upsert', 'delete', 'query', 'each', 'do', 'assign', 'notify', 'mail', 'webhook', 'start_flow', 'print', 'script', 'merge', 'delay']) NOT_EDITED[`action.${later}`] = LATER
for (const key of ['where', 'key', 'limit']) NOT_EDITED[`write action.${key}`] = 'of actions this version refuses (DEF12 with create and update)'
/** Shapes that belong to actions of a later version alone. */
const LATER_SHAPES = ['query', 'assign', 'message']

describe('every key of a flow can be edited by clicking', () => {
  const all = keys()
  it('the page is read as it is written', () => {
    expect(all.length).toBeGreaterThan(100)
    expect(all.some((k) => k.shape === 'people query' && k.key === 'where')).toBe(true)
  })
  it.each(all.filter((k) => !LATER_SHAPES.includes(k.shape)).map((k) => [`${k.shape}.${k.key}`]))('%s', (name) => {
    const edited = EDITED[name]
    expect(Boolean(edited) !== Boolean(NOT_EDITED[name]), `${name}: an editor, or a reason why there is none`).toBe(true)
    if (edited) expect(source(edited[0]), `${edited[0]} writes ${name}`).toContain(edited[1])
  })
  it('nothing is listed that is not there any more', () => {
    const names = new Set(all.map((k) => `${k.shape}.${k.key}`))
    expect([...Object.keys(EDITED), ...Object.keys(NOT_EDITED)].filter((name) => !names.has(name))).toEqual([])
    expect(LATER_SHAPES.filter((shape) => !all.some((k) => k.shape === shape))).toEqual([])
  })
})

/* ---- every word a key may have ---- */
const words = (shape: string, key: string) => [...(keys().find((k) => k.shape === shape && k.key === key)?.value ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1] as string)
const SAID: [shape: string, key: string, text: (word: string) => string][] = [
  ['step', 'kind', (w) => `flow.kind.${w}`], ['step', 'mode', (w) => `flow.mode.${w}`], ['step', 'allow', (w) => `flow.allow.${w}`], ['step', 'fields', (w) => `flow.fields.${w}`], ['step', 'pick', (w) => `flow.pick.${w}`], ['step', 'wait', (w) => `flow.wait.${w}`],
  ['start', 'on', (w) => `flow.start.on.${w}`], ['start', 'fields', (w) => `flow.fields.${w}`], ['flow settings', 'on_self', (w) => `flow.on_self.${w}`], ['flow settings', 'on_repeat', (w) => `flow.on_repeat.${w}`], ['flow settings', 'withdraw', (w) => `flow.withdraw.${w}`], ['flow settings', 'resubmit', (w) => `flow.resubmit.${w}`]
]
describe('every choice of a key is offered in both languages', () => {
  it.each(SAID.flatMap(([shape, key, text]) => words(shape, key).map((word) => [`${shape}.${key}: ${word}`, text(word)])))('%s', (_, text) => {
    const both = (texts as Record<string, [string, string]>)[text]
    expect(both?.[0]).toBeTruthy()
    expect(both?.[1]).toBeTruthy()
  })
  it('what happens when a step is due, and when nobody is found, as the loader reads them', () => {
    const due = /remind、pass、reject、escalate/.exec(page)
    expect(due).not.toBeNull()
    for (const key of ['due.pass', 'due.reject', 'due.escalate', 'due.transfer', 'due.addRemind', 'on_nobody.admin', 'on_nobody.pass', 'on_nobody.reject', 'on_nobody.refuse_start', 'on_nobody.user']) expect(Object.keys(texts)).toContain(`flow.${key}`)
  })
})
