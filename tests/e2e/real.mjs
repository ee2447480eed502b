// Real data in the CRM, brought in by the command line and looked at in the pages: the figures of the imports are what people read.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assert, openAs, play, ROOT, scene, serve, settled, shot, skip, startBrowser } from './lib.mjs'

const data = join(ROOT, '../shared/data')
const [maven, szse] = [join(data, 'maven_crm'), join(data, 'cn_companies/szse_a_share_companies.csv')]
if (!existsSync(maven) || !existsSync(szse)) skip('the real data is not there: nothing to import')

const server = await serve({ args: [] })
const browser = await startBrowser()
const maps = (name) => join(ROOT, 'tests/apps', name)
function bring(form, file, map) {
  const run = spawnSync(process.argv[2] ?? join(ROOT, 'build/release/tenon'), ['import', 'crm', form, file, '--map', map, '--data', server.data], { encoding: 'utf8' })
  return run.stdout + run.stderr
}
const grid = (page) => page.getByRole('grid')

scene("Maven's pipeline: the sum under the list of what was won", async () => {
  const products = readFileSync(join(maven, 'products.csv'), 'utf8').trim().split('\n')
  const file = join(server.data, 'products.csv')
  writeFileSync(file, products.map((line, i) => (i ? `${line.split(',')[0].toUpperCase().replaceAll(' ', '-')},${line}` : `code,${line}`)).join('\n'))
  assert.match(bring('account', join(maven, 'accounts.csv'), maps('crm_pipeline/accounts.json')), /85 created/)
  assert.match(bring('product', file, maps('crm_pipeline/products.json')), /7 created/)
  assert.match(bring('opportunity', join(maven, 'sales_pipeline.csv'), maps('crm_pipeline/opportunities.json')), /7375 created/)
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/opportunity?f=stage~in~won&c=name,account,stage,amount`)
  await settled(page)
  await page.getByText('¥10,005,534.00').waitFor()
  await page.getByText(/共 4,238 条/).waitFor()
  await shot(page, 'real-pipeline')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('2,880 companies of Shenzhen: found by two characters and by the letters of their sounds', async () => {
  assert.match(bring('account', szse, maps('crm_companies/accounts.json')), /2880 created/)
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/account`)
  await settled(page)
  await page.getByText(/共 2,965 条/).waitFor()
  const search = page.getByRole('textbox', { name: '在客户中搜索' })
  await search.fill('万科企业')
  await grid(page).getByText('万科企业股份有限公司').waitFor()
  await search.fill('wkqy')
  await page.getByText(/共 1 条/).waitFor()
  await grid(page).getByText('万科企业股份有限公司').waitFor()
  await search.fill('科技')
  await settled(page)
  const found = Number((await page.locator('footer').textContent()).match(/共 ([\d,]+)/)[1].replace(',', ''))
  assert.ok(found > 900, `科技 finds ${found}`)
  await shot(page, 'real-companies')
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
