#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: the sources need the one that comes with the project.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 26
/**
 * A password hash takes 19 MiB. Without the first, glibc keeps as much for each thread that ever hashed: 76 MB. With it
 * alone each hash takes half as long again, for getting small pages anew; with huge ones it does not.
 */
const TUNABLES = 'glibc.malloc.mmap_threshold=1048576:glibc.malloc.hugetlb=1'
const here = dirname(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  tuneMemory()
  // Compiled code is kept between starts, which also spares stripping the types. Only where nobody else can write:
  // the system's folder for temporary files is not such a place. Workers find it by the variable.
  process.env.NODE_COMPILE_CACHE ??= join(nodeModules() ?? here, '.cache', 'portolan')
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
  await import('../src/index.ts')
} else {
  await runWithOwnNode()
}

/**
 * Starts a server anew, in the same process, with what glibc reads once only. Nothing happens where somebody has set it,
 * or another program talks to this one.
 */
function tuneMemory() {
  const { GLIBC_TUNABLES: set } = process.env
  // In force by now, and not meant for programs that are started from here.
  if (set === TUNABLES) delete process.env.GLIBC_TUNABLES
  if (set !== undefined || process.platform !== 'linux' || process.argv[2] !== 'serve' || process.channel)
    return
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  process.execve?.(process.execPath, args, { ...process.env, GLIBC_TUNABLES: TUNABLES })
}

/** The nearest node_modules above that holds the project's Node. */
function nodeModules() {
  for (let folder = here; dirname(folder) !== folder; folder = dirname(folder)) {
    const found = join(folder, 'node_modules')
    if (existsSync(join(found, '.bin', 'node'))) return found
  }
}

async function runWithOwnNode() {
  const found = nodeModules()
  if (found === undefined) {
    process.stderr.write(
      `portolan needs Node ${OLDEST}, and this is Node ${process.versions.node}. Run npm ci, which brings its own.\n`,
    )
    process.exit(2)
  }
  const { spawn } = await import('node:child_process')
  const child = spawn(
    join(found, '.bin', 'node'),
    [fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  )
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    process.stderr.write(`portolan cannot run ${join(found, '.bin', 'node')}: ${error.message}\n`)
    process.exit(2)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
}
