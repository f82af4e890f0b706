import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { IdentityFeed } from './identity-feed.ts'

// What is waited for stands on timers that keep no process alive.
const alive = setInterval(() => {}, 60_000)
after(() => clearInterval(alive))

describe('who a user is', () => {
  it('is asked again when it could not be found out, and told then', async () => {
    let asked = 0
    const warned: string[] = []
    using feed = new IdentityFeed(
      {
        async identify() {
          if (++asked === 1) throw new Error('away')
          return { groups: ['staff'] }
        },
      },
      text => warned.push(text),
    )
    const told = Promise.withResolvers<unknown>()
    feed.ask({ tell: told.resolve }, 'alice')
    assert.deepEqual(await told.promise, { type: 'identity', user: 'alice', found: true, groups: ['staff'] })
    assert.deepEqual([asked, warned.length], [2, 1])
  })

  it('is found out for all at once when everything may have changed, and told where it is another', async () => {
    const groups = new Map<string, readonly string[]>()
    let atOnce = 0
    let most = 0
    using feed = new IdentityFeed(
      {
        async identify(user) {
          most = Math.max(most, ++atOnce)
          await new Promise(setImmediate)
          atOnce--
          return { groups: groups.get(user) ?? [] }
        },
      },
      () => {},
    )
    let told = 0
    const all = Promise.withResolvers<void>()
    const changed = Promise.withResolvers<string>()
    const listener = {
      tell({ user, groups: of }: { user: string; groups: readonly string[] }) {
        if (++told === 1_000) all.resolve()
        if (of.length > 0) changed.resolve(user)
      },
    }
    for (let n = 0; n < 1_000; n++) feed.ask(listener, `u${n}`)
    await all.promise
    groups.set('u7', ['admins'])
    feed.changed()
    assert.equal(await changed.promise, 'u7')
    assert.equal(told, 1_001)
    assert.ok(most > 1 && most <= 16, String(most))
  })
})
