// The desks of the contract app's demo company, as somebody new to it opens them one by one: every task of every box has its page,
// whatever its flow has ahead or behind.
import { join } from 'node:path'
import { api, assert, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'apps/contract') })
const browser = await startBrowser()
const BOXES = ['todo', 'done', 'started', 'cc']
const DESKS = ['zhang', 'zhou', 'wang', 'li', 'fang', 'qian', 'xie', 'liu', 'chen']
const seen = []

for (const who of DESKS)
  scene(`every task on the desk of ${who} opens`, async () => {
    const as = await api(server.base, who)
    const { page, context, faults } = await openAs(browser, server.base, who)
    for (const box of BOXES) {
      const { status, body } = await as('GET', `/api/tasks?box=${box}&limit=50`)
      assert.equal(status, 200, JSON.stringify(body))
      for (const task of body.tasks) {
        await page.goto(`${server.base}/inbox?box=${box}&task=${task.id}`)
        const pane = page.getByRole('region', { name: '审批详情' })
        await pane.getByRole('heading', { level: 2, name: task.title }).waitFor()
        await settled(page)
        assert.deepEqual([await page.getByText('这一块没有显示出来').count(), faults], [0, []], `${box} ${task.title} (${task.flow})`)
        seen.push(`${task.flow}.${task.kind}`)
      }
    }
    await shot(page, `desk-${who}`)
    await context.close()
  })

scene('the demo has what there is to see', async () => {
  for (const kind of ['sales_approval.approve', 'purchase_approval.approve', 'purchase_approval.resubmit', 'seal_use.handle', 'sales_approval.cc']) assert.ok(seen.includes(kind), `${kind} in ${[...new Set(seen)].sort()}`)
})

await play()
await browser.close()
await server.stop()
