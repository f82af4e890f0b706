// `npm start`: installs what is missing, builds the web console when its sources changed, then runs `portolan serve` with the Node of the project.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureWebBuilt } from './build-web.mjs'
import { ensureInstalled, NODE, ROOT } from './install.mjs'

try {
  await ensureInstalled()
  await ensureWebBuilt()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

const program = join(ROOT, 'packages', 'cli', 'bin', 'portolan.mjs')
const child = spawn(NODE, [program, 'serve', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' })
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  process.stderr.write(`${NODE} cannot be run: ${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
