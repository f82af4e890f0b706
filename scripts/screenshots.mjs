// `npm run screenshots`: pictures of every page of the web console into docs/screenshots.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ensureWebBuilt } from './build-web.mjs'
import { ensureDebianPackages } from './debian-packages.mjs'
import { NODE, ROOT } from './install.mjs'

await ensureWebBuilt()
ensureDebianPackages()
const program = join(ROOT, 'e2e', 'console', 'screenshots.ts')
const run = spawnSync(NODE, [program, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' })
process.exitCode = run.status ?? 1
