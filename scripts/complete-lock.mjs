// Completes package-lock.json: `npm ci` refuses a lock that leaves out a package for another platform, and npm leaves them
// out where the registry it asked does not carry them. Their names say which platform they are for.
//
//   npm run lock             writes what is missing
//   npm run check            fails when something is missing (see check.mjs)
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LOCK = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const SYSTEMS = /(?<=[-/])(android|darwin|linux|win32|freebsd|openharmony)(?=-|$)/
const PROCESSORS = /(?<=-)(arm64|arm|x64|ia32|ppc64|riscv64|s390x|wasm32)(?=-|$)/

/** The optional packages that a lock names and does not describe, by their key. */
export function missingFromLock(lock) {
  const missing = new Map()
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (!path.startsWith('node_modules/')) continue
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`
      if (lock.packages[key] || lock.packages[`${path}/${key}`]) continue
      missing.set(key, { name, version, of: entry })
    }
  }
  return missing
}

export function readLock() {
  return JSON.parse(readFileSync(LOCK, 'utf8'))
}

function describe({ name, version, of }) {
  const system = SYSTEMS.exec(name)?.[0]
  const processor = PROCESSORS.exec(name)?.[0]
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(of.dev && { dev: true }),
    ...(of.license && { license: of.license }),
    optional: true,
    ...(system && { os: [system] }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = readLock()
  const missing = missingFromLock(lock)
  for (const [key, about] of missing) lock.packages[key] = describe(about)
  const order = (a, b) => (a < b ? -1 : 1)
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => order(a, b)))
  writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.size} packages of other platforms were added to package-lock.json`)
}
