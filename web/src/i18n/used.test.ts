// Every text of the pages is asked for somewhere: by its key, or by the beginning of it (`flow.kind.${kind}`).
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(`${folder}/${e.name}`) : /\.(ts|vue)$/.test(e.name) ? [`${folder}/${e.name}`] : []))

it('has no text that nobody shows', () => {
  const all = files('src')
  const read = (list: string[]) => list.map((name) => readFileSync(name, 'utf8')).join('\n')
  const keys = [...read(all.filter((name) => name.startsWith('src/i18n/'))).matchAll(/^ {2}'([\w.]+)': \[/gm)].map((m) => m[1]!)
  const source = read(all.filter((name) => !name.startsWith('src/i18n/') || name.endsWith('/t.ts')))
  const said = new Set([...source.matchAll(/['"`]([\w.]+)['"`]/g)].map((m) => m[1]))
  const begun = [...source.matchAll(/['"`](\w+(?:\.\w+)*\.)\$\{/g)].map((m) => m[1]!)
  expect(keys.length).toBeGreaterThan(1000)
  expect(keys.filter((key) => !said.has(key) && !begun.some((start) => key.startsWith(start)))).toEqual([])
})
