// Everything that is checked without running the program: format, lint, types, layers, dead code.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { missingFromLock, readLock } from './complete-lock.mjs'
import { ensureInstalled } from './install.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

const CHECKS = [
  { name: 'format and lint', command: ['biome', 'ci', '--colors=off', '.'] },
  {
    name: 'promises and types that lie',
    command: ['oxlint', '--type-aware', '--deny-warnings', 'packages', 'bench', 'e2e'],
  },
  { name: 'types', command: ['tsc', '--project', 'tsconfig.json'] },
  {
    name: 'types of the web console',
    command: ['tsc', '--project', 'packages/web/tsconfig.json', '--noEmit'],
  },
  {
    name: 'layers',
    command: ['depcruise', 'packages', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    verify: someModules,
  },
  { name: 'dead code', command: ['knip', '--no-progress'] },
]

/** A cruise of no modules finds no violation: with a compiler it cannot use, dependency-cruiser would check nothing. */
function someModules(output) {
  const { summary } = JSON.parse(output)
  for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} imports ${to}`)
  if (summary.error > 0) return `${summary.error} violations of the layer rules`
  if (summary.totalCruised < 50) return `only ${summary.totalCruised} modules were looked at`
  console.log(`  ${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies`)
  return undefined
}

/** Runs all checks; answers whether all passed. */
export function check() {
  const missing = missingFromLock(readLock())
  for (const key of missing.keys())
    console.error(`package-lock.json: ${key} is missing; npm run lock adds it`)
  let passed = missing.size === 0
  for (const { name, command, verify } of CHECKS) {
    console.log(`> ${name}`)
    const [program, ...args] = command
    const run = spawnSync(`${root}node_modules/.bin/${program}`, args, {
      cwd: root,
      env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` },
      stdio: ['ignore', verify ? 'pipe' : 'inherit', 'inherit'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
    const fault = verify
      ? verify(run.stdout)
      : run.status === 0
        ? undefined
        : `exit code ${run.status ?? run.signal}`
    if (fault) {
      console.error(`${name}: ${fault}`)
      passed = false
    }
  }
  return passed
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await ensureInstalled()
  process.exitCode = check() ? 0 : 1
}
