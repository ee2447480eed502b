// node tools/screenshots.mjs [TENON]: the pictures of the README, off the CRM with its demo data, into docs/screenshots.
// Run it on the Node of web/node_modules; each picture stays below 150 kB.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, api, openAs, serve, settled, startBrowser } from '../tests/e2e/lib.mjs'

const LIMIT = 150_000
const server = await serve()
const browser = await startBrowser()
const ask = await api(server.base, 'zhang')
const first = async (form, filter) => (await ask('GET', `/api/crm/${form}?limit=1&fields=id&filter=${encodeURIComponent(filter)}`)).body.records[0].id
const order = await first('order', "status == 'confirmed'")

const PICTURES = [
  ['home', '/a/crm', 'wide', 'light'],
  ['list', '/a/crm/lead?view=mine', 'wide', 'light'],
  ['record', `/a/crm/order/${order}`, 'wide', 'light'],
  ['board-dark', '/a/crm/opportunity?view=pipeline', 'wide', 'dark'],
  ['phone', '/a/crm/lead?view=mine', 'phone', 'light']
]
let large = 0
for (const lang of ['zh-CN', 'en'])
  for (const [name, path, size, theme] of PICTURES) {
    const { page, context } = await openAs(browser, server.base, 'zhang', { size, theme, lang })
    if (size === 'wide') await page.setViewportSize({ width: 1120, height: 640 })
    await page.goto(server.base + path)
    await settled(page)
    const file = join(ROOT, 'docs/screenshots', `${name}.${lang}.png`)
    await page.screenshot({ path: file })
    const bytes = statSync(file).size
    if (bytes > LIMIT) large++
    console.log(`${bytes > LIMIT ? 'TOO LARGE' : 'ok'} ${file} ${Math.round(bytes / 1000)} kB`)
    await context.close()
  }
await browser.close()
await server.stop()
process.exitCode = large ? 1 : 0
