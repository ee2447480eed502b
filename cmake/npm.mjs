// node npm.mjs [build]: the packages of web/ as its lock file names them; with `build`, without those that only the tests
// use (devDependencies). `npm ci` empties the folder first, under whoever is working in it, so it runs only when a package
// is missing or another version than the locked one.
import { existsSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
const build = process.argv[2] === 'build'
const installed = 'node_modules/.package-lock.json'

function agrees() {
  if (!existsSync(installed)) return false
  const have = packages(installed)
  return Object.entries(packages('package-lock.json')).every(
    ([path, wanted]) =>
      !path || wanted.optional || wanted.devOptional || (build && wanted.dev) || have[path]?.version === wanted.version
  )
}

const omit = build ? ['--omit=dev'] : []
if (!agrees()) execFileSync('npm', ['ci', ...omit, '--no-audit', '--no-fund', '--loglevel', 'error'], { stdio: 'inherit' })
