// node budget.mjs DIST -- the size of the built pages against their budgets, read off the built files themselves: index.html
// names the first scripts and styles, the built router names what each page brings (import() and its list of files). Sizes are
// gzip -9, as the program stores them; 1 kB = 1024 bytes. How many requests a browser really makes: tests/e2e/first_list.mjs.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const dist = process.argv[2] ?? 'dist'
const BUDGETS = { 'first list': 300, 'record page, on top': 80, 'the largest file': 250, everything: 2560 }

const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
const text = new Map(files.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))]))
const packed = new Map([...text].map(([name, bytes]) => [name, Math.min(bytes.length, gzipSync(bytes, { level: 9 }).length)]))
const script = (name) => text.get(name).toString()
const matches = (source, pattern) => [...source.matchAll(pattern)].map((match) => match[1])

/** The files and everything they import at once. */
function closure(names, seen = new Set()) {
  for (const name of names) {
    if (!text.has(name)) throw new Error(`${name} is named but not built`)
    if (seen.has(name)) continue
    seen.add(name)
    if (name.endsWith('.js')) closure(matches(script(name), /(?:from|import)["'`]\.\/([^"'`]+)["'`]/g), seen)
  }
  return seen
}

const index = script('index.html')
const start = ['index.html', ...matches(index, /(?:src|href)="\/([^"]+)"/g).map((path) => basename(path))]
const router = start.find((name) => name.endsWith('.js') && /name:[`"']list[`"']/.test(script(name)))
if (!router) throw new Error('no script of index.html holds the router: tell budget.mjs where the routes are')
const table = matches(script(router), /m\.f=\[([^\]]*)\]/g)[0]
const deps = JSON.parse(`[${table}]`).map((path) => basename(path))

/** What the router fetches for the route that begins so. */
function route(beginning) {
  const source = script(router)
  const at = source.search(beginning)
  const found = /^[^]*?import\([`"']\.\/([^`"']+)[`"']\)[^]{0,40}?__vite__mapDeps\(\[([\d,]*)\]\)/.exec(source.slice(at))
  if (at < 0 || !found) throw new Error(`the built router has no route like ${beginning}`)
  return [found[1], ...found[2].split(',').filter(Boolean).map((i) => deps[Number(i)])]
}

const first = closure([...start, ...route(/path:[`"']\/[`"'],component:/), ...route(/name:[`"']list[`"']/)])
const record = [...closure(route(/name:[`"']record[`"']/))].filter((name) => !first.has(name))
const sum = (names) => [...names].reduce((total, name) => total + packed.get(name), 0) / 1024
const largest = [...packed].reduce((a, b) => (b[1] > a[1] ? b : a))
const sizes = { 'first list': sum(first), 'record page, on top': sum(record), 'the largest file': largest[1] / 1024, everything: sum(packed.keys()) }

let over = 0
for (const [what, budget] of Object.entries(BUDGETS)) {
  const size = sizes[what]
  if (size > budget) over++
  console.log(`${size > budget ? 'OVER   ' : 'ok     '} ${what}: ${size.toFixed(1)} of ${budget} kB`)
}
console.log(`the largest file is ${largest[0]}; the first list takes ${first.size} files, the record page ${record.length} more`)
if (over) {
  const list = (names) => [...names].sort((a, b) => packed.get(b) - packed.get(a)).slice(0, 12).map((name) => `  ${(packed.get(name) / 1024).toFixed(1)} ${name}`)
  console.log(['first list:', ...list(first), 'record page:', ...list(record)].join('\n'))
}
process.exitCode = over ? 1 : 0
