// A quick hand on a slow line: answers are held back here, and what a person does before they come must neither be done twice, nor
// lost, nor met as if somebody else had done it.
import { join } from 'node:path'
import { api, assert, eventually, openAs, play, ROOT, scene, serve, settled, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'tests/e2e/links_app'), args: [] })
const browser = await startBrowser()
const ask = await api(server.base, 'admin')
const field = (page, name) => page.locator(`[data-field="${name}"]`)
const make = async (form, values) => {
  const { status, body } = await ask('POST', `/api/links/${form}`, values)
  assert.equal(status, 201, JSON.stringify(body))
  return body
}
const deals = async (name) => (await ask('GET', `/api/links/deal?filter=${encodeURIComponent(`name == '${name}'`)}`)).body.records

/** Holds what the page asks of such an address until it is let go; `asked` counts what waits or has gone. */
async function hold(page, which) {
  const held = { asked: 0, go: () => undefined }
  const gate = new Promise((open) => (held.go = open))
  await page.route(which, async (route) => {
    held.asked++
    await gate
    await route.continue()
  })
  return held
}
await make('product', { name: '紫砂茶壶', price: '320', stock: 5 })

scene('F23 saved twice while the page still asks: one record', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/links/deal/new`)
  await settled(page)
  await field(page, 'name').locator('input').fill('按了两次')
  const checks = await hold(page, (url) => /\/api\/links\/product\/\d+$/.test(url.pathname))
  await field(page, 'main').getByRole('combobox').fill('茶壶')
  await page.getByRole('option', { name: /紫砂茶壶/ }).click()
  await eventually(() => checks.asked > 0, true, 'the page asks')
  for (let i = 0; i < 3; i++) await page.keyboard.press('Control+S')
  checks.go()
  await page.waitForURL(/\/deal\/\d+/)
  await settled(page)
  assert.equal((await deals('按了两次')).length, 1)
  await context.close()
  assert.deepEqual(faults, [])
})

scene('F25 somebody else saves, and before that is read again one types: what was typed stays, and is saved knowingly', async () => {
  const deal = await make('deal', { name: '两个人改', amount: '5' })
  const path = `/api/links/deal/${deal.id}`
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/links/deal/${deal.id}`)
  await settled(page)
  const reads = await hold(page, (url) => url.pathname === path)
  assert.equal((await ask('PATCH', path, { amount: '7' }, { 'If-Match': `"${deal.rev}"` })).status, 200)
  await eventually(() => reads.asked > 0, true, 'the page has heard and reads again')
  await page.keyboard.press('e')
  await field(page, 'name').locator('input').fill('我改的')
  reads.go()
  await page.getByRole('status').filter({ hasText: /也改|改了|更新/ }).first().waitFor()
  assert.equal(await field(page, 'name').locator('input').inputValue(), '我改的')
  await page.keyboard.press('Control+S')
  await page.getByRole('button', { name: '保存', exact: true }).first().click()
  await eventually(async () => { const { name, amount } = (await ask('GET', path)).body; return [name, amount] }, ['我改的', '7.00'])
  await context.close()
  assert.deepEqual(faults, [])
})

scene('F23 while a save is on its way nothing can be typed that no answer would hold', async () => {
  const deal = await make('deal', { name: '在路上' })
  const path = `/api/links/deal/${deal.id}`
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/links/deal/${deal.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const input = field(page, 'name').locator('input')
  await input.fill('在路上一')
  const saves = await hold(page, (url) => url.pathname === path)
  await page.keyboard.press('Control+S')
  await eventually(() => saves.asked > 0, true, 'it is on its way')
  await page.keyboard.type('丢')
  assert.equal(await input.inputValue(), '在路上一', 'what cannot be kept is not taken')
  saves.go()
  await page.getByRole('button', { name: '编辑', exact: true }).waitFor()
  assert.equal((await ask('GET', path)).body.name, '在路上一')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('F23 a refused save gives the cursor back to where one typed', async () => {
  const deal = await make('deal', { name: '拒绝' })
  const path = `/api/links/deal/${deal.id}`
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/links/deal/${deal.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const input = field(page, 'name').locator('input')
  await input.fill('没有送到')
  await page.route((url) => url.pathname === path, (route) => route.abort())
  await page.keyboard.press('Control+S')
  await page.getByRole('alert').first().waitFor()
  await eventually(() => input.evaluate((box) => box === document.activeElement), true, 'the cursor')
  assert.equal(await input.inputValue(), '没有送到')
  assert.equal((await ask('GET', path)).body.name, '拒绝')
  await page.unroute((url) => url.pathname === path).catch(() => undefined)
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
