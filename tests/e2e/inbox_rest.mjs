// What nobody presses, as people read it: deadlines, waits, a flow inside; and the ways of deciding that need several people: votes by
// share and weight, one after another, people found by the record, several branches at once. Time is set; what is stored is read again.
import { join } from 'node:path'
import { assert, axe, eventually, openAs, play, ROOT, scene, serve, settled, shot, staff, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'tests/e2e/time_app'), args: ['--test-clock'] })
const browser = await startBrowser()
const { admin, as } = await staff(server.base, 'rest')
const ok = ({ status, body }, wanted = 200) => (assert.equal(status, wanted, JSON.stringify(body)), body)
const start = async (flow, name, values = {}) => {
  const { id } = ok(await as.chen('POST', '/api/rest/contract', { name, amount: '60000.00', ...values }), 201)
  return ok(await as.chen('POST', `/api/rest/flows/${flow}/start`, { record: id }), 201)
}
const run = async (id) => ok(await admin('GET', `/api/runs/${id}`))
const asked = async (id) => (await run(id)).open.filter((one) => one.who).map((one) => [one.step, one.who]).sort()
const taskOf = (one, who) => one.open.find((task) => task.who === who).task
const state = async (one) => ok(await admin('GET', `/api/rest/contract/${one.record}`)).state
const pane = (page) => page.getByRole('region', { name: '审批详情' })
const trail = (page) => pane(page).getByRole('complementary', { name: '审批轨迹' })
/** Hours on, from the day and hour the server has. */
let now = Date.parse('2026-12-07T02:00:00Z')
async function clock(hours = 0) {
  now += hours * 3_600_000
  ok(await admin('POST', '/api/test/clock', { now: new Date(now).toISOString().replace('.000', '') }))
}
async function at(who, task, box) {
  const opened = await openAs(browser, server.base, who)
  await opened.page.clock.setFixedTime(new Date(now)) // the page counts what is left by a clock of its own
  await opened.page.goto(`${server.base}/inbox?${box ? `box=${box}&` : ''}task=${task}`)
  await pane(opened.page).getByRole('heading', { level: 2 }).waitFor()
  await settled(opened.page)
  return opened
}
const atRun = (who, one) => at(who, `${one.id}-0`, 'started')
async function press(page, verb) {
  await pane(page).locator('.vr').getByRole('button', { name: new RegExp(`^${verb}`) }).first().click()
}
async function decide(who, one, verb = '同意') {
  const opened = await at(who, taskOf(await run(one.id), who))
  await press(opened.page, verb)
  await opened.page.getByText(new RegExp(`^已${verb}“`)).waitFor()
  await done(opened)
}
async function done({ context, faults }) {
  await context.close()
  assert.deepEqual(faults, [])
}
const says = async (page, ...texts) => {
  for (const text of texts) await trail(page).getByText(text).first().waitFor()
}

await clock()

scene('a deadline: reminded before it, passed at it; the trail says so and nobody stands before it', async () => {
  const one = await start('passes', '限时的合同')
  const li = await at('li', taskOf(one, 'li'))
  await pane(li.page).getByText(/12-07 12:00|今天 12:00|剩/).first().waitFor()
  await done(li)
  await clock(1.5)
  await eventually(async () => (await run(one.id)).log.filter((line) => line.act === 'due').map((line) => line.reason), ['remind'])
  await clock(1)
  await eventually(async () => (await run(one.id)).state, 'approved')
  assert.equal(await state(one), 'good')
  const chen = await atRun('chen', one)
  await says(chen.page, '原因：临近或超过截止时间，已提醒', '原因：到期自动通过')
  await shot(chen.page, 'rest-deadline')
  await axe(chen.page, 'a trail of deadlines')
  await done(chen)
})

scene('a deadline refuses, hands on, or goes up: each is told with its reason', async () => {
  const refused = await start('rejects', '过期的合同')
  const moved = await start('moves', '转走的合同')
  const risen = await start('rises', '上报的合同')
  await clock(3)
  await eventually(async () => [(await run(refused.id)).state, await asked(moved.id)], ['rejected', [['hurry', 'han']]])
  assert.deepEqual([await state(refused), await state(moved)], ['bad', 'asked'])
  assert.ok((await asked(risen.id)).some(([, who]) => who === 'he'), JSON.stringify(await asked(risen.id)))
  const chen = await atRun('chen', refused)
  await says(chen.page, '原因：到期自动拒绝')
  await done(chen)
  const han = await at('han', taskOf(await run(moved.id), 'han'))
  await says(han.page, '原因：到期自动转交')
  await done(han)
  await decide('han', moved)
  const he = await at('he', taskOf(await run(risen.id), 'he'))
  await says(he.page, '原因：到期上报上级')
  await done(he)
  assert.equal(await state(moved), 'good')
})

scene('a wait: nobody is asked meanwhile, then the next one is', async () => {
  const one = await start('rests', '冷静的合同')
  assert.deepEqual(await asked(one.id), [])
  const chen = await atRun('chen', one)
  await says(chen.page, '冷静期')
  await done(chen)
  await clock(25)
  await eventually(() => asked(one.id), [['then', 'li']])
  const li = await at('li', taskOf(await run(one.id), 'li'))
  await says(li.page, '等待结束', '原因：等待的时间到了')
  await done(li)
  await decide('li', one)
  assert.equal(await state(one), 'good')
})

scene('a flow inside: decided there, it goes on outside', async () => {
  const one = await start('outer', '先核价的合同')
  const [inside] = ok(await as.su('GET', '/api/tasks?box=todo&flow=inner')).tasks
  assert.equal(inside.title, '先核价的合同')
  const su = await at('su', inside.id)
  await press(su.page, '同意')
  await su.page.getByText('已同意“先核价的合同”').waitFor()
  await done(su)
  assert.deepEqual(await asked(one.id), [['after', 'li']])
  const li = await at('li', taskOf(await run(one.id), 'li'))
  await says(li.page, '核价流程')
  await done(li)
  await decide('li', one)
  assert.deepEqual([(await run(one.id)).state, await state(one)], ['approved', 'good'])
})

scene('a vote by share: three of four; one by weight: who weighs three decides alone', async () => {
  const share = await start('share', '按比例的合同')
  for (const who of ['li', 'han']) await decide(who, share)
  assert.deepEqual(await asked(share.id), [['board', 'he'], ['board', 'su']])
  await decide('su', share)
  assert.deepEqual([(await run(share.id)).state, await asked(share.id)], ['approved', []])
  const weight = await start('weight', '按权重的合同')
  await decide('li', weight)
  assert.deepEqual([(await run(weight.id)).state, await state(weight)], ['approved', 'good'])
})

scene('one after another: each is asked in his turn', async () => {
  const one = await start('order', '依次的合同')
  for (const who of ['li', 'han', 'he']) {
    assert.deepEqual(await asked(one.id), [['each', who]])
    await decide(who, one)
  }
  assert.equal(await state(one), 'good')
})

scene('people found by the record: a field of it, a list that is asked', async () => {
  ok(await as.chen('POST', '/api/rest/keeper', { area: '华东', who: 'su' }), 201)
  const one = await start('found', '按记录的合同', { checker: 'han', area: '华东' })
  assert.deepEqual(await asked(one.id), [['field', 'han']])
  const han = await at('han', taskOf(one, 'han'))
  await says(han.page, '苏颖')
  await done(han)
  await decide('han', one)
  assert.deepEqual(await asked(one.id), [['query', 'su']])
  await decide('su', one)
  assert.equal(await state(one), 'good')
})

scene('every branch that holds is taken, side by side; the trail says by which values', async () => {
  const one = await start('both', '又大又远的合同', { area: '海外' })
  assert.deepEqual(await asked(one.id), [['law', 'han'], ['money', 'su']])
  const han = await at('han', taskOf(one, 'han'))
  await says(han.page, '大额', '海外')
  await shot(han.page, 'rest-branches')
  await done(han)
  await decide('han', one)
  assert.equal((await run(one.id)).state, 'running')
  await decide('su', one)
  assert.equal(await state(one), 'good')
})

await play()
await browser.close()
await server.stop()
