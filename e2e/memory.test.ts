import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { serveConsole } from './support/console.ts'
import { Dialogue } from './support/dialogue.ts'
import { makeScratch } from './support/scratch.ts'

/** What one hash takes, in MB. */
const HASH = 19 * 1.048576
const LOGINS = 24

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'

describe('the memory of a server', { skip }, () => {
  it('goes back to the system after passwords were hashed, on however many threads', async () => {
    await using scratch = await makeScratch()
    await using node = await serveConsole([], { cwd: scratch.path })
    await logins(node.ftpPort, 1)
    const before = residentMegabytes(node.pid)
    for (let round = 0; round < 3; round++) await logins(node.ftpPort, LOGINS / 3)
    const grown = residentMegabytes(node.pid) - before
    assert.ok(grown < 2 * HASH, `${grown} MB more after ${LOGINS} logins`)
  })
})

/** Wrong passwords, from an address each: they are hashed as right ones are. */
async function logins(port: number, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port, from: `127.2.0.${at + 1}` })
      await dialogue.ask('USER nobody', 331)
      await dialogue.ask('PASS wrong', 530)
    }),
  )
}

function residentMegabytes(pid: number): number {
  return (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1_024) / 1e6
}
