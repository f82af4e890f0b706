// `npm run build:web`: builds the web console when its sources are newer than what was built. Says nothing when there is
// nothing to do.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled, NODE, ROOT } from './install.mjs'

const WEB = join(ROOT, 'packages', 'web')
const DIST = join(WEB, 'dist')
const STAMP = '.stamp'
/** What the build depends on; types of other packages are erased. */
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'build', '../../package-lock.json']

/** Files below a path, or the file itself. Tests are not built. */
function filesOf(path) {
  if (!existsSync(path)) return []
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries
    .filter(entry => entry.isFile() && !entry.name.includes('.test.'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
}

function hashOfSources() {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(WEB, source)
    const files = /\.\w+$/.test(source) ? [path] : filesOf(path)
    for (const file of files)
      hash
        .update(`${file.slice(WEB.length)}\0`)
        .update(readFileSync(file))
        .update('\0')
  }
  return hash.digest('hex')
}

/**
 * Builds the web console unless what is built is of these very sources. What was built before is served until the new one is
 * whole.
 * @throws {Error} with what the build said, when it fails
 */
export async function ensureWebBuilt() {
  const hash = hashOfSources()
  const stamp = join(DIST, STAMP)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  const next = join(WEB, `.dist-${process.pid}`)
  const old = `${next}-old`
  try {
    await build(next)
    writeFileSync(join(next, STAMP), hash)
    if (existsSync(DIST)) renameSync(DIST, old)
    renameSync(next, DIST)
  } finally {
    for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true })
  }
}

function build(folder) {
  return new Promise((resolve, reject) => {
    const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
    const child = spawn(NODE, [vite, 'build', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir'], {
      cwd: WEB,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        said += chunk
      })
    }
    child.on('error', reject)
    child.on('exit', code => {
      if (code === 0) resolve()
      else reject(new Error(`the web console could not be built (vite ended with ${code}):\n${said}`))
    })
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureInstalled()
  await ensureWebBuilt()
}
