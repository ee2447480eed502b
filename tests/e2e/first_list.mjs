// What a browser that has nothing yet fetches before it shows the first list: at most 12 requests (the icon of the tab is the
// browser's own affair; the stream of news is opened beside the list, sometimes before it, and nothing waits for it). How long it takes is told, not judged: a second is the aim, and a machine that runs tests is a busy one.
import { assert, openAs, play, scene, serve, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()

async function firstList(storageState) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState })
  const page = await context.newPage()
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const from = Date.now()
  await page.goto(`${server.base}/a/crm/lead`)
  await page.locator('[role=gridcell]').first().waitFor()
  const took = Date.now() - from
  await context.close()
  const before = asked.slice(0, asked.indexOf('/api/crm/lead') + 1).filter((path) => !['/icon.svg', '/api/events'].includes(path))
  return { took, before }
}

scene('the first list takes at most 12 requests', async () => {
  const { context } = await openAs(browser, server.base, 'zhang')
  const state = await context.storageState()
  await context.close()
  const runs = []
  for (let i = 0; i < 3; i++) runs.push(await firstList(state))
  const { before } = runs.reduce((a, b) => (b.before.length < a.before.length ? b : a))
  console.log(`        ${runs.map((run) => run.took).join(', ')} ms; ${before.length} requests: ${before.join(' ')}`)
  assert.ok(before.length > 3 && before.length <= 12, `${before.length} requests before the first list`)
})

await play()
await browser.close()
await server.stop()
