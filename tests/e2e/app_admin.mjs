// P14 in the browser: who administers one app reaches its definitions, roles and tokens and nothing else, publishes a change,
// and is told why when it would give a role of his own more.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const APP = join(ROOT, 'tests/e2e/links_app')
const server = await serve({ app: APP, args: [] })
const browser = await startBrowser()
const ask = await api(server.base, 'admin')
assert.equal((await ask('POST', '/api/users', { user: 'ada', label: '阿达', password: 'tenon-demo', roles: { links: ['seller'] }, administers: ['links'] })).status, 201)
const hers = await api(server.base, 'ada')
const draft = async (file, change) => {
  const body = JSON.parse(readFileSync(join(APP, file), 'utf8'))
  change(body)
  assert.equal((await hers('PUT', `/api/apps/links/draft/${file}`, { text: JSON.stringify(body) })).status, 200)
}
const published = async (form) => (await ask('GET', '/api/links/definition')).body.forms.find((f) => f.form === form)

for (const face of [{ size: 'wide', theme: 'light', lang: 'zh-CN' }, { size: 'phone', theme: 'dark', lang: 'en' }]) {
  scene(`P14 only the own app's definitions, roles and tokens are to be reached (${face.size})`, async () => {
    const { page, context, faults } = await openAs(browser, server.base, 'ada', face)
    for (const one of ['definitions', 'roles', 'tokens']) {
      await page.goto(`${server.base}/admin/${one}`)
      await settled(page)
      assert.match(page.url(), new RegExp(`/admin/${one}`))
      await noSidewaysScroll(page, one)
      await axe(page, `${one} of an app's administrator`)
      await shot(page, `app-admin-${one}-${face.size}`)
    }
    for (const one of ['people', 'sessions', 'audit', 'organisation', 'backup']) {
      assert.equal(await page.locator(`a[href="/admin/${one}"]`).count(), 0, one)
      await page.goto(`${server.base}/admin/${one}`)
      await settled(page)
      await page.getByText(face.lang === 'en' ? /not (there|found)|no (such )?page|does not exist/i : /没有|不存在|找不到/).first().waitFor()
    }
    await context.close()
    assert.deepEqual(faults, [])
  })
}

async function publish(page) {
  await page.goto(`${server.base}/admin/definitions/links`)
  await settled(page)
  await page.getByRole('button', { name: '发布' }).first().click()
  const plan = page.getByRole('dialog', { name: /发布/ })
  await plan.getByRole('button', { name: /发布/ }).last().click()
  return plan
}

scene('P14 a role of one\'s own is not widened: the reason is told, nothing is published', async () => {
  await draft('roles/seller.json', (role) => { role.forms.deal.read = 'all' })
  const { page, context, faults } = await openAs(browser, server.base, 'ada')
  const plan = await publish(page)
  const told = plan.getByRole('alert').first()
  await told.waitFor()
  assert.match(await told.innerText(), /销售|seller/)
  await axe(page, 'a publish that was refused')
  await shot(page, 'app-admin-refused')
  assert.equal((await hers('GET', '/api/apps/links/versions')).body.versions.length, 1)
  await context.close()
  await hers('DELETE', '/api/apps/links/draft')
  assert.deepEqual(faults, [])
})

scene('P14 a change of the app is published', async () => {
  await draft('forms/product.json', (form) => form.fields.push({ name: 'origin', type: 'text', label: { 'zh-CN': '产地', en: 'Origin' } }))
  const { page, context, faults } = await openAs(browser, server.base, 'ada')
  await publish(page)
  await eventually(async () => (await published('product')).fields.some((f) => f.name === 'origin'), true)
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
