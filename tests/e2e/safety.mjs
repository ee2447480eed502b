// Script in every text, on every page that shows it: nothing runs. A field of a stored record, a name of a person and of a
// department, a label of a view, a comment, the address itself.
import { api, assert, openAs, play, scene, serve, settled, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const ask = await api(server.base, 'admin')
const CORPUS = [
  '<script>window.hit=1</script>', '<img src=x onerror="window.hit=1">', '"><svg onload=window.hit=1>', "'-window.hit=1-'", 'javascript:window.hit=1', '{{constructor.constructor("window.hit=1")()}}',
  '<a href="javascript:window.hit=1">x</a>', '<iframe srcdoc="<script>parent.hit=1</script>">', '</title><script>window.hit=1</script>', '${window.hit=1}'
]

scene('what people type is shown as text, on every page', async () => {
  for (const [i, text] of CORPUS.entries()) {
    const made = await ask('POST', '/api/crm/lead', { company: `${text} ${i}`, contact: text.slice(0, 50), mobile: `1391234${String(5000 + i)}`, need: CORPUS.join('\n'), position: text.slice(0, 50), owner: 'zhang' })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    assert.equal((await ask('POST', `/api/crm/lead/${made.body.id}/comments`, { text: `@zhang ${text}` })).status, 201)
  }
  assert.equal((await ask('POST', '/api/users', { user: 'xss', label: CORPUS[1], dept: null })).status, 201)
  assert.equal((await ask('POST', '/api/depts', { dept: 'xss', label: CORPUS[2] })).status, 201)
  assert.equal((await ask('POST', '/api/crm/lead/views', { view: 'xss', label: CORPUS[0], kind: 'table', columns: ['company', 'contact'], shared: true })).status, 201)
  const leads = (await ask('GET', '/api/crm/lead?limit=10&fields=id&sort=-created_at')).body.records
  const visits = [
    ['zhang', ['/a/crm', '/a/crm/lead', '/a/crm/lead?view=xss', '/a/crm/lead?view=board', ...leads.slice(0, 4).map((l) => `/a/crm/lead/${l.id}`), `/a/crm/lead?q=${encodeURIComponent(CORPUS[1])}`, `/a/crm/lead?f=${encodeURIComponent('company~is~' + CORPUS[0])}`, `/a/crm/lead?view=${encodeURIComponent(CORPUS[2])}`]],
    ['admin', ['/admin/people', '/admin/audit', '/admin/roles/crm', '/admin/sessions?user=xss', `/admin/sessions?user=${encodeURIComponent(CORPUS[1])}`]]
  ]
  for (const [login, paths] of visits) {
    const { page, context, faults } = await openAs(browser, server.base, login)
    for (const path of paths) {
      await page.goto(server.base + path)
      await settled(page)
      assert.equal(await page.evaluate(() => window.hit), undefined, `a script ran on ${path}`)
    }
    if (login === 'zhang') {
      await page.keyboard.press('Control+K')
      await page.keyboard.insertText('window')
      await page.waitForTimeout(600)
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^通知/ }).click()
      await page.waitForTimeout(400)
      assert.equal(await page.evaluate(() => window.hit), undefined, 'a script ran in palette or bell')
    }
    await context.close()
    assert.deepEqual(faults, [])
  }
})

scene('the login page leads nowhere else', async () => {
  for (const to of ['//evil.example/x', 'https://evil.example/', 'javascript:window.hit=1', '/\\evil.example']) {
    const { page, context } = await openAs(browser, server.base, null)
    await page.goto(`${server.base}/login?to=${encodeURIComponent(to)}`)
    await page.locator('#login').fill('zhang')
    await page.locator('#password').fill('tenon-demo')
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/login')
    assert.equal(new URL(page.url()).origin, server.base)
    assert.equal(await page.evaluate(() => window.hit), undefined)
    await context.close()
  }
})

scene('pages come with a policy that lets no foreign and no inline script in', async () => {
  const headers = (await fetch(`${server.base}/`)).headers
  const policy = headers.get('content-security-policy')
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
})

await play()
await browser.close()
await server.stop()
