import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import type { PlanAsk } from './ask.ts'
import { plan } from './plan.ts'
import type { PlanSection, SectionName } from './section.ts'

/** Longest run of a program, in milliseconds. */
const LIMIT_MS = 20_000

/** The section of a plan; 500 clients with 2 transfers each unless something else is asked. */
export function sectionOf(name: SectionName, ask: Partial<PlanAsk> = {}): PlanSection {
  const section = plan({ clients: 500, perClient: 2, ...ask }).sections.find(one => one.name === name)
  assert.ok(section, `there is no section ${name}`)
  return section
}

/** NAT, active mode and both families: everything a rule can have to say. */
export const EVERYTHING: Partial<PlanAsk> = {
  nat: '203.0.113.7',
  server: '10.0.0.5',
  active: { basePort: 10_000, numberOfPorts: 1024 },
  listeners: [
    { host: '0.0.0.0', port: 21, tls: 'explicit' },
    { host: '::', port: 990, tls: 'implicit' },
  ],
}

/** Runs a shell script. @returns what it wrote @throws with what it complained of when a command of it fails */
export function shell(script: string): string {
  return run('sh', ['-e', '-c', script])
}

/** Runs a shell script as root of a network namespace of its own, where it may change the firewall: it is gone afterwards. */
export function shellInNamespace(script: string): string {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user']
  return run('unshare', [...user, '--net', 'sh', '-e', '-c', script])
}

function run(program: string, args: readonly string[]): string {
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    env: { PATH: path, LC_ALL: 'C.UTF-8' },
  })
  if (error) throw error
  assert.equal(status, 0, `${args.at(-1)}\nended with ${status}: ${stderr}${stdout}`)
  return stdout
}
