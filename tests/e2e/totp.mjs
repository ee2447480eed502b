// P09 in the browser: two-step login. Set up on one's own page, asked for at the login, a recovery code in its place, turned off,
// reset by an administrator, and required of everybody; Chinese on a wide light screen, English on a dark phone. The clock is
// the test's, so no code grows old while a machine is busy.
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { api, assert, axe, eventually, logIn, noSidewaysScroll, openAs, PASSWORD, play, ROOT, scene, serve, shot, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'tests/e2e/links_app'), args: ['--test-clock'] })
const browser = await startBrowser()
const admin = await api(server.base, 'admin')
const FACES = [{ size: 'wide', theme: 'light', lang: 'zh-CN' }, { size: 'phone', theme: 'dark', lang: 'en' }]
const say = (face, zh, en) => (face.lang === 'en' ? en : zh)

let now = Date.parse('2026-11-23T08:00:00Z')
async function later() {
  now += 30_000
  assert.equal((await admin('POST', '/api/test/clock', { now: new Date(now).toISOString() })).status, 200)
}
/** RFC 6238, as the phone reckons it. */
function codeOf(key) {
  const bits = [...key.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const mac = createHmac('sha1', bytes).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
const wrongFor = (key) => String((Number(codeOf(key)) + 1) % 1_000_000).padStart(6, '0')

async function person(user) {
  const { status, body } = await admin('POST', '/api/users', { user, label: user, password: PASSWORD })
  assert.equal(status, 201, JSON.stringify(body))
}
const isOn = async (user) => (await admin('GET', `/api/users/${user}/totp`)).body.on
async function firstStep(page, user) {
  await page.goto(`${server.base}/login`)
  await page.locator('#login').fill(user)
  await page.locator('#password').fill(PASSWORD)
  await page.keyboard.press('Enter')
}
const inside = (page) => page.waitForURL((url) => url.pathname !== '/login')
async function looked(page, face, name) {
  await shot(page, `totp-${name}-${face.size}`)
  await axe(page, `${name}, ${face.size}`)
  await noSidewaysScroll(page, name)
}

/** From the key on the page to the recovery codes being put away. */
async function setUp(page, face, name) {
  await page.getByRole('img', { name: say(face, '二维码', 'QR code') }).waitFor()
  const key = await page.locator('code.key').innerText()
  assert.match(key, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
  await looked(page, face, `${name}-key`)
  await page.locator('#totp-code').fill(wrongFor(key))
  await page.getByRole('alert').waitFor()
  await page.locator('#totp-code').fill(codeOf(key))
  await page.getByRole('heading', { name: say(face, '保存恢复代码', 'Keep the recovery codes') }).waitFor()
  const codes = await page.locator('.codes code').allInnerTexts()
  assert.equal(codes.length, 10)
  await looked(page, face, `${name}-codes`)
  await page.getByRole('button', { name: say(face, '我已保存', 'I have kept them') }).click()
  return { key, codes }
}

for (const face of FACES) {
  scene(`set up, asked for, recovered, turned off (${face.size})`, async () => {
    const user = `ada-${face.size}`
    await person(user)
    await later()
    const { page, context, faults } = await openAs(browser, server.base, null, face)
    await logIn(page, server.base, user)
    await page.goto(`${server.base}/me?totp=1`)
    await page.getByRole('button', { name: say(face, '设置两步登录', 'Set up two-step login') }).click()
    const { key, codes } = await setUp(page, face, 'own')
    await page.getByText(say(face, '还有 10 个恢复代码', 'Recovery codes left: 10')).waitFor()
    assert.equal(await isOn(user), true)

    await context.clearCookies()
    await later()
    await firstStep(page, user)
    const box = page.locator('#code')
    await box.waitFor()
    assert.equal(await box.getAttribute('autocomplete'), 'one-time-code')
    assert.equal(await box.getAttribute('inputmode'), 'numeric')
    await looked(page, face, 'code')
    await box.fill(wrongFor(key))
    await page.getByRole('alert').waitFor()
    await eventually(() => box.inputValue(), '')
    const code = codeOf(key)
    await box.fill(`${code.slice(0, 3)} ${code.slice(3)}`) // as apps show it; complete, it is sent
    await inside(page)

    await context.clearCookies()
    await firstStep(page, user)
    await page.getByRole('button', { name: say(face, '手机不在身边？用恢复代码', 'No phone at hand? Use a recovery code') }).click()
    await box.fill(codes[0].toUpperCase())
    await page.keyboard.press('Enter')
    await inside(page)

    await later()
    await page.goto(`${server.base}/me?totp=1`)
    await page.getByText(say(face, '还有 9 个恢复代码', 'Recovery codes left: 9')).waitFor()
    const off = page.getByRole('button', { name: say(face, '关闭两步登录', 'Turn two-step login off') })
    await off.click()
    await page.locator('#totp-password').fill(PASSWORD)
    await page.locator('#totp-off').fill(codeOf(key))
    await looked(page, face, 'off')
    await off.click()
    await page.getByRole('button', { name: say(face, '设置两步登录', 'Set up two-step login') }).waitFor()
    assert.equal(await isOn(user), false)
    assert.deepEqual(faults, [])
    await context.close()
  })
}

scene('required of everybody: set up before anything else; an administrator resets it', async () => {
  const face = FACES[1]
  await person('ben')
  assert.equal((await admin('PATCH', '/api/settings', { login: { totp: 'required' } })).status, 200)
  await later()
  const { page, context, faults } = await openAs(browser, server.base, null, face)
  await firstStep(page, 'ben')
  await page.getByText('asks you to set up two-step login').waitFor()
  await setUp(page, face, 'must')
  await inside(page)
  await context.close()

  const wide = await openAs(browser, server.base, null, FACES[0])
  await wide.context.addCookies([{ name: 'tenon', value: admin.cookie.split('=')[1], url: server.base }])
  await wide.page.goto(`${server.base}/admin/people`)
  await wide.page.getByRole('button', { name: 'ben' }).click()
  await wide.page.getByRole('button', { name: '重置两步登录' }).click()
  await eventually(() => isOn('ben'), false)
  assert.deepEqual([...faults, ...wide.faults], [])
  await wide.context.close()
})

await play()
await browser.close()
await server.stop()
