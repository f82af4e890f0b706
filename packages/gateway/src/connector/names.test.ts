import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Names, type NamesOptions } from './names.ts'

const V4: LookupAddress = { address: '192.0.2.1', family: 4 }
const V6: LookupAddress = { address: '2001:db8::1', family: 6 }

function names(options: NamesOptions) {
  const { lookup } = new Names(options)
  return (name: string) =>
    new Promise<readonly LookupAddress[]>((resolve, reject) => {
      lookup(name, { all: true }, (error, addresses) => {
        if (error) reject(error)
        else resolve(Array.isArray(addresses) ? addresses : [])
      })
    })
}

describe('names of servers', () => {
  it('are asked for once within their time, whoever asks, in whatever case', async () => {
    let asked = 0
    let now = 0
    const ask = names({ find: async () => [V4, ...(asked++ ? [V6] : [])], now: () => now, ttlMs: 100 })
    const answers = await Promise.all([ask('a.test'), ask('a.test'), ask('A.TEST')])
    assert.deepEqual(answers, [[V4], [V4], [V4]])
    now = 101
    assert.deepEqual(await ask('a.test'), [V4, V6])
    assert.equal(asked, 2)
  })

  it('that cannot be found now keep their last good answer; others fail, for a while without asking', async () => {
    let now = 0
    let fails = false
    let asked = 0
    const ask = names({
      find: async name => {
        asked++
        if (fails) throw Object.assign(new Error(`${name} is unknown`), { code: 'ENOTFOUND' })
        return [V4]
      },
      now: () => now,
    })
    await ask('a.test')
    fails = true
    now = 60_000
    assert.deepEqual(await ask('a.test'), [V4])
    await assert.rejects(ask('b.test'), { code: 'ENOTFOUND' })
    await assert.rejects(ask('b.test'), { code: 'ENOTFOUND' })
    assert.equal(asked, 3)
    fails = false
    now += 2_001
    assert.deepEqual(await ask('b.test'), [V4])
  })

  it('are few at once, and each gets its turn', async () => {
    let underWay = 0
    let most = 0
    const ask = names({
      find: async () => {
        most = Math.max(most, ++underWay)
        await promisify(setImmediate)()
        underWay--
        return [V4]
      },
    })
    await Promise.all(Array.from({ length: 20 }, (_, at) => ask(`${at}.test`)))
    assert.equal(most, 2)
  })

  it('are remembered up to a bound', async () => {
    let asked = 0
    const find = async () => {
      asked++
      return [V4]
    }
    const ask = names({ find, size: 2 })
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(name)
    assert.equal(asked, 4)
  })

  it('have the addresses of the family that was asked for', async () => {
    const { lookup } = new Names({ find: async () => [V4, V6] })
    const found = await new Promise(resolve => lookup('a', { family: 6 }, (...answer) => resolve(answer)))
    assert.deepEqual(found, [null, V6.address, 6])
    const none = new Names({ find: async () => [V4] })
    const [error] = await new Promise<unknown[]>(resolve =>
      none.lookup('a', { family: 6 }, (...answer) => resolve(answer)),
    )
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOTFOUND')
  })
})
