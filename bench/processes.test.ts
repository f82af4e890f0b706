import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Program, run } from './processes.ts'

test('a program that succeeds gives its output', async () => {
  assert.equal(await run('sh', ['-c', 'echo one; echo two']), 'one\ntwo')
})

test('a program that fails is reported with its code and its own words', async () => {
  await assert.rejects(run('sh', ['-c', 'echo no such thing >&2; exit 3']), {
    name: 'BenchError',
    message: 'sh ended with code 3: no such thing',
  })
})

test('a program that is not there is reported by its name', async () => {
  await assert.rejects(run('no-such-program-at-all', []), {
    name: 'BenchError',
    message: /no-such-program-at-all/,
  })
})

test('a program without input finds the end of file, not a socket', async () => {
  assert.equal(await run('sh', ['-c', 'test -S /dev/stdin && echo socket || echo none; cat']), 'none')
})

test('stopping a program ends the children that outlive it', async () => {
  const program = await Program.start('sh', ['-c', 'sh -c \'trap "" TERM; echo $$; sleep 60\' & wait'])
  const child = Number(await program.line())
  assert.ok(isRunning(child))
  await program.stop()
  // The kernel may take a moment to turn a killed process into nothing.
  for (let i = 0; i < 200 && isRunning(child); i++) await new Promise(resolve => setTimeout(resolve, 10))
  assert.equal(isRunning(child), false)
})

/** A zombie that nobody waits for has ended all the same. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`) && existsSync(`/proc/${pid}/maps`) && processState(pid) !== 'Z'
}

function processState(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)
  } catch {
    return 'Z'
  }
}
