// Every page in every dress: wide and phone, light and dark, Chinese and English. In each: no script error, no axe violation,
// no sideways scroll. TENON_SHOTS=folder keeps the pictures. Wide-light-zh and phone-dark-en cover each value of each pair on
// every run; TENON_DEPTH > 1 plays all eight.
import { api, assert, axe, noSidewaysScroll, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const ask = await api(server.base, 'zhang')
const first = async (form, filter = '') => (await ask('GET', `/api/crm/${form}?limit=1&fields=id${filter && `&filter=${encodeURIComponent(filter)}`}`)).body.records[0].id
const [lead, order, opportunity, account] = [await first('lead', "status == 'new'"), await first('order'), await first('opportunity'), await first('account')]

const STAFF = {
  home: '/a/crm', lead_list: '/a/crm/lead', lead_mine: '/a/crm/lead?view=mine', board: '/a/crm/opportunity?view=pipeline', order_list: '/a/crm/order',
  lead: `/a/crm/lead/${lead}`, order: `/a/crm/order/${order}`, opportunity: `/a/crm/opportunity/${opportunity}`, account: `/a/crm/account/${account}`,
  new_lead: '/a/crm/lead/new', new_order: '/a/crm/order/new', me: '/me', proxies: '/me/proxies', menu: '/me?menu=1', password: '/me?password=1', totp: '/me?totp=1', missing: '/a/crm/nothing', filtered_empty: '/a/crm/lead?f=company~is~nobody'
}
const ADMIN = {
  people: '/admin/people', roles: '/admin/roles/crm', tokens: '/admin/tokens', sessions: '/admin/sessions', audit: '/admin/audit', organisation: '/admin/organisation',
  backup: '/admin/backup', definitions: '/admin/definitions/crm'
}
const DRESSES = [
  ['wide', 'light', 'zh-CN'], ['phone', 'dark', 'en'],
  ...(Number(process.env.TENON_DEPTH ?? 1) > 1 ? [['wide', 'dark', 'zh-CN'], ['wide', 'light', 'en'], ['wide', 'dark', 'en'], ['phone', 'light', 'zh-CN'], ['phone', 'dark', 'zh-CN'], ['phone', 'light', 'en']] : [])
]

async function walk(login, pages, [size, theme, lang]) {
  const { page, context, faults } = await openAs(browser, server.base, login, { size, theme, lang })
  const wrong = []
  for (const [name, path] of Object.entries(pages)) {
    const what = `${name}-${size}-${theme}-${lang}`
    await page.goto(server.base + path)
    await settled(page)
    await shot(page, what)
    await axe(page, what).catch((error) => wrong.push(error.message))
    if (size === 'phone') await noSidewaysScroll(page, what).catch((error) => wrong.push(error.message))
  }
  await context.close()
  assert.deepEqual(faults, [])
  assert.equal(wrong.length, 0, wrong.join('\n'))
}

for (const dress of DRESSES) {
  scene(`staff pages, ${dress.join(' ')}`, () => walk('zhang', STAFF, dress))
  scene(`admin pages, ${dress.join(' ')}`, () => walk('admin', ADMIN, dress))
}
scene('login page, both languages, both themes', async () => {
  for (const [theme, lang] of [['light', 'zh-CN'], ['dark', 'en']]) {
    const { page, context, faults } = await openAs(browser, server.base, null, { theme, lang })
    await page.goto(`${server.base}/login`)
    await settled(page)
    await shot(page, `login-${theme}-${lang}`)
    await axe(page, `login ${theme} ${lang}`)
    await context.close()
    assert.deepEqual(faults, [])
  }
})

await play()
await browser.close()
await server.stop()
