import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it } from 'node:test'
import { openStore } from '../open.ts'
import type { Store } from '../store.ts'
import { startChild } from '../testing/child.ts'
import type { Place } from './place.ts'

const WRITER = new URL('../testing/writer-program.ts', import.meta.url)

const KILLS = 10

/** What is promised to who was told that something is written. */
export function killContract(place: Place): void {
  describe('kill -9 of a process that writes', () => {
    it(`${KILLS} times at random loses nothing that was acknowledged`, async t => {
      const options = await place.fresh()
      const acknowledged: string[] = []
      for (let run = 0; run < KILLS; run++) {
        const { database } = options
        const child = startChild(WRITER, [
          options.folder,
          String(run),
          ...(database === undefined ? [] : [database]),
        ])
        // The first line says that it has begun; the kill comes in the middle of something after that.
        const enough = acknowledged.length + randomInt(2, 30)
        while (acknowledged.length < enough) {
          const line = await child.lines.next()
          if (line.done === true) throw new Error('the writer has ended by itself')
          acknowledged.push(line.value)
        }
        const killed = new Promise(resolve => setTimeout(resolve, randomInt(0, 5))).then(() => child.kill())
        // What it printed until it was dead counts as well.
        for (;;) {
          const line = await child.lines.next()
          if (line.done === true) break
          acknowledged.push(line.value)
        }
        await killed
        await using store = await openStore(options)
        for (const line of acknowledged.slice(-60)) await demand(store, line)
      }
      await using store = await openStore(options)
      for (const line of acknowledged) await demand(store, line)
      t.diagnostic(`${acknowledged.length} writes`)
    })
  })
}

/** Every field, and every row of a batch. */
async function demand(store: Store, line: string): Promise<void> {
  const [kind, number, name = ''] = line.split(' ')
  if (kind === 'settings') {
    assert.deepEqual((await store.settings.get(Number(number)))?.document, { name }, line)
  } else if (kind === 'user') {
    const user = await store.users.get(name)
    assert.deepEqual([user?.document, user?.password], [{ name }, name], line)
  } else {
    const at = Number(number)
    const { items } = await store.transfers.list({ limit: 100, from: at, to: at, search: name })
    assert.equal(items.length, 20, line)
  }
}
