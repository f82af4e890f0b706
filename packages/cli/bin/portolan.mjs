#!/usr/bin/env node
// Plain JavaScript, so that any Node can read it: the sources need the one that comes with the project.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 26
const here = dirname(fileURLToPath(import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= OLDEST) {
  // Compiled code is kept between starts, which also spares stripping the types. Only where nobody else can write:
  // the system's folder for temporary files is not such a place. Workers find it by the variable.
  process.env.NODE_COMPILE_CACHE ??= join(nodeModules() ?? here, '.cache', 'portolan')
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
  await import('../src/index.ts')
} else {
  await runWithOwnNode()
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
