// F05 F10 F11 F21 F22 F23 F26: every editor of the scalar types used by mouse and keyboard, what is wrong told while one types, what
// is stored read again; the layout's own blocks come and go with what is typed.
import { join } from 'node:path'
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve({ app: join(ROOT, 'tests/e2e/apps/fields'), args: [] })
const browser = await startBrowser()
const ask = await api(server.base, 'admin')
const field = (page, name) => page.locator(`[data-field="${name}"]`)

/** A camera that shows a code, and a device that knows where it is. */
async function devices(context, page) {
  await context.grantPermissions(['geolocation'])
  await context.setGeolocation({ longitude: 114.05786812, latitude: 22.5430991 })
  await page.addInitScript(() => {
    window.BarcodeDetector = class { detect() { return Promise.resolve([{ rawValue: 'AS-2026-0042' }]) } }
    Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: () => Promise.resolve(document.createElement('canvas').captureStream()) } })
    HTMLMediaElement.prototype.play = () => Promise.resolve()
  })
}

async function fillBasics(page) {
  await field(page, 'name').locator('input').fill('李四')
  const id = field(page, 'id_no').locator('input')
  await id.fill('11010519491331002X')
  await id.blur()
  assert.match(await field(page, 'id_no').locator('.tn-fault').innerText(), /19491331/)
  await id.fill('11010519491231002x')
  await id.blur()
  assert.equal(await id.inputValue(), '11010519491231002X')
  await field(page, 'credit').locator('input').fill('９１４４０３００７１５２６７２６ＸＧ')
}

async function rate(page) {
  const group = field(page, 'stars').getByRole('radiogroup')
  await group.getByRole('radio').nth(0).check({ force: true })
  const notice = page.getByRole('note')
  assert.equal(await notice.innerText(), '李四的评分偏低，请说明原因。')
  assert.equal(await page.locator('[data-field="asset"]').count(), 0, 'a block whose condition fails is not shown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await notice.waitFor({ state: 'detached' })
  await field(page, 'nps').getByRole('radio').nth(8).check({ force: true })
}

async function place(page) {
  const address = field(page, 'address')
  await address.locator('input').first().fill('深圳市 南山')
  await page.getByRole('option').filter({ hasText: '南山区' }).first().click()
  await address.locator('input').nth(1).fill('科技园 1 号')
  await field(page, 'city').locator('input').fill('深圳')
  assert.equal(await page.getByRole('option').filter({ hasText: '南山区' }).count(), 0, 'no deeper than the city')
  await page.getByRole('option').filter({ hasText: '深圳市' }).first().click()
  await field(page, 'place').getByRole('button').click()
  await page.waitForFunction(() => document.querySelector('[data-field="place"] input').value === '114.057868')
}

async function codes(page) {
  await field(page, 'asset').getByRole('button').click()
  await page.waitForFunction(() => document.querySelector('[data-field="asset"] input').value === 'AS-2026-0042')
  const ean = field(page, 'ean').locator('input')
  await ean.fill('6901234567890')
  await ean.blur()
  assert.match(await field(page, 'ean').locator('.tn-fault').innerText(), /2/)
  await ean.fill('6901234567892')
}

async function times(page) {
  // Typed and left by Tab is kept; looked at and left writes nothing; emptied and left is empty.
  const typed = async (name, text) => {
    await field(page, name).locator('input').click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type(text)
    await page.keyboard.press('Tab')
    return field(page, name).locator('input').inputValue()
  }
  assert.equal(await typed('opens', '830'), '08:30')
  await field(page, 'shuts').locator('input').click()
  await page.waitForTimeout(400)
  await page.keyboard.press('Tab')
  assert.equal(await field(page, 'shuts').locator('input').inputValue(), '')
  await typed('since', '2026/12/5')
  await eventually(() => field(page, 'since').locator('input').inputValue(), '2026-12-05')
  await field(page, 'since').locator('input').click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Tab')
  await eventually(() => field(page, 'since').locator('input').inputValue(), '')
  await typed('since', '2026-12-05')
  await typed('met', '2026-11-20 9:15')
  const visit = field(page, 'visit').locator('input')
  await visit.fill('soon')
  await visit.blur()
  await field(page, 'visit').locator('.tn-fault').waitFor()
  await visit.fill('1:30')
  await visit.blur()
  await field(page, 'visit').locator('.tn-fault').waitFor({ state: 'detached' })
  const marks = field(page, 'marks')
  for (const word of ['重点', '老客户', '新客户']) {
    await marks.getByRole('combobox').fill(word)
    await page.getByRole('option', { name: word }).first().click()
  }
  await marks.getByRole('button', { name: /老客户/ }).click()
  assert.equal(await marks.locator('.tn-chip').count(), 2)
}

async function write(page) {
  await page.getByRole('tab', { name: '简介' }).click()
  const box = field(page, 'story').getByRole('textbox')
  await box.click()
  const tool = (name) => field(page, 'story').getByRole('button', { name })
  await tool('加粗').click()
  await page.keyboard.type('先')
  await field(page, 'story').locator('button[aria-pressed="true"]').waitFor()
  await tool('加粗').click()
  await page.keyboard.press('Enter')
  await tool('标题').click()
  await page.keyboard.type('关于我们')
  await page.keyboard.press('Enter')
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text/html', '<img src=x onerror="window.hacked = 1"><a href="javascript:alert(1)">甲</a><a href="https://example.com" onclick="x()">乙</a>')
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
}

scene('every editor, by mouse and keyboard', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await devices(context, page)
  await page.goto(`${server.base}/a/fields/card/new`)
  await settled(page)
  assert.equal(await page.getByRole('tab', { name: '简介' }).count(), 0, 'a tab whose condition fails is not shown')
  await fillBasics(page)
  await rate(page)
  await place(page)
  await codes(page)
  await times(page)
  await shot(page, 'fields-edit')
  await axe(page, 'fields, edited')
  await write(page)
  await shot(page, 'fields-rich')
  await axe(page, 'rich text, edited')
  await page.keyboard.press('Control+s')
  await page.waitForURL(/card\/\d+/)
  await settled(page)
  const { body } = await ask('GET', '/api/fields/card?fields=id_no,credit,stars,nps,city,address,place,asset,ean,opens,shuts,since,met,visit,marks,story')
  const { id, rev, story, ...stored } = body.records[0]
  assert.deepEqual(stored, {
    id_no: '11010519491231002X', credit: '9144030071526726XG', stars: 4, nps: 9, city: ['44', '4403'], address: { region: ['44', '4403', '440305'], detail: '科技园 1 号' },
    place: { lng: '114.057868', lat: '22.543099' }, asset: 'AS-2026-0042', ean: '6901234567892',
    opens: '08:30', shuts: null, since: '2026-12-05', met: '2026-11-20T01:15:00Z', visit: 5400, marks: ['key', 'new']
  })
  assert.match(story, /<h2>关于我们/)
  assert.match(story, /<strong>先<\/strong>/)
  assert.match(story, /甲<a href="https:\/\/example.com" rel="noopener">乙<\/a>/)
  assert.doesNotMatch(story, /javascript|onerror|onclick/)
  assert.equal(await page.evaluate(() => window.hacked), undefined)
  await page.goto(`${server.base}/a/fields/card/${id}`)
  await settled(page)
  await page.waitForFunction(() => [...document.images].filter((i) => i.src.includes('/code/')).length === 2 && [...document.images].every((i) => i.complete && i.naturalWidth > 0))
  await shot(page, 'fields-read')
  await axe(page, 'fields, read')
  await page.goto(`${server.base}/a/fields/card`)
  await settled(page)
  await shot(page, 'fields-list')
  await axe(page, 'fields, listed')
  assert.match(await page.locator('[role=grid], table').first().innerText(), /广东省深圳市南山区 科技园 1 号/)
  await context.close()
  // Reading the pasted handlers is told by the browser's policy; they are gone before anything stands in the page.
  assert.deepEqual(faults.filter((fault) => !fault.includes('inline event handler')), [])
})

scene('on a phone, in English, in the dark', async () => {
  const { body } = await ask('GET', '/api/fields/card?limit=1')
  const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: 'phone', theme: 'dark', lang: 'en' })
  for (const [name, path] of [['fields-phone-edit', 'card/new'], ['fields-phone-read', `card/${body.records[0].id}`]]) {
    await page.goto(`${server.base}/a/fields/${path}`)
    await settled(page)
    await shot(page, name)
    await axe(page, name)
    await noSidewaysScroll(page, name)
  }
  await context.close()
  assert.deepEqual(faults, [])
})

scene('F21: of people and departments only those are offered whom the field allows; who is chosen stays', async () => {
  const made = async (path, body) => assert.equal((await ask('POST', path, body)).status, 201, path)
  await made('/api/depts', { dept: 'cards', label: '名片组' })
  await made('/api/depts', { dept: 'cards_south', label: '名片南组', parent: 'cards' })
  await made('/api/depts', { dept: 'press', label: '名片印刷' })
  for (const [user, label, dept] of [['qin_1', '秦一', 'cards'], ['qin_2', '秦二', 'cards_south'], ['qin_3', '秦三', 'press']]) {
    await made('/api/users', { user, label, dept, password: `${user}-password-1` })
  }
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/fields/card/new`)
  await settled(page)
  await field(page, 'name').locator('input').fill('秦的名片')
  const offered = () => page.getByRole('option').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0].trim()))
  await field(page, 'keeper').getByRole('combobox').fill('秦')
  await eventually(offered, ['秦一', '秦二'])
  await shot(page, 'fields-among')
  await page.getByRole('option', { name: '秦二' }).click()
  await field(page, 'desk').getByRole('combobox').fill('名片')
  await eventually(offered, ['名片组', '名片南组'])
  await page.getByRole('option', { name: '名片南组' }).click()
  await page.keyboard.press('Control+s')
  await page.waitForURL(/card\/\d+/)
  await settled(page)
  const id = page.url().match(/card\/(\d+)/)[1]
  const stored = async () => (({ keeper, desk }) => ({ keeper, desk }))((await ask('GET', `/api/fields/card/${id}`)).body)
  assert.deepEqual(await stored(), { keeper: 'qin_2', desk: 'cards_south' })
  // Who was chosen may have moved since: he stays until another is chosen.
  assert.equal((await ask('PATCH', `/api/fields/card/${id}`, { keeper: 'qin_3' })).body.errors[0].code, 'not_an_option')
  assert.equal((await ask('PATCH', '/api/users/qin_2', { dept: 'press' })).status, 200)
  assert.equal((await ask('PATCH', `/api/fields/card/${id}`, { name: '秦的新名片' })).status, 200)
  assert.deepEqual(await stored(), { keeper: 'qin_2', desk: 'cards_south' })
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
