// `import { ElSelect } from 'element-plus'` brings that component's style sheet along, and only that one.
import type { Plugin } from 'vite'

const IMPORT = /import\s*\{([^}]*)\}\s*from\s*['"]element-plus['"];?/g

function styles(names: string): string {
  return names
    .split(',')
    .map((name) => /^\s*El(\w+)/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => name.replace(/\B([A-Z])/g, '-$1').toLowerCase())
    .map((folder) => `import 'element-plus/es/components/${folder}/style/css';`)
    .join('')
}

export function elements(): Plugin {
  return {
    name: 'tenon-elements',
    transform(code, id) {
      if (id.includes('/node_modules/') || !code.includes('element-plus')) return undefined
      // On the line of the import itself: no line moves, so no map is needed.
      return { code: code.replace(IMPORT, (whole, names: string) => `${whole.replace(/;?$/, ';')}${styles(names)}`), map: null }
    }
  }
}
