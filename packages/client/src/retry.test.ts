import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FtpError } from './errors.ts'
import { DEFAULT_RETRY, delayOf, type RetryPolicy, withRetry } from './retry.ts'

const signal = new AbortController().signal
const fast: RetryPolicy = { ...DEFAULT_RETRY, firstDelay: 1, maxDelay: 2 }

function failure(retryable: boolean): FtpError {
  return new FtpError('FTP_CLOSED', 'gone', { phase: 'command', retryable })
}

test('what succeeds the third time was tried three times', async () => {
  const attempts: number[] = []
  const value = await withRetry({
    policy: fast,
    signal,
    run: async attempt => {
      attempts.push(attempt)
      if (attempt < 2) throw failure(true)
      return 'done'
    },
  })
  assert.equal(value, 'done')
  assert.deepEqual(attempts, [0, 1, 2])
})

test('what fails for good is not tried again', async () => {
  let tries = 0
  const run = async () => {
    tries++
    throw failure(false)
  }
  await assert.rejects(withRetry({ policy: fast, signal, run }), { code: 'FTP_CLOSED' })
  assert.equal(tries, 1)
})

test('after so many retries the last failure is thrown', async () => {
  let tries = 0
  const run = async () => {
    tries++
    throw failure(true)
  }
  await assert.rejects(withRetry({ policy: { ...fast, retries: 2 }, signal, run }), { code: 'FTP_CLOSED' })
  assert.equal(tries, 3)
})

test('a try that moved something makes the next count as the first again', async () => {
  let tries = 0
  await withRetry({
    policy: { ...fast, retries: 1 },
    signal,
    progressed: () => true,
    run: async () => {
      if (++tries < 10) throw failure(true)
    },
  })
  assert.equal(tries, 10)
})

test('a signal ends the delay', async () => {
  const stop = new AbortController()
  const policy: RetryPolicy = { ...DEFAULT_RETRY, firstDelay: 3_600_000, maxDelay: 3_600_000 }
  const run = async () => {
    throw failure(true)
  }
  await assert.rejects(withRetry({ policy, signal: stop.signal, run, onRetry: () => stop.abort() }), {
    code: 'FTP_ABORTED',
  })
})

test('delays grow by the factor up to the ceiling, and jitter only shortens them', () => {
  const policy: RetryPolicy = { retries: 9, firstDelay: 100, factor: 2, maxDelay: 1_000, jitter: 0.25 }
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map(failures => delayOf(policy, failures, 0)),
    [100, 200, 400, 800, 1_000, 1_000],
  )
  fc.assert(
    fc.property(fc.nat(50), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
      const delay = delayOf(policy, failures, chance)
      const full = delayOf(policy, failures, 0)
      assert.ok(delay <= full && delay >= Math.floor(full * 0.75))
    }),
  )
})
