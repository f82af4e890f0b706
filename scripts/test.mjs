// `npm test`: installs what is missing, checks, builds the web console, tests everything. The last lines are those of node's own test runner.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureWebBuilt } from './build-web.mjs'
import { check } from './check.mjs'
import { ensureDebianPackages } from './debian-packages.mjs'
import { ensureInstalled } from './install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
/** No test takes this long; one that hangs must not hang the run. */
const TEST_TIMEOUT_MS = 120_000

await ensureInstalled()
ensureDebianPackages()
if (!check()) process.exit(1)
await ensureWebBuilt()

const run = spawn(
  `${root}node_modules/.bin/node`,
  [
    '--test',
    // Many tests wait for something: two at once leave a third of two cores idle.
    '--test-concurrency=3',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    'packages/*/src/**/*.test.ts',
    'bench/**/*.test.ts',
    'e2e/**/*.test.ts',
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
)
run.on('exit', code => {
  process.exitCode = code ?? 1
})
