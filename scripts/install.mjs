// Installs what package-lock.json names. Plain JavaScript without dependencies, for any Node from 20 on: it runs before
// anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Node that comes with the project; runs the TypeScript sources as they are. */
export const NODE = join(ROOT, 'node_modules', '.bin', 'node')

const LOCK = join(ROOT, 'package-lock.json')
const STAMP = join(ROOT, 'node_modules', '.portolan-installed')

/**
 * Runs `npm ci` when something is missing or package-lock.json has changed since it ran last; says so in one line.
 * @throws {Error} with what npm said, when it fails
 */
export async function ensureInstalled() {
  const wanted = `${createHash('sha256').update(readFileSync(LOCK)).digest('hex')} ${process.platform}-${process.arch}`
  if (existsSync(NODE)) {
    if (readText(STAMP) === wanted) return
    // Somebody ran npm by hand: what npm wrote down about it counts as much.
    if (isInstalled()) return stamp(wanted)
  }
  process.stderr.write('Installing what package-lock.json names (npm ci), which takes a minute ...\n')
  await npm([
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ])
  if (!existsSync(NODE)) {
    throw new Error(
      `there is no Node 26 for ${process.platform}-${process.arch} among the packages that were installed`,
    )
  }
  stamp(wanted)
}

/** Whoever may not write here looks again next time, and that is all. */
function stamp(text) {
  try {
    writeFileSync(STAMP, text)
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether npm's own list of what is in node_modules holds what the lock file asks for. */
function isInstalled() {
  const present = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'))
  const wanted = packagesOf(LOCK)
  if (present === undefined || wanted === undefined) return false
  return Object.entries(wanted).every(([path, { version, link, optional, peer, devOptional }]) => {
    // Packages for other machines are optional and absent.
    if (!path.startsWith('node_modules/') || optional || peer || devOptional) return true
    return link ? present[path]?.link === true : present[path]?.version === version
  })
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

function npm(args) {
  // npm tells its scripts where it is itself; without it, the one on the PATH.
  const path = process.env.npm_execpath
  const isScript = path !== undefined && /\.c?js$/.test(path)
  const [program, first] = isScript ? [process.execPath, [path]] : ['npm', []]
  const child = spawn(program, [...first, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...cacheForHomeless() },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      said = (said + text).slice(-8192)
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', error => reject(new Error(`npm cannot be run: ${error.message}`)))
    child.on('close', code => (code === 0 ? resolve() : reject(new Error(`npm ci failed:\n${said.trim()}`))))
  })
}

/** npm keeps its cache below the home folder, which a service user may not have. */
function cacheForHomeless() {
  try {
    accessSync(homedir(), constants.W_OK)
    return {}
  } catch {
    const cache = join(ROOT, '.cache', 'npm')
    mkdirSync(cache, { recursive: true })
    return { npm_config_cache: cache }
  }
}
