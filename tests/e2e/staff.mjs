// A day of a sales person, by roles and names as people see them: a lead, stage by stage to an opportunity, an order with three
// lines, found again by two characters; then the same by keyboard alone. What is stored is read again through the API.
import { api, assert, axe, logIn, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

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

await play()
await browser.close()
await server.stop()
