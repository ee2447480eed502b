// A list of 100,000 rows (10,000 below TENON_DEPTH 10): scrolled by the wheel, jumped to its end, without holding all rows. The
// figures are told beside those of the probe that chose the grid (CPU time of the page's thread, longest wait between frames) and
// judged above TENON_DEPTH 1 on a quiet machine; always judged is how many rows the page holds.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, isJudged, meter, openAs, play, scene, serve, settled, startBrowser } from './lib.mjs'

const ROWS = Number(process.env.TENON_DEPTH ?? 1) >= 10 ? 100_000 : 10_000
const [BUSY_MS, FRAME_MS] = [3_182, 100]
const server = await serve()
const file = join(server.data, 'products.csv')
const lines = ['code,name,list_price']
for (let i = 0; i < ROWS; i++) lines.push(`BIG-${String(i).padStart(6, '0')},大列表产品 ${i},${(i % 997) + 1}.00`)
writeFileSync(file, lines.join('\n'))
const said = execFileSync(process.argv[2] ?? 'build/release/tenon', ['import', 'crm', 'product', file, '--data', server.data], { encoding: 'utf8' })
assert.match(said, new RegExp(`${ROWS} created`))
const browser = await startBrowser()

scene(`${ROWS} rows`, async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/product?sort=-code`)
  await settled(page)
  const grid = page.getByRole('grid')
  const inPage = () => grid.getByRole('row').count()
  assert.ok((await inPage()) < 80, 'only rows in sight are in the page')
  const box = await grid.boundingBox()
  await page.mouse.move(box.x + 300, box.y + 200)
  const meterOf = await meter(context, page)
  const before = await page.evaluate(() => {
    window.longest = 0
    let last = performance.now()
    const tick = (now) => {
      window.longest = Math.max(window.longest, now - last)
      last = now
      requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    return performance.now()
  })
  await meterOf.since()
  for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 700)
  await settled(page)
  const busy = await meterOf.since()
  const [took, longest] = await page.evaluate((from) => [performance.now() - from, window.longest], before)
  console.log(`        60 turns of the wheel: main thread ${Math.round(busy.task)} ms (probe: ${BUSY_MS}; script ${Math.round(busy.script)}, layout ${Math.round(busy.layout)}, style ${Math.round(busy.style)}), longest frame ${Math.round(longest)} ms (probe: ${FRAME_MS}), ${Math.round(took)} ms with fetching, heap ${(await meterOf.heap()).toFixed(1)} MB`)
  if (isJudged()) {
    assert.ok(busy.task <= BUSY_MS, `main thread ${Math.round(busy.task)} ms`)
    assert.ok(longest <= FRAME_MS, `longest frame ${Math.round(longest)} ms`)
  }
  assert.ok((await inPage()) < 80)
  await grid.evaluate((element) => element.scrollTo({ top: element.scrollHeight }))
  await settled(page)
  await grid.getByText('BIG-000000').or(grid.getByRole('row').last()).first().waitFor()
  const last = Number(await grid.getByRole('row').last().getAttribute('aria-rowindex'))
  assert.ok(last > ROWS, `the last row is shown: ${last}`)
  assert.ok((await inPage()) < 80)
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
