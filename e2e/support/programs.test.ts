import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProgram, mustSucceed, ProgramError, runProgram } from './programs.ts'

const node = (source: string, options?: Parameters<typeof runProgram>[2]) =>
  runProgram(process.execPath, ['-e', source], options)

test('a program gets its input and gives its outputs and exit code', async () => {
  const source = `process.stdin.on('data', d => { console.log('in ' + d); console.error('err'); process.exitCode = 3 })`
  assert.deepEqual(await node(source, { input: 'text' }), { code: 3, stdout: 'in text\n', stderr: 'err\n' })
})

test('a program sees nothing of our environment but PATH, locale and time zone', async () => {
  process.env.ftp_proxy = 'ftp://proxy.example'
  try {
    const { stdout } = await node('console.log(Object.keys(process.env).sort().join())', {
      env: { HOME: '/' },
    })
    assert.equal(stdout, 'HOME,LC_ALL,PATH,TZ\n')
  } finally {
    delete process.env.ftp_proxy
  }
})

test('a program that takes too long is killed, whatever it started, and the error shows what it printed', async () => {
  const start = performance.now()
  await assert.rejects(
    runProgram('sh', ['-c', 'echo stuck here; sleep 10'], { limitMs: 500 }),
    (error: unknown) =>
      error instanceof ProgramError &&
      error.code === 'PROGRAM_TIMEOUT' &&
      error.message.includes('stuck here'),
  )
  assert.ok(performance.now() - start < 8_000, 'nobody waited for the grandchild')
})

test('a program that is not installed is not found, and cannot be run', async () => {
  assert.equal(findProgram('no-such-program'), undefined)
  await assert.rejects(runProgram('no-such-program', []), { code: 'PROGRAM_MISSING' })
})

test('a failure is an error with the last lines of both outputs', () => {
  const result = { code: 7, stdout: 'said\n', stderr: 'complained\n' }
  assert.throws(() => mustSucceed('curl', result), /curl ended with 7\nsaid\ncomplained/)
})
