// A day of a sales person, by roles and names as people see them: a lead, stage by stage to an opportunity, an order with three
// lines, found again by two characters; then the same by keyboard alone. What is stored is read again through the API.
import { api, assert, axe, eventually, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const ask = await api(server.base, 'zhang')
const list = async (form, filter, extra = '') => (await ask('GET', `/api/crm/${form}?filter=${encodeURIComponent(filter)}${extra}`)).body.records
const COMPANY = '苏州榫卯精密机械有限公司'

scene('the demo tells nobody of itself: no unread notification, a full home page', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  await page.waitForURL(/\/a\/crm$/)
  await settled(page)
  assert.equal((await ask('GET', '/api/me')).body.unread ?? 0, 0)
  assert.ok(await page.getByRole('region', { name: '接下来做什么' }).getByRole('listitem').count() > 0, 'something is due')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('the first list is shown within a second of the login', async () => {
  const { page, context } = await openAs(browser, server.base, null)
  await page.goto(`${server.base}/login?to=${encodeURIComponent('/a/crm/lead')}`)
  await page.locator('#login').fill('zhang')
  await page.locator('#password').fill('tenon-demo')
  const from = Date.now()
  await page.keyboard.press('Enter')
  await page.getByRole('grid').getByRole('row').nth(5).waitFor()
  const took = Date.now() - from
  console.log(`        first list after ${took} ms`)
  // The figure is told, not judged: the machine that runs tests is busy with others. Ten seconds would be a defect anywhere.
  assert.ok(took < 10_000)
  await context.close()
})

scene('a lead is created, refused where it is wrong, and stored', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  await page.getByRole('link', { name: '线索', exact: true }).first().click()
  await page.getByRole('link', { name: '新建线索' }).click()
  await page.getByRole('button', { name: '保存' }).first().click()
  await page.getByRole('alert').first().waitFor()
  assert.equal((await list('lead', `company == '${COMPANY}'`)).length, 0)
  await page.getByRole('main').getByLabel('公司名称').fill(COMPANY)
  await page.getByRole('main').getByLabel('联系人').first().fill('沈知远')
  await page.getByRole('main').getByLabel('手机').first().fill('13812345678')
  await shot(page, 'journey-lead')
  await page.getByRole('button', { name: '保存' }).first().click()
  await page.waitForURL(/\/a\/crm\/lead\/\d+$/)
  const [stored] = await list('lead', `company == '${COMPANY}'`)
  assert.equal(stored.contact, '沈知远')
  assert.equal(stored.owner, 'zhang')
  await axe(page, 'lead after saving')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('found again by two characters, in the palette and in the list', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox').fill('榫卯')
  await page.getByRole('option', { name: new RegExp(COMPANY) }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/a\/crm\/lead\/\d+$/)
  await page.goto(`${server.base}/a/crm/lead`)
  await page.getByRole('textbox', { name: '在线索中搜索' }).fill('榫卯')
  await page.getByRole('gridcell').getByText(COMPANY).waitFor()
  // By the first letters of its sounds: 苏州榫卯 szsm.
  await page.getByRole('textbox', { name: '在线索中搜索' }).fill('szsm')
  await page.getByRole('gridcell').getByText(COMPANY).waitFor()
  await context.close()
  assert.deepEqual(faults, [])
})

/** Chooses in one of our comboboxes as a person does: types, then clicks the first answer. */
async function choose(page, scope, words, answer = words) {
  await scope.fill(words)
  await page.getByRole('option', { name: new RegExp(answer) }).first().click()
}
const field = (page, name) => page.locator(`[data-field="${name}"]`)
const save = async (page) => page.getByRole('button', { name: '保存', exact: true }).first().click()

scene('the lead goes from stage to stage; a move that asks for more asks, a refusal keeps the stage', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  const [lead] = await list('lead', `company == '${COMPANY}'`)
  const status = async () => (await ask('GET', `/api/crm/lead/${lead.id}`)).body.status
  await page.goto(`${server.base}/a/crm/lead/${lead.id}`)
  await page.getByRole('button', { name: '改为跟进中' }).first().click()
  await eventually(status, 'working')
  await settled(page)
  await page.getByRole('button', { name: '改为MQL' }).first().click()
  await eventually(status, 'mql')
  await settled(page)
  // SQL needs a need (a condition) and a budget (a field): without them the stage stays.
  await page.keyboard.press('e')
  await field(page, 'need').getByRole('textbox').fill('车间看板与设备联网')
  await save(page)
  await page.getByRole('button', { name: '改为SQL' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await axe(page, 'the dialog of a move')
  await dialog.getByRole('button', { name: '改为SQL' }).click()
  await dialog.getByText('此项必填').first().waitFor()
  assert.equal(await status(), 'mql')
  await dialog.getByLabel('预算').fill('860000')
  await dialog.getByRole('button', { name: '改为SQL' }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal(await status(), 'sql')
  await shot(page, 'journey-stages')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('an opportunity for a customer, an order of three lines with sums, found again', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  const [account] = await list('account', 'owner == $user', '&limit=1&titles=1')
  await page.goto(`${server.base}/a/crm/opportunity/new`)
  await field(page, 'name').getByRole('textbox').fill('榫卯精密 车间看板')
  await choose(page, field(page, 'account').getByRole('combobox'), account.name)
  await save(page)
  await page.waitForURL(/\/a\/crm\/opportunity\/\d+$/)
  const [deal] = await list('opportunity', "name == '榫卯精密 车间看板'")
  assert.equal(deal.account, account.id)

  await page.goto(`${server.base}/a/crm/order/new`)
  await choose(page, field(page, 'account').getByRole('combobox'), account.name)
  const products = (await ask('GET', '/api/crm/product?filter=on_sale&limit=3')).body.records
  const grid = page.getByRole('grid', { name: '明细' })
  for (const [i, product] of products.entries()) {
    if (i) await page.getByRole('button', { name: '添加一行' }).click()
    const row = grid.getByRole('row').nth(i + 1)
    await row.getByRole('gridcell').first().click()
    await choose(page, row.getByRole('combobox', { name: '产品' }), product.name)
    await row.getByRole('gridcell').nth(1).click()
    await page.keyboard.type(String(i + 2))
    await page.keyboard.press('Tab')
  }
  await shot(page, 'journey-order')
  await axe(page, 'an order being filled in')
  await save(page)
  await page.waitForURL(/\/a\/crm\/order\/\d+$/)
  const [order] = await list('order', `account == ${account.id}`, '&sort=-created_at&limit=1&fields=total,lines,number')
  assert.equal(order.lines.length, 3)
  assert.deepEqual(order.lines.map((l) => l.qty), ['2.00', '3.00', '4.00'])
  // The sum of the page is the sum of the lines, to the cent.
  const cents = (text) => BigInt(text.replace('.', ''))
  const sum = order.lines.reduce((all, line) => all + cents(line.net) + cents(line.tax), 0n)
  assert.equal(cents(order.total), sum)
  await page.goto(`${server.base}/a/crm/order`)
  await page.getByRole('textbox', { name: '在订单中搜索' }).fill(order.number)
  await page.getByRole('gridcell').getByText(order.number).waitFor()
  await context.close()
  assert.deepEqual(faults, [])
})

scene('by keyboard alone: log in, find, create with a sub-row, edit, search', async () => {
  const { page, context, faults } = await openAs(browser, server.base, null)
  await page.goto(`${server.base}/login`)
  await page.waitForFunction(() => document.activeElement?.id === 'login')
  await page.keyboard.type('zhang')
  await page.keyboard.press('Tab')
  await page.keyboard.type('tenon-demo')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/a\/crm$/)
  await page.keyboard.press('Control+K')
  await page.keyboard.type('新建订单')
  await page.getByRole('option', { name: '新建订单' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(/order\/new$/)
  const [account] = await list('account', 'owner == $user', '&limit=1')
  const [product] = (await ask('GET', '/api/crm/product?filter=on_sale&limit=1')).body.records
  const tabTo = async (test) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate(test)) return
    }
    throw new Error(`no way by Tab to ${test}`)
  }
  await settled(page)
  await tabTo(() => document.activeElement?.closest('[data-field="account"]') !== null)
  await page.keyboard.type(account.name)
  await page.getByRole('option', { name: account.name }).first().waitFor()
  await page.keyboard.press('Enter')
  await tabTo(() => document.activeElement?.getAttribute('role') === 'gridcell' || document.activeElement?.closest('[role="grid"]') !== null)
  await page.keyboard.press('F2')
  await page.keyboard.type(product.name)
  await page.getByRole('option', { name: product.name }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+S')
  await page.waitForURL(/order\/\d+$/)
  const id = Number(page.url().split('/').pop())
  const stored = (await ask('GET', `/api/crm/order/${id}`)).body
  assert.equal(stored.account, account.id)
  assert.equal(stored.lines[0].product, product.id)
  // Edit what was made, and find it.
  await settled(page)
  await page.keyboard.press('e')
  await tabTo(() => document.activeElement?.closest('[data-field="ship_to"]') !== null || document.activeElement?.closest('[data-field="address"]') !== null)
  await page.keyboard.type('北门卸货')
  await page.keyboard.press('Control+S')
  await page.waitForTimeout(800)
  assert.match(JSON.stringify((await ask('GET', `/api/crm/order/${id}`)).body), /北门卸货/)
  await page.keyboard.press('Control+K')
  await page.keyboard.type(stored.number)
  await page.getByRole('option', { name: new RegExp(stored.number) }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(`order/${id}$`))
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a stale save is explained and merged field by field', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'zhang')
  const [lead] = await list('lead', `company == '${COMPANY}'`)
  await page.goto(`${server.base}/a/crm/lead/${lead.id}`)
  await settled(page)
  await page.keyboard.press('e')
  await field(page, 'contact').getByRole('textbox').fill('沈先生')
  const now = (await ask('GET', `/api/crm/lead/${lead.id}`)).body
  assert.equal((await ask('PATCH', `/api/crm/lead/${lead.id}`, { contact: '沈女士', budget: '900000.00' }, { 'If-Match': `"${now.rev}"` })).status, 200)
  await save(page)
  await page.getByText('沈女士').first().waitFor()
  assert.equal((await ask('GET', `/api/crm/lead/${lead.id}`)).body.contact, '沈女士')
  await shot(page, 'journey-stale')
  await axe(page, 'the merge panel')
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
