import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from './problem.ts'
import { Turns } from './turns.ts'

test('few run at once, few wait in their order, and who comes beyond is told so at once', async () => {
  const turns = new Turns(2, 3)
  const log: string[] = []
  const ends: (() => void)[] = []
  const work = (name: string) => async () => {
    log.push(name)
    await new Promise<void>(resolve => ends.push(resolve))
    return name
  }
  const taken = ['a', 'b', 'c', 'd', 'e'].map(name => turns.take(work(name)))
  assert.deepEqual(log, ['a', 'b'])
  await assert.rejects(
    turns.take(work('f')),
    (error: unknown) => error instanceof Problem && error.code === 'AUTH_BUSY' && error.status === 503,
  )
  for (let i = 0; i < 5; i++) {
    ends[i]?.()
    await taken[i]
    await new Promise(setImmediate)
  }
  assert.deepEqual(log, ['a', 'b', 'c', 'd', 'e'])
  const free = turns.take(work('g'))
  ends.at(-1)?.()
  assert.equal(await free, 'g')
})

test('work that fails gives its place back', async () => {
  const turns = new Turns(1, 1)
  for (let i = 0; i < 5; i++) {
    await assert.rejects(
      turns.take(async () => {
        throw new TypeError('no')
      }),
      TypeError,
    )
  }
  assert.equal(await turns.take(async () => 'yes'), 'yes')
})
