// B21: what a record was is looked at in its history, and gone back to: what would change and what has to stay is told first, the
// toast takes it back; whoever may not change the record only looks. Read again from the server.
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const admin = await api(server.base, 'admin')

async function account(name) {
  const made = await admin('POST', '/api/crm/account', { name })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const path = `/api/crm/account/${made.body.id}`
  const change = async (values) => assert.equal((await admin('PATCH', path, values)).status, 200)
  const read = async () => (await admin('GET', path)).body
  return { id: made.body.id, path, change, read }
}
const entry = (page, n) => page.locator('#feed-list article').nth(n)

scene('a record goes back to a version, and forward again', async () => {
  const it = await account('回到从前')
  await it.change({ note: '第一句' })
  await it.change({ note: '第二句', name: '改了名' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/account/${it.id}`)
  await settled(page)
  await entry(page, 1).getByRole('button', { name: /查看当时/ }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('恢复到此版本会改动这些内容').waitFor()
  await dialog.getByText('回到从前').waitFor()
  await shot(page, 'version-dialog')
  await axe(page, 'version dialog')
  assert.equal((await it.read()).rev, 3)
  await dialog.getByRole('button', { name: '恢复到此版本' }).click()
  await page.getByRole('button', { name: '撤销' }).click()
  const story = async () => (await admin('GET', `${it.path}/history`)).body.history.map((line) => line.back_to ?? null)
  await eventually(story, [3, 2, null, null, null])
  const now = await it.read()
  assert.deepEqual([now.name, now.note, now.rev], ['改了名', '第二句', 5])
  await entry(page, 4).waitFor()
  await entry(page, 0).getByText('恢复到').waitFor()
  await entry(page, 1).getByText('回到从前').waitFor()
  await shot(page, 'version-gone-back')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('on a phone, in English: the dialog fits and nothing has been touched when it is closed', async () => {
  const it = await account('Phone')
  await it.change({ note: 'one' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: 'phone', theme: 'dark', lang: 'en' })
  await page.goto(`${server.base}/a/crm/account/${it.id}`)
  await settled(page)
  await page.getByRole('button', { name: /As it was then/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Going back to this version changes this').waitFor()
  await noSidewaysScroll(page, 'version dialog')
  await shot(page, 'version-phone')
  await axe(page, 'version dialog on a phone')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.equal((await it.read()).note, 'one')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a record is followed, told of, listed, and let go', async () => {
  const it = await account('有人关注')
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/account/${it.id}`)
  await settled(page)
  const follow = async () => (await admin('GET', `${it.path}/follow`)).body
  const button = page.getByRole('button', { name: /^关注/ })
  await button.click()
  await eventually(follow, { following: true, count: 1 })
  await page.locator('.follow[aria-pressed=true]').first().waitFor()
  await shot(page, 'followed')
  await axe(page, 'a followed record')
  await page.goto(`${server.base}/a/crm/account?followed=1`)
  await page.getByRole('link', { name: /我关注的/ }).waitFor()
  await page.getByText('有人关注').first().waitFor()
  await settled(page)
  await shot(page, 'followed-list')
  await page.goto(`${server.base}/a/crm/account/${it.id}`)
  await button.click()
  await eventually(follow, { following: false, count: 0 })
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
