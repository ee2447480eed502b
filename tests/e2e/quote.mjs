// A quote written by hand as a salesperson does: E6 to the last digit on the page, compared with the API and the export. F03 and
// F13: amounts in the currency their record names, in rows, footers, lists, boards, figures, titles and history.
import { join } from 'node:path'
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const crm = await serve()
const browser = await startBrowser()
const admin = await api(crm.base, 'admin')
const zhang = await api(crm.base, 'zhang')
const field = (page, name) => page.locator(`[data-field="${name}"]`)
async function make(who, path, values) {
  const { status, body } = await who('POST', path, values)
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

const PRODUCTS = [['E6-A', '服务器A', '8888.88', '0.13'], ['E6-B', '软件许可B', '12345.67', '0.13'], ['E6-C', '实施服务六', '1500', '0.06']]
for (const [code, name, list_price, tax_rate] of PRODUCTS) await make(admin, '/api/crm/product', { code, name, list_price, tax_rate, unit: 'piece' })
const account = await make(zhang, '/api/crm/account', { name: '上海手工报价有限公司' })
const contact = await make(zhang, '/api/crm/contact', { name: '吴手工', account: account.id, mobile: '13912345699' })
const deal = await make(zhang, '/api/crm/opportunity', { name: '手工报价商机', account: account.id, contact: contact.id })

const ROWS = [
  { product: 'E6-A', name: '服务器A', qty: '12', discount: '5', tax: '13', shown: ['12.00', '8,888.88', '5.0%', '101,333.23', '13.0%', '13,173.32', '114,506.55'] },
  { product: 'E6-B', name: '软件许可B', qty: '3', discount: '10', tax: '13', shown: ['3.00', '12,345.67', '10.0%', '33,333.31', '13.0%', '4,333.33', '37,666.64'] },
  { product: 'E6-C', name: '实施服务六', qty: '17', discount: '0', tax: '6', shown: ['17.00', '1,500.00', '0.0%', '25,500.00', '6.0%', '1,530.00', '27,030.00'] }
]
const COLUMNS = ['数量', '标准价', '折扣', '不含税金额', '税率', '税额', '价税合计']
const ONE = { net_total: '160,166.54', tax_total: '19,036.65', total: '179,203.19', list_total: '169,203.57', discount_rate: '5.34%', total_words: '壹拾柒万玖仟贰佰零叁元壹角玖分' }
const TWO = { net_total: '155,361.54', tax_total: '18,465.55', total: '173,827.09', list_total: '169,203.57', discount_rate: '8.18%', total_words: '壹拾柒万叁仟捌佰贰拾柒元零玖分' }
const TWO_ROWS = [['98,293.23', '12,778.12'], ['32,333.31', '4,203.33'], ['24,735.00', '1,484.10']]

const bare = (text) => text.replace(/[,¥\s]/g, '')
/** Where the columns stand, by what their heads say. */
async function places(table) {
  const heads = (await table.getByRole('columnheader').allInnerTexts()).map((text) => text.trim())
  return (name) => heads.findIndex((head) => head === name) - 1
}
const cell = (table, row, column) => table.locator(`tr[aria-rowindex="${row + 1}"] [role=gridcell]`).nth(column)
async function totals(page, want) {
  for (const [name, text] of Object.entries(want)) await eventually(async () => (await field(page, name).first().innerText()).includes(text) || (await field(page, name).first().innerText()), true, name)
}
/** What the store has, as digits only. */
const DIGITS = ['net_total', 'tax_total', 'total', 'list_total']
async function sameEverywhere(id, want, rows) {
  const stored = (await zhang('GET', `/api/crm/quote/${id}`)).body
  assert.deepEqual(DIGITS.map((name) => stored[name]), DIGITS.map((name) => bare(want[name])))
  assert.equal(stored.total_words, want.total_words)
  assert.equal(`${(Number(stored.discount_rate) * 100).toFixed(2)}%`, want.discount_rate)
  assert.deepEqual(stored.lines.map((line) => [line.net, line.tax]), rows.map((row) => row.map(bare)))
  const { body } = await zhang('GET', `/api/crm/quote/export.csv?filter=id==${id}&fields=${DIGITS.join(',')},total_words`)
  assert.equal(body.replace('\uFEFF', '').trim().split(/\r?\n/)[1], [...DIGITS.map((name) => bare(want[name])), want.total_words].join(','))
  const whole = (await zhang('GET', `/api/crm/quote/export.csv?filter=id==${id}&rows=lines`)).body
  for (const amount of rows.flat().map(bare)) assert.ok(whole.includes(amount), `${amount} in the export with rows`)
  return stored
}

scene('E6 typed by hand: each row, discount and tax; every digit on the page is the one the API and the export have', async () => {
  const { page, context, faults } = await openAs(browser, crm.base, 'zhang')
  await page.goto(`${crm.base}/a/crm/quote/new`)
  await settled(page)
  await field(page, 'opportunity').getByRole('combobox').fill('手工报价商机')
  await page.getByRole('option', { name: /手工报价商机/ }).first().waitFor()
  await page.keyboard.press('Enter')
  await eventually(() => field(page, 'account').first().locator('input').first().inputValue().catch(() => ''), '上海手工报价有限公司')
  const table = page.getByRole('grid', { name: '明细' })
  for (const [i, row] of ROWS.entries()) {
    if (!(await cell(table, i + 1, 0).count())) await page.getByRole('button', { name: '添加一行' }).click()
    const place = await places(table)
    await cell(table, i + 1, place('产品')).click()
    // Enter at once, before the list has answered: it waits for what was typed, and takes that.
    await page.keyboard.type(row.name)
    await page.keyboard.press('Enter')
    await eventually(async () => (await cell(table, i + 1, place('产品')).innerText()).trim(), row.name)
    for (const [name, text] of [['数量', row.qty], ['折扣', row.discount], ['税率', row.tax]]) {
      await cell(table, i + 1, place(name)).click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type(text)
      await page.keyboard.press('Tab')
    }
  }
  const place = await places(table)
  for (const [i, row] of ROWS.entries()) {
    for (const [k, name] of COLUMNS.entries()) await eventually(async () => (await cell(table, i + 1, place(name)).innerText()).trim(), row.shown[k], `row ${i + 1}, ${name}`)
  }
  await totals(page, ONE)
  const foot = await table.locator('tfoot').innerText()
  for (const amount of ['160,166.54', '19,036.65', '179,203.19']) assert.ok(foot.includes(amount), `${amount} in the footer: ${foot}`)
  await axe(page, 'a quote being written')
  await shot(page, 'quote-typed')
  await page.keyboard.press('Control+S')
  await page.waitForURL(/\/quote\/\d+/)
  await settled(page)
  const id = Number(/quote\/(\d+)/.exec(page.url())[1])
  await totals(page, ONE)
  await shot(page, 'quote-saved')
  const stored = await sameEverywhere(id, ONE, ROWS.map((row) => [row.shown[3], row.shown[5]]))
  assert.equal(stored.approval, 'manager')

  // The order discount of the second version, spread over the rows.
  await page.keyboard.press('e')
  await field(page, 'order_discount').locator('input').first().fill('3')
  await totals(page, TWO)
  for (const [i, amounts] of TWO_ROWS.entries()) {
    for (const [k, name] of ['不含税金额', '税额'].entries()) await eventually(async () => (await cell(table, i + 1, place(name)).innerText()).trim(), amounts[k], `${name} ${i + 1}`)
  }
  await page.keyboard.press('Control+S')
  await eventually(async () => (await zhang('GET', `/api/crm/quote/${id}`)).body.rev, stored.rev + 1)
  await sameEverywhere(id, TWO, TWO_ROWS)

  await page.goto(`${crm.base}/a/crm/quote?view=all`)
  await settled(page)
  await page.getByText('173,827.09').first().waitFor()
  await shot(page, 'quote-list')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('E6 on a phone: the same digits, nothing scrolls sideways', async () => {
  const [id] = (await zhang('GET', `/api/crm/quote?filter=opportunity==${deal.id}&fields=id`)).body.records.map((r) => r.id)
  const { page, context, faults } = await openAs(browser, crm.base, 'zhang', { size: 'phone', theme: 'dark' })
  await page.goto(`${crm.base}/a/crm/quote/${id}`)
  await settled(page)
  await totals(page, { net_total: TWO.net_total, tax_total: TWO.tax_total, total: TWO.total, total_words: TWO.total_words })
  for (const amount of TWO_ROWS.flat()) await page.getByText(amount, { exact: true }).first().waitFor()
  await noSidewaysScroll(page, 'a quote')
  await axe(page, 'a quote on a phone')
  await shot(page, 'quote-phone')
  await context.close()
  assert.deepEqual(faults, [])
})

const money = await serve({ app: join(ROOT, 'tests/e2e/money_app'), args: [] })
const ask = await api(money.base, 'admin')
const pumps = await make(ask, '/api/money/offer', { name: '水泵', currency: 'USD', lines: [{ what: '泵', qty: 12, price: '1234.50', abroad: 'EUR' }, { what: '阀', qty: 3, price: '0.10', abroad: 'USD' }] })
const pipes = await make(ask, '/api/money/offer', { name: '管道', in_yuan: '7.5', lines: [{ what: '管', qty: 1, price: '300' }] })
await make(ask, '/api/money/receipt', { day: '2026-01-05', offer: pumps.id, amount: '5000' })
assert.equal((await ask('PATCH', `/api/money/offer/${pipes.id}`, { currency: 'EUR', lines: [{ what: '管', qty: 2, price: '300' }] }, { 'If-Match': '"1"' })).status, 200)
assert.equal((await ask('PATCH', `/api/money/offer/${pipes.id}`, { name: '管道二', lines: [{ what: '管', qty: 3, price: '300' }] }, { 'If-Match': '"2"' })).status, 200)

scene('F03 amounts in the currency their record names: rows, footer, title, history, related records', async () => {
  const { page, context, faults } = await openAs(browser, money.base, 'admin')
  await page.goto(`${money.base}/a/money/offer/${pumps.id}`)
  await settled(page)
  await page.getByRole('heading', { name: /水泵 US\$14,814\.30/ }).first().waitFor()
  assert.match(await field(page, 'total').first().innerText(), /US\$14,814\.30/)
  const table = page.getByRole('grid', { name: '明细' })
  const heads = (await table.getByRole('columnheader').allInnerTexts()).join('|')
  assert.match(heads, /单价 USD/)
  assert.match(heads, /净额 USD/)
  assert.match(await cell(table, 1, 5).innerText(), /€12\.00/)
  assert.match(await cell(table, 2, 5).innerText(), /US\$3\.00/)
  assert.match(await table.locator('tfoot').innerText(), /€12\.00、US\$3\.00/)
  await page.keyboard.press('e')
  const chosen = field(page, 'currency').first()
  await chosen.getByRole('combobox').first().click()
  await page.getByRole('option', { name: '欧元' }).click()
  await eventually(async () => (await table.getByRole('columnheader').allInnerTexts()).join('|').includes('单价 EUR'), true)
  await eventually(async () => (await field(page, 'total').first().innerText()).includes('€14,814.30'), true)
  await shot(page, 'currency-rows')
  await axe(page, 'an offer in euros')
  await page.goto(`${money.base}/a/money/offer/${pipes.id}`)
  await settled(page)
  const feed = page.locator('.ch')
  await eventually(async () => (await feed.allInnerTexts()).some((text) => /300\.00\s+€600\.00/.test(text)), true, `what was in yuan, then in euros: ${await feed.allInnerTexts()}`)
  await eventually(async () => (await feed.allInnerTexts()).some((text) => /€600\.00\s+€900\.00/.test(text)), true)
  await shot(page, 'currency-history')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('F03 lists, boards and figures add up a currency at a time; a lookup is told in its record\'s', async () => {
  const { page, context, faults } = await openAs(browser, money.base, 'admin')
  await page.goto(`${money.base}/a/money/offer`)
  await settled(page)
  await page.getByText('€900.00').first().waitFor()
  await page.getByText('US$14,814.30').first().waitFor()
  await page.locator('footer').getByText('US$14,814.30、€900.00').waitFor()
  await page.locator('footer').getByText('¥7.50').waitFor()
  assert.match(await page.locator('.tn-chip').filter({ hasText: '进行中' }).first().getAttribute('class'), /blue/, 'F07: a choice in its colour')
  await axe(page, 'offers in several currencies')
  await shot(page, 'currency-list')
  await page.goto(`${money.base}/a/money/offer?view=board`)
  await settled(page)
  await page.locator('.column header').getByText('US$14,814.30、€900.00').waitFor()
  await page.goto(`${money.base}/a/money/receipt`)
  await settled(page)
  assert.equal(await page.getByText('US$14,814.30').count() >= 2, true)
  await page.getByText('US$5,000.00').first().waitFor()
  await shot(page, 'currency-lookup')
  await page.goto(`${money.base}/a/money`)
  await settled(page)
  await page.getByText('US$14,814.30、€900.00').waitFor()
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await crm.stop()
await money.stop()
