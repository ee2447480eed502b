// Two modules that come out of the C side: the address of expr.wasm (TENON_WASM names the file, cmake builds it; without it
// forms ask the server) and the words of the faults that the rules can give, out of the catalogue.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const ROOMS = ['runtime/model', 'runtime/expr', 'web/src/rules']

function sources(): string {
  return ROOMS.flatMap((room) =>
    readdirSync(root + room)
      .filter((name) => /^(field_|eval|fn_).*\.c$|^run\.ts$/.test(name))
      .map((name) => readFileSync(`${root}${room}/${name}`, 'utf8'))
  ).join('\n')
}

function words(): Record<string, [string, string]> {
  const used = new Set([...sources().matchAll(/["']([a-z][a-z0-9_]+)["']/g)].map((m) => m[1]))
  const table = readFileSync(`${root}runtime/base/catalogue.tbl`, 'utf8')
  const rows = [...table.matchAll(/^TEXT\("([a-z0-9_]+)", ("(?:[^"\\]|\\.)*"), ("(?:[^"\\]|\\.)*")\)/gm)]
  return Object.fromEntries(rows.filter((row) => used.has(row[1])).map((row) => [row[1], [JSON.parse(row[2]!), JSON.parse(row[3]!)]]))
}

export function rules(): Plugin {
  const file = process.env.TENON_WASM ?? ''
  const present = file !== '' && existsSync(file)
  let building = false
  return {
    name: 'tenon-rules',
    configResolved(config) {
      building = config.command === 'build'
    },
    configureServer(server) {
      if (!present) return
      server.middlewares.use('/expr.wasm', (_, response) => response.setHeader('Content-Type', 'application/wasm').end(readFileSync(file)))
    },
    resolveId: (id) => (id === 'virtual:rules-wasm' || id === 'virtual:rules-words' ? `\0${id}` : undefined),
    load(id) {
      if (id === '\0virtual:rules-words') return `export default ${JSON.stringify(words())}`
      if (id !== '\0virtual:rules-wasm') return undefined
      if (!present) return 'export default null'
      if (!building) return 'export default "/expr.wasm"'
      return `export default import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name: 'expr.wasm', source: readFileSync(file) })}`
    }
  }
}
