// What every browser test needs: a server of its own on loopback with the demo data, Debian's Chromium, people who log in, axe,
// and a page that tells what went wrong in it. Whatever is started here is stopped here, by pid.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer as httpServer, request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const modules = join(ROOT, 'web/node_modules')
const CHROMIUM = process.env.TENON_CHROMIUM ?? '/usr/bin/chromium'
export const PASSWORD = 'tenon-demo'
export { assert }

export function skip(why) {
  console.log(why)
  process.exit(77)
}
if (!existsSync(join(modules, 'playwright-core'))) skip('web/node_modules is not there: no browser tests')
if (!existsSync(CHROMIUM)) skip(`${CHROMIUM} is not there: no browser tests`)

const { chromium } = await import(join(modules, 'playwright-core/index.mjs'))
const AXE = readFileSync(join(modules, 'axe-core/axe.min.js'), 'utf8')

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

// A slow machine and a slow line, to find what only their speed hides: TENON_SLOW=4 gives each page a quarter of the processor,
// TENON_LAG=300 holds each question of a page, or its answer, back for up to 300 ms, so that answers overtake each other.
const SLOW = Number(process.env.TENON_SLOW ?? 1)
const LAG = Number(process.env.TENON_LAG ?? 0)
// Another day, or another hour of it: TENON_TEST_CLOCK=2026-11-28T23:59:00+08:00 is the server's clock and the pages'.
const DAY = process.env.TENON_TEST_CLOCK
export const today = () => (DAY ? Date.parse(DAY) : Date.now())
/** How long anything may take before it counts as failed: long, for nothing is won by failing early. */
const PATIENCE = 60_000

/** Stands before the server where TENON_LAG asks for it; what does not come from a page passes at once. */
async function slowLine(port) {
  const late = (slow) => new Promise((resolve) => setTimeout(resolve, slow ? Math.random() * LAG : 0))
  const line = httpServer(async (asked, answer) => {
    const slow = /Chrom/.test(asked.headers['user-agent'] ?? '') && asked.url.startsWith('/api/')
    const before = Math.random() < 0.5
    await late(slow && before)
    const on = httpRequest({ host: '127.0.0.1', port, method: asked.method, path: asked.url, headers: asked.headers }, async (got) => {
      await late(slow && !before)
      answer.writeHead(got.statusCode, got.headers)
      answer.flushHeaders()
      got.pipe(answer)
    })
    on.on('error', () => answer.destroy())
    answer.on('close', () => on.destroy())
    asked.pipe(on)
  })
  await new Promise((resolve) => line.listen(0, '127.0.0.1', resolve))
  return line
}

/** Serves an app folder (the CRM with its demo data unless told) from a data folder that goes with it. */
export async function serve({ app = join(ROOT, 'apps/crm'), args = ['--demo'] } = {}) {
  const binary = process.argv[2] ?? join(ROOT, 'build/release/tenon')
  const data = mkdtempSync(join(tmpdir(), 'tenon-e2e-'))
  const port = await freePort()
  let base = `http://127.0.0.1:${port}`
  const child = spawn(binary, ['serve', app, '--data', data, '--listen', `127.0.0.1:${port}`, ...args, ...(DAY && !args.includes('--test-clock') ? ['--test-clock'] : []), ...(process.env.TENON_WEB ? ['--web', process.env.TENON_WEB] : [])], {
    env: { ...process.env, TENON_ADMIN_PASSWORD: PASSWORD, TENON_LOG: 'warn' }, stdio: ['ignore', 'pipe', 'pipe']
  })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  for (let i = 0; ; i++) {
    if (child.exitCode !== null || i > 1200) throw new Error(`the server did not start:\n${said}`)
    if (await fetch(`${base}/healthz`).then((r) => r.ok, () => false)) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const line = LAG > 0 ? await slowLine(port) : undefined
  if (line) base = `http://127.0.0.1:${line.address().port}`
  const stop = async () => {
    line?.closeAllConnections()
    line?.close()
    child.kill('SIGTERM')
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()))
    rmSync(data, { recursive: true, force: true })
  }
  return { base, data, stop, log: () => said }
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']
  })
}

/**
 * A window of one person. `faults` collects script errors, refused resources and policy violations: a test ends by asserting
 * that it is empty.
 */
export async function openAs(browser, base, login, { size = 'wide', theme = 'light', lang = 'zh-CN' } = {}) {
  const phone = size === 'phone'
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }, hasTouch: phone, isMobile: phone, colorScheme: theme, locale: lang,
    reducedMotion: 'reduce', acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write']
  })
  await context.addInitScript(([l]) => { if (!localStorage.getItem('tenon.lang')) localStorage.setItem('tenon.lang', l) }, [lang])
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  if (DAY) await page.clock.setSystemTime(today())
  if (SLOW > 1) await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: SLOW })
  pages.push(page)
  const faults = []
  // The event stream never ends, so "network idle" never comes: calls under way are counted without it.
  page.underWay = new Set()
  page.on('request', (request) => { if (!request.url().endsWith('/api/events')) page.underWay.add(request) })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.underWay.delete(request))
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('console', (message) => {
    // A refusal the page handles (401 before login, 404, 412, 422 …) is printed by the browser as an error; it is no fault.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => { if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`) })
  if (login) await logIn(page, base, login)
  return { page, context, faults }
}

export async function logIn(page, base, login, password = PASSWORD) {
  await page.goto(`${base}/login`)
  await page.locator('#login').fill(login)
  await page.locator('#password').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/login')
}

/** The page has its data: for a fifth of a second nothing was asked, nothing is a skeleton, and the page has drawn. */
export async function settled(page) {
  await page.waitForLoadState('domcontentloaded')
  const until = Date.now() + PATIENCE
  const under = () => [...page.underWay].map((request) => request.url())
  for (let quiet = 0; quiet < 4; ) {
    await page.waitForTimeout(50)
    const skeletons = await page.locator('.tn-skeleton, [role=row][aria-busy=true]').count()
    quiet = page.underWay.size === 0 && skeletons === 0 ? quiet + 1 : 0
    assert.ok(Date.now() < until, `the page does not come to rest: ${skeletons} skeletons, ${under().join(' ')}`)
  }
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))))
  await page.evaluate(() => document.fonts.ready)
}

/**
 * What the page's main thread has done since, in ms of its own CPU time: waiting for a busy machine does not count. `task` is all of
 * it, the rest are parts of it.
 */
export async function meter(context, page) {
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((m) => [m.name, m.value]))
  let last = await read()
  return {
    heap: async () => {
      await session.send('HeapProfiler.collectGarbage')
      return (await read()).JSHeapUsedSize / 2 ** 20
    },
    since: async () => {
      const [before, now] = [last, (last = await read())]
      const ms = (name) => (now[name] - before[name]) * 1000
      return { task: ms('TaskDuration'), script: ms('ScriptDuration'), layout: ms('LayoutDuration'), style: ms('RecalcStyleDuration') }
    }
  }
}

/** Figures are told always, and judged where depth is asked for and the machine has the time: less than one task waits for each processor. */
export const isJudged = () => SLOW === 1 && Number(process.env.TENON_DEPTH ?? 1) > 1 && loadavg()[0] < cpus().length

/** What is stored becomes what is expected, soon: a page answers before it has asked. */
export async function eventually(read, expected, what = '') {
  for (const until = Date.now() + PATIENCE; ; ) {
    const got = await read()
    try {
      assert.deepEqual(got, expected)
      return
    } catch {
      if (Date.now() > until) assert.deepEqual(got, expected, what)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** WCAG 2.0 to 2.2, A and AA: no violation at all. */
export async function axe(page, name) {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  const text = violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} ${n.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join('\n    ')}`)
  assert.equal(violations.length, 0, `axe on ${name}:\n  ${text.join('\n  ')}`)
}

/** Nothing may make the page scroll sideways on a phone. */
export async function noSidewaysScroll(page, name) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
  assert.ok(wide <= room, `${name} is ${wide} px wide in a window of ${room}`)
}

/** Pictures for people who look at them: only where TENON_SHOTS names a folder. */
export async function shot(page, name) {
  const folder = process.env.TENON_SHOTS
  if (!folder) return
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** Calls the API as somebody, beside the pages: what is stored is read again here. */
export async function api(base, login, password = PASSWORD) {
  const first = await fetch(`${base}/api/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) })
  assert.equal(first.status, 201)
  const cookie = first.headers.get('set-cookie').split(';')[0]
  const { csrf } = await first.json()
  const ask = async (method, path, body, headers = {}) => {
    const response = await fetch(base + path, {
      method, headers: { cookie, 'X-CSRF-Token': csrf, 'Content-Type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body)
    })
    const text = await response.text()
    return { status: response.status, body: text && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
  }
  return Object.assign(ask, { cookie })
}

/**
 * The five people of the approval scenes, with their roles in the app: chen sells, li is her superior and he is his, su has the
 * money, han the law. `admin` and everybody by login speak to the API.
 */
export async function staff(base, app, more = []) {
  const admin = await api(base, 'admin')
  const people = [
    { user: 'he', label: '何正宏', roles: { [app]: ['lead'] } },
    { user: 'li', label: '李建国', superior: 'he', roles: { [app]: ['lead'] } },
    { user: 'chen', label: '陈思敏', superior: 'li', roles: { [app]: ['sales'] } },
    { user: 'su', label: '苏颖', roles: { [app]: ['finance'] } },
    { user: 'han', label: '韩律', roles: { [app]: ['lead'] } },
    ...more
  ]
  const as = {}
  for (const person of people) {
    const { status, body } = await admin('POST', '/api/users', { ...person, password: PASSWORD })
    assert.equal(status, 201, JSON.stringify(body))
    as[person.user] = await api(base, person.user)
  }
  return { admin, as }
}

const all = []
const pages = []
export const scene = (name, run) => all.push([name, run])

/** Runs the scenes one after the other (TENON_SCENE: those with this in their name); ends with a line a reader can count. */
export async function play() {
  const wanted = process.env.TENON_SCENE ?? ''
  const scenes = all.filter(([name]) => name.includes(wanted))
  let failed = 0
  for (const [name, run] of scenes) {
    const from = Date.now()
    pages.length = 0
    try {
      await run()
      console.log(`ok      ${name} (${Date.now() - from} ms)`)
    } catch (error) {
      failed++
      console.log(`FAILED  ${name}\n${error.stack ?? error}`)
      for (const [i, page] of pages.entries()) await shot(page, `failed-${failed}-${i}`).catch(() => undefined)
    }
  }
  console.log(`${scenes.length - failed} passed, ${failed} failed`)
  process.exitCode = failed ? 1 : 0
}
