// F13: a sub-table of 500 rows as a spreadsheet. What a keystroke costs the page is measured: CPU time of its main thread, from the
// key to the frame handed to the compositor (script, style, layout, painting), as the browser counts it (Performance.getMetrics). The
// aim is p95 under 16 ms; it is told always, beside what the same keys cost in a bare input, and judged at TENON_DEPTH above 1 on a
// quiet machine (a busy neighbour of the same core doubles it, the bare input's too). Then ordering, copying, removing, a block from Excel, the footer's sums;
// everything is read again from the server.
import { join } from 'node:path'
import { api, assert, axe, eventually, isJudged, meter, noSidewaysScroll, openAs, play, ROOT, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const ROWS = 500
const P95_MS = 16
const server = await serve({ app: join(ROOT, 'tests/e2e/rows_app'), args: [] })
const browser = await startBrowser()
const call = await api(server.base, 'admin')

async function parts() {
  const ids = []
  for (let i = 0; i < ROWS + 20; i += 100) {
    const operations = Array.from({ length: Math.min(100, ROWS + 20 - i) }, (_, k) => ({ op: 'create', values: { name: `零件${String(i + k + 1).padStart(4, '0')}`, price: `${(i + k) % 90 + 10}.50` } }))
    const { status, body } = await call('POST', '/api/rows/part/batch', { atomic: true, operations })
    assert.equal(status, 200)
    ids.push(...body.results.map((r) => r.record.id))
  }
  return ids
}
const ids = await parts()
const bill = (await call('POST', '/api/rows/bill', { name: '五百行', lines: ids.slice(0, ROWS).map((part, i) => ({ part, qty: String(i % 7 + 1), discount: '0.05', due: '2026-12-01' })) })).body
assert.equal(bill.lines.length, ROWS)

const KEYS = ['Control+a', ...'123.45', 'Tab', ...'67', 'Enter', 'ArrowUp', 'Tab', ...'12', 'Enter']
/** ms of each key, all of it and what is the page's own (script, style, layout), least first. */
async function keysOf(context, page, starts) {
  const meterOf = await meter(context, page)
  await page.waitForTimeout(500)
  const idle = (await meterOf.since()).task / 10
  const costs = []
  for (const start of starts) {
    await start()
    for (const key of KEYS) {
      await meterOf.since()
      await page.keyboard.press(key)
      await page.waitForTimeout(50)
      const { task, script, style, layout } = await meterOf.since()
      costs.push({ all: task - idle, own: script + style + layout })
    }
  }
  const at = (which) => (share) => costs.map((one) => one[which]).sort((a, b) => a - b)[Math.min(costs.length - 1, Math.floor(costs.length * share))]
  return { count: costs.length, all: at('all'), own: at('own') }
}
const say = (at) => `median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, longest ${at(1).toFixed(1)} ms`

scene(`a keystroke among ${ROWS} rows costs the main thread less than ${P95_MS} ms, painting and all (p95)`, async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.setContent('<input aria-label="bare">')
  const bare = await keysOf(context, page, Array(8).fill(() => page.locator('input').click()))
  await page.goto(`${server.base}/a/rows/bill/${bill.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const table = page.getByRole('grid', { name: '明细' })
  await page.getByRole('button', { name: '保存', exact: true }).first().waitFor()
  await settled(page)
  // As it is felt: from the key to the frame that shows it, in steps of 8 ms and of frames.
  await page.evaluate(() => {
    window.felt = []
    new PerformanceObserver((list) => window.felt.push(...list.getEntries().filter((e) => e.name === 'keydown').map((e) => e.duration))).observe({ type: 'event', durationThreshold: 16 })
  })
  const typed = await keysOf(context, page, [1, 2, 12, 3, 5, 8, 10, 4].map((row) => () => table.locator(`tr[aria-rowindex="${row + 1}"] [role=gridcell]`).nth(1).click()))
  const felt = (await page.evaluate(() => window.felt)).sort((a, b) => a - b)
  console.log(`        ${typed.count} keystrokes: ${say(typed.all)}; script, style and layout of it ${say(typed.own)}; felt: ${typed.count - felt.length} below 16 ms, longest ${felt.at(-1) ?? 0} ms`)
  console.log(`        the same keys in a bare input: ${say(bare.all)}`)
  await shot(page, 'rows-500')
  const drawn = await table.locator('tbody tr').count()
  assert.ok(drawn < 60, `${drawn} rows are in the page`)
  assert.ok(!isJudged() || typed.all(0.95) < P95_MS, `p95 ${typed.all(0.95).toFixed(1)} ms`)
  await context.close()
  assert.deepEqual(faults, [])
})

const cell = (table, row, column) => table.locator(`tr[aria-rowindex="${row + 1}"] [role=gridcell]`).nth(column)
const stored = async () => (await call('GET', `/api/rows/bill/${bill.id}?titles=1`)).body
const cents = (text) => BigInt(String(text).replace('.', ''))

scene('a block from Excel, a copy, rows ordered and removed, undone; the footer is the sum; all of it is stored', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  const before = await stored()
  await page.goto(`${server.base}/a/rows/bill/${bill.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const table = page.getByRole('grid', { name: '明细' })
  await cell(table, 1, 1).click()
  await page.keyboard.press('Escape')
  await page.evaluate(() => navigator.clipboard.writeText('11\t1,000.50\t5%\n12\t2000\t0\n13\t¥30.25\t10%'))
  await page.keyboard.press('Control+V')
  await page.getByText(/已填入/).first().waitFor()
  assert.match(await cell(table, 1, 2).innerText(), /1,000\.50/)
  assert.match(await cell(table, 3, 1).innerText(), /13/)

  await table.getByRole('columnheader', { name: /数量/ }).getByRole('button').click()
  await table.getByRole('columnheader', { name: /数量/ }).getByRole('button').click()
  assert.match(await cell(table, 1, 1).innerText(), /^13/)
  assert.match(await cell(table, 2, 1).innerText(), /^12/)

  // The last row of 500 is reached by keyboard, and removed.
  await cell(table, 1, 0).click()
  await page.keyboard.press('Escape')
  await page.evaluate(() => document.querySelector('.frame.long')?.scrollTo({ top: 1e6 }))
  await cell(table, ROWS, 1).click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Delete')
  await eventually(() => table.getAttribute('aria-rowcount').then(Number), ROWS)
  const total = (await table.locator('tfoot').innerText()).replace(/[^0-9.]/g, ' ')
  await axe(page, 'a sub-table of 500 rows')
  await shot(page, 'rows-ordered')
  await page.keyboard.press('Control+S')
  await eventually(async () => (await stored()).lines.length, ROWS - 1)
  const now = await stored()
  assert.equal(now.rev, before.rev + 1)
  assert.deepEqual(now.lines.slice(0, 3).map((l) => [l.qty, l.price, l.discount]), [['13.00', '30.25', '0.1000'], ['12.00', '2000.00', '0.0000'], ['11.00', '1000.50', '0.0500']])
  const sum = now.lines.reduce((all, line) => all + cents(line.net), 0n)
  assert.equal(cents(now.total), sum)
  assert.ok(total.replace(/ /g, '').includes(String(sum).slice(0, -2)), `the footer (${total}) shows the sum ${sum}`)
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a row that needs a reason says so at its cell; a row given twice too; nothing is stored', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  const before = await stored()
  await page.goto(`${server.base}/a/rows/bill/${bill.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const table = page.getByRole('grid', { name: '明细' })
  await cell(table, 2, 3).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('30%')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+S')
  await cell(table, 2, 5).and(page.locator('[aria-invalid=true]')).waitFor()
  assert.equal((await stored()).rev, before.rev)
  await context.close()
  assert.deepEqual(faults, [])
})

// F13: every row of a long table has one height, whatever stands in it, and a sum is read whole.
scene('long words and large amounts stay in their rows', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  const lines = ids.slice(0, 80).map((part, i) => ({ part, qty: '1', price: i ? '9.50' : '123456789012.50', reason: i % 2 ? '一' : '很长的原因，一行写不下，两行也写不下，'.repeat(4) }))
  const large = (await call('POST', '/api/rows/bill', { name: '高', lines })).body
  await page.goto(`${server.base}/a/rows/bill/${large.id}`)
  await settled(page)
  await page.keyboard.press('e')
  const table = page.getByRole('grid', { name: '明细' })
  await cell(table, 1, 1).waitFor()
  const heights = await table.locator('tbody tr[aria-rowindex]').evaluateAll((rows) => [...new Set(rows.map((row) => Math.round(row.getBoundingClientRect().height)))])
  assert.equal(heights.length, 1, `rows are ${heights.join(', ')} px high`)
  const sum = await table.locator('tfoot .right .words').filter({ hasText: '123,456' }).evaluate((words) => {
    const range = document.createRange()
    range.selectNodeContents(words)
    const [text, box, td] = [range.getBoundingClientRect(), words.getBoundingClientRect(), words.closest('td').getBoundingClientRect()]
    return { over: Math.round(text.right - td.right), wide: text.width > box.width, cut: getComputedStyle(words).contain.includes('paint') || getComputedStyle(words).contain === 'strict' }
  })
  assert.ok(sum.over <= 0 && !sum.cut, `the sum goes ${sum.over} px beyond its column, cut: ${sum.cut}`)
  await shot(page, 'rows-large')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('on a phone each row is a card; nothing scrolls sideways', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: 'phone', theme: 'dark', lang: 'en' })
  await page.goto(`${server.base}/a/rows/bill/${bill.id}`)
  await settled(page)
  await noSidewaysScroll(page, 'a record of 500 rows')
  await axe(page, 'a record of 500 rows on a phone')
  await shot(page, 'rows-phone')
  await context.close()
  assert.deepEqual(faults, [])
})

// B01: one layout at 1440 and at 360 px; Tab goes through the fields as the eye does: line by line, left to right.
for (const width of [1440, 360]) {
  scene(`the keyboard goes as the eye does at ${width} px`, async () => {
    const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: width === 360 ? 'phone' : 'wide' })
    await page.setViewportSize({ width, height: 900 })
    await page.goto(`${server.base}/a/rows/part/new`)
    await settled(page)
    await noSidewaysScroll(page, `a form at ${width} px`)
    const places = []
    await page.locator('[data-field] input').first().focus()
    for (let i = 0; i < 12; i++) {
      const place = await page.evaluate(() => {
        const box = document.activeElement?.closest('[data-field]')
        const { top, left } = box?.getBoundingClientRect() ?? {}
        return box ? { name: box.dataset.field, top: Math.round(top + window.scrollY), left: Math.round(left) } : null
      })
      if (place && place.name !== places.at(-1)?.name) places.push(place)
      await page.keyboard.press('Tab')
    }
    assert.deepEqual(places.map((p) => p.name), ['name', 'price', 'on_sale'])
    for (const [i, place] of places.entries()) {
      const before = places[i - 1]
      if (before) assert.ok(place.top > before.top + 4 || (Math.abs(place.top - before.top) <= 4 && place.left > before.left), `${place.name} comes after ${before.name}`)
    }
    await context.close()
    assert.deepEqual(faults, [])
  })
}

await play()
await browser.close()
await server.stop()
