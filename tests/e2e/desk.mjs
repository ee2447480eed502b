// The desks of the contract app's demo company, as somebody new to it opens them one by one: every task of every box has its page,
// whatever its flow has ahead or behind.
import { join } from 'node:path'
import { api, assert, axe, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'apps/contract') })
const browser = await startBrowser()
const BOXES = ['todo', 'done', 'started', 'cc']
const DESKS = ['zhang', 'wang', 'fang', 'qian', 'xie']
const seen = []

for (const who of DESKS)
  scene(`every task on the desk of ${who} opens`, async () => {
    const as = await api(server.base, who)
    const { page, context, faults } = await openAs(browser, server.base, who)
    for (const box of BOXES) {
      const { status, body } = await as('GET', `/api/tasks?box=${box}&limit=4`)
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

scene('the list names the amount, the home page counts what is late, the way ahead says by which rules', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'qian')
  const as = await api(server.base, 'qian')
  const { todo, overdue } = (await as('GET', '/api/tasks/counts')).body
  assert.ok(overdue > 0 && todo > overdue - 1)
  await page.getByText(`${todo} 项等你审批，其中 ${overdue} 项超时`).waitFor()
  await page.goto(`${server.base}/inbox`)
  const [first] = (await as('GET', '/api/tasks?box=todo')).body.tasks
  const { body } = await as('GET', `/api/contract/contract/${first.record}`)
  const row = page.getByRole('list', { name: '审批任务' }).getByRole('listitem').filter({ hasText: first.title }).first()
  await row.getByText(`¥${Number(body.amount).toLocaleString('en-US')}.00`).waitFor()
  await page.getByRole('complementary', { name: '审批轨迹' }).getByText('角色：财务、角色：印章管理员').waitFor()
  await context.close()
  assert.deepEqual(faults, [])
})

scene('what would refuse the start is said before anybody presses', async () => {
  const as = await api(server.base, 'zhang')
  const party = (await as('GET', '/api/contract/party?limit=1')).body.records[0].id
  const { status, body } = await as('POST', '/api/contract/contract', { name: '没有条款的合同', kind: 'sales', party, amount: '260000.00' })
  assert.equal(status, 201, JSON.stringify(body))
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  await page.goto(`${server.base}/a/contract/contract/${body.id}`)
  await settled(page)
  await page.getByRole('button', { name: '提交销售合同审批' }).click()
  const dialog = page.getByRole('dialog', { name: '提交销售合同审批' })
  await dialog.getByText('现在提交会被拒绝：先写条款再送审').waitFor()
  await dialog.getByText('发起人的直属上级').waitFor()
  await dialog.getByText('与“法务审核”同时进行').waitFor()
  await shot(page, 'desk-refused')
  await axe(page, 'a start that would be refused')
  assert.deepEqual([(await as('GET', `/api/contract/contract/${body.id}/runs`)).body.runs, (await as('GET', `/api/contract/contract/${body.id}`)).body.status], [[], 'draft'])
  await context.close()
  assert.deepEqual(faults, [])
})

scene('before a flow is published its changes are told in words, and what becomes of those on their way', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  const admin = await api(server.base, 'admin')
  const running = (await admin('GET', '/api/contract/flows/sales_approval/versions')).body.versions.reduce((sum, one) => sum + one.running, 0)
  await page.goto(`${server.base}/admin/flows/contract/sales_approval`)
  await settled(page)
  await page.getByRole('treeitem', { name: /销售经理/ }).click()
  await page.locator('#step-name').fill('销售主管')
  await page.getByText('草稿已保存').waitFor()
  await page.getByRole('button', { name: '发布', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /发布/ })
  await dialog.getByText('“销售经理”改名为“销售主管”').waitFor()
  await dialog.getByText(`${running} 个进行中的审批不受影响`).waitFor()
  assert.equal(await dialog.getByText('.json').count(), 0, 'no file is named')
  await shot(page, 'desk-publish')
  await dialog.getByRole('button', { name: '取消' }).click()
  assert.equal((await admin('GET', '/api/contract/flows/sales_approval/versions')).body.versions.length, 1)
  // What is still missing is said as what to click.
  await page.getByRole('button', { name: '在“销售主管”后添加步骤' }).click()
  await page.getByRole('menuitem', { name: '审批', exact: true }).click()
  await page.locator('#flow-findings').getByText('请至少选一个处理人，如直属上级或一个角色').waitFor()
  assert.doesNotMatch(await page.locator('#flow-findings').innerText(), /superior|role:/)
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a page left open over an upgrade: the first click leads where it should', async () => {
  const { page, context } = await openAs(browser, server.base, 'admin')
  await settled(page)
  let gone = 0
  await page.route(/\/assets\/(FlowsPage|PeoplePage)-[^/]*\.js$/, (route) => (gone++ ? route.continue() : route.fulfill({ status: 404, body: '' })))
  await page.getByRole('link', { name: '设置', exact: true }).click()
  await page.getByRole('heading', { name: '人员与部门' }).waitFor()
  assert.ok(gone > 1, 'the file was asked for again')
  await context.close()
})

scene('the demo has what there is to see', async () => {
  for (const kind of ['sales_approval.approve', 'purchase_approval.approve', 'purchase_approval.resubmit', 'seal_use.handle', 'sales_approval.cc']) assert.ok(seen.includes(kind), `${kind} in ${[...new Set(seen)].sort()}`)
})

await play()
await browser.close()
await server.stop()
