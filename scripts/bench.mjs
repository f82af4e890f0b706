// `npm run bench -- [--servers] [--clients] [--rounds N] [--only NAME,...] [--work NAME,...] [--quick]`: installs what is missing, then runs the
// benchmark with the Node of the project.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, NODE, ROOT } from './install.mjs'

try {
  await ensureInstalled()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

const child = spawn(NODE, [join(ROOT, 'bench', 'main.ts'), ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
})
// The run ends its servers and removes its files itself; this process only has to outlive it.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('error', error => {
  process.stderr.write(`${NODE} cannot be run: ${error.message}\n`)
  process.exit(1)
})
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)))
