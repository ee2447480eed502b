// B11: a number that is there already is told while somebody types it, and saving it is refused; two records become one from
// two ticked in a list; from a record's menu the other is looked for. Read again from the server.
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const admin = await api(server.base, 'admin')

async function lead(values) {
  const made = await admin('POST', '/api/crm/lead', { source: 'phone', ...values })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const path = `/api/crm/lead/${made.body.id}`
  return { id: made.body.id, path, read: async () => (await admin('GET', path)).body, status: async () => (await admin('GET', path)).status }
}
const leads = async () => (await admin('GET', '/api/crm/lead?limit=1&count=exact')).body.count

scene('what is there already is told while one types, and cannot be saved again', async () => {
  const there = await lead({ company: '重名试验有限公司', contact: '王女士', mobile: '19900001111' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/lead/new`)
  await settled(page)
  await page.locator('[data-field=company] input').fill('重名试验股份有限公司')
  await page.getByText('可能重复：').waitFor()
  await page.locator('[data-field=mobile] input').fill('199 0000 1111')
  const strip = page.locator('[data-duplicates]')
  await strip.getByText('已有相同的记录，这样不能保存').waitFor()
  const link = strip.getByRole('link').first()
  assert.equal(await link.getAttribute('href'), `/a/crm/lead/${there.id}`)
  assert.equal(await link.getAttribute('target'), '_blank')
  await shot(page, 'duplicates-typing')
  await axe(page, 'new record with a hint')
  const before = await leads()
  await page.getByRole('button', { name: '保存' }).first().click()
  await page.getByText('可能与已有的记录重复').first().waitFor()
  assert.equal(await leads(), before)
  await page.locator('[data-field=mobile] input').fill('19900001112')
  await strip.getByText('可能重复：').waitFor()
  await page.locator('[data-field=company] input').fill('别的公司')
  await strip.waitFor({ state: 'hidden' })
  await context.close()
  assert.deepEqual(faults, [])
})

scene('on a phone, in English and dark: the dialog fits, and closing it touches nothing', async () => {
  const stays = await lead({ company: 'Merge Phone A', contact: 'A', mobile: '19900003331' })
  const goes = await lead({ company: 'Merge Phone B', contact: 'B', mobile: '19900003332' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: 'phone', theme: 'dark', lang: 'en' })
  await page.goto(`${server.base}/a/crm/lead/${stays.id}`)
  await settled(page)
  await page.locator('.bar').getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Merge with another…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('searchbox').fill('Merge Phone B')
  await dialog.getByRole('button', { name: /Merge Phone B/ }).click()
  await dialog.getByText('Goes into the other').waitFor()
  await noSidewaysScroll(page, 'merge dialog')
  await shot(page, 'merge-phone')
  await axe(page, 'merge dialog on a phone')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'hidden' })
  assert.deepEqual([await goes.status(), (await stays.read()).rev], [200, 1])
  await context.close()
  assert.deepEqual(faults, [])
})

scene('two ticked in a list', async () => {
  const one = await lead({ company: '勾选合并一', contact: '一', mobile: '19900004441' })
  const two = await lead({ company: '勾选合并二', contact: '二', mobile: '19900004442' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/lead?view=all&q=${encodeURIComponent('勾选合并')}`)
  await settled(page)
  for (const name of ['勾选合并一', '勾选合并二']) await page.getByRole('row').filter({ hasText: name }).getByRole('checkbox').click()
  await page.getByRole('button', { name: '合并这两条' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('并入另一条').waitFor()
  await dialog.getByRole('button', { name: '合并线索' }).click()
  await page.getByText('已并入“').waitFor()
  await eventually(async () => [await one.status(), await two.status()].sort(), [200, 404])
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
