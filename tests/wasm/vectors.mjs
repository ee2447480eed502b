// The vectors as WebAssembly, in Node and in Chromium: every result must be the byte the native program writes. F17.
//   node tests/wasm/vectors.mjs NATIVE vectors.wasm [--browser]      exit 77: something it needs is not installed
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

const [native, wasm, browser] = process.argv.slice(2)
const root = fileURLToPath(new URL('../..', import.meta.url))

function skip(why) {
  console.log(`skipped: ${why}`)
  process.exit(77)
}
if (!wasm || !existsSync(wasm)) skip('this build has no WebAssembly (WITH_WASM)')
if (!stripTypeScriptTypes) skip('Node 22.13 or newer is needed (web/node_modules has one)')

// The same source runs here and in the page.
const zoneSource = stripTypeScriptTypes(readFileSync(`${root}/web/src/rules/zone.ts`, 'utf8'))
const runSource = `
export async function run(bytes, zoneOf, files) {
  let wasm
  const random_get = (at, n) => (crypto.getRandomValues(new Uint8Array(wasm.memory.buffer, at, n)), 0)
  wasm = (await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: { random_get } })).instance.exports
  wasm._initialize()
  const out = {}
  for (const [name, text] of Object.entries(files)) {
    const zones = Object.fromEntries([...text.matchAll(/"zone": *"([^"]+)"/g)].map((m) => [m[1], zoneOf(m[1])]))
    const input = new TextEncoder().encode('{"zones":' + JSON.stringify(zones) + ',"file":' + text + '}')
    new Uint8Array(wasm.memory.buffer, wasm.vectors_room(input.length), input.length).set(input)
    const n = wasm.vectors_run(input.length)
    out[name] = new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.vectors_answer(), n))
  }
  return out
}`

const folder = `${root}/tests/vectors`
const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
const files = Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]))
const module = (source) => import(`data:text/javascript,${encodeURIComponent(source)}`)

async function inNode() {
  const { run } = await module(runSource)
  const { zoneOf } = await module(zoneSource)
  return run(readFileSync(wasm), zoneOf, files)
}

/** A page as ours are: no script but files of its own. */
async function inChromium() {
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync)
  const require = createRequire(`${root}/web/package.json`)
  if (!chromium) skip('chromium is not installed')
  let playwright
  try {
    playwright = require('playwright-core')
  } catch {
    skip('web/node_modules is not there (npm ci in web/)')
  }
  const main = `import { run } from './run.js'; import { zoneOf } from './zone.js'
    const files = await (await fetch('files.json')).json(), bytes = await (await fetch('vectors.wasm')).arrayBuffer()
    run(bytes, zoneOf, files).then((out) => (window.results = out), (cause) => (window.results = { failed: String(cause) }))`
  const content = {
    '/': ['text/html', '<!doctype html><title>vectors</title><script type="module" src="main.js"></script>'],
    '/main.js': ['text/javascript', main],
    '/run.js': ['text/javascript', runSource],
    '/zone.js': ['text/javascript', zoneSource],
    '/files.json': ['application/json', JSON.stringify(files)],
    '/vectors.wasm': ['application/wasm', readFileSync(wasm)]
  }
  const server = createServer((request, response) => {
    const [type, body] = content[request.url] ?? ['text/plain', '']
    response.setHeader('Content-Type', `${type}; charset=utf-8`)
    response.setHeader('Content-Security-Policy', "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'")
    response.end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = await playwright.chromium.launch({ executablePath: chromium, args: ['--no-sandbox'] })
  try {
    const tab = await page.newPage()
    await tab.goto(`http://127.0.0.1:${server.address().port}/`)
    await tab.waitForFunction(() => window.results, undefined, { timeout: 60000 })
    return await tab.evaluate(() => window.results)
  } finally {
    await page.close()
    server.close()
  }
}

const results = browser ? await inChromium() : await inNode()
let cases = 0
let differences = 0
for (const name of names) {
  const expected = execFileSync(native, [`${folder}/${name}`], { encoding: 'utf8' }).split('\n')
  const got = (results[name] ?? `no result: ${results.failed ?? ''}`).split('\n')
  cases += expected.length - 1
  expected.forEach((line, i) => {
    if (line === got[i]) return
    differences++
    console.error(`${name}, case ${i + 1}:\n  native ${line}\n  wasm   ${got[i]}`)
  })
}
console.log(`${cases} vectors in ${browser ? 'Chromium' : `Node ${process.version}`}: ${differences} differ`)
process.exit(differences || cases < 400 ? 1 : 0)
