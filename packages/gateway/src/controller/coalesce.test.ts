import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { coalesce } from './coalesce.ts'

describe('changes that are coalesced', () => {
  it('are handled together, each once, and those that come meanwhile afterwards', async () => {
    const batches: string[][] = []
    const inside = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    using pending = coalesce<string>(
      async items => {
        batches.push([...items])
        inside.resolve()
        await goOn.promise
      },
      () => {},
    )
    for (const item of ['a', 'b', 'a']) pending.add(item)
    await inside.promise
    pending.add('c')
    const done = pending.done()
    goOn.resolve()
    await done
    assert.deepEqual(batches, [['a', 'b'], ['c']])
  })

  it('are handled again when that failed, together with what came since', async () => {
    const batches: string[][] = []
    const failures: unknown[] = []
    using pending = coalesce<string>(
      async items => {
        batches.push([...items].sort())
        if (batches.length === 1) throw new Error('away')
      },
      error => failures.push(error),
    )
    pending.add('a')
    await assert.rejects(pending.done(), { message: 'away' })
    pending.add('b')
    await pending.done()
    assert.deepEqual(batches, [['a'], ['a', 'b']])
    assert.equal(failures.length, 1)
  })

  it('are waited for by nobody for ever when it is over', async () => {
    const pending = coalesce<string>(
      async () => {},
      () => {},
    )
    pending.add('a')
    const done = pending.done()
    pending[Symbol.dispose]()
    await assert.rejects(done, { message: /closed/ })
    pending.add('b')
    await assert.rejects(pending.done())
  })
})
