import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '@portolan/store'
import { RunSaver, type RunWrite } from './run-saver.ts'

type Batch = readonly ({ id: string } & RunWrite)[]

/** The store's end of it: each transaction is answered by hand. */
function makeStore() {
  const batches: Batch[] = []
  const answers: ((held: readonly string[] | Error) => void)[] = []
  let came = Promise.withResolvers<void>()
  return {
    batches,
    saveAll: (_node: string, batch: Batch) => {
      batches.push(batch)
      came.resolve()
      came = Promise.withResolvers()
      const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>()
      answers.push(held => (held instanceof Error ? reject(held) : resolve(held)))
      return promise
    },
    /** Until a transaction waits for its answer. */
    async arrived() {
      while (answers.length === 0) await came.promise
    },
    async answer(held: readonly string[] | Error) {
      await this.arrived()
      answers.shift()?.(held)
    },
  }
}

test('what comes while a transaction runs goes into the next one together', async () => {
  const store = makeStore()
  const saver = new RunSaver({ runs: store, node: 'a', lingerMs: 0 })
  const first = saver.save('1', { bytes: 1 })
  await store.arrived()
  const saves = Promise.all([
    saver.save('1', { bytes: 2 }),
    saver.save('2', { bytes: 3 }),
    saver.save('3', { bytes: 4 }),
  ])
  await store.answer(['1'])
  assert.equal(await first, true)
  await store.answer(['1', '3'])
  assert.deepEqual(await saves, [true, false, true])
  assert.deepEqual(
    store.batches.map(batch => batch.length),
    [1, 3],
  )
})

test('two writes of one run are one: rows by their keys, events in their order', async () => {
  const store = makeStore()
  const saver = new RunSaver({ runs: store, node: 'a', lingerMs: 0 })
  const row = { key: 'k', source: 's', target: 't', bytes: 0, size: 1, attempts: 1 } as const
  const event = (text: string) => ({ at: 1, kind: 'file', text, detail: {} })
  const saves = [
    saver.save('1', { bytes: 1, fileRows: [{ ...row, state: 'moving' }], events: [event('a')] }),
    saver.save('1', { files: 2, fileRows: [{ ...row, state: 'done' }], events: [event('b')] }),
  ]
  await store.answer(['1'])
  assert.deepEqual(await Promise.all(saves), [true, true])
  assert.deepEqual(store.batches, [
    [
      {
        id: '1',
        bytes: 1,
        files: 2,
        fileRows: [{ ...row, state: 'done' }],
        events: [event('a'), event('b')],
      },
    ],
  ])
})

test('a run whose words cannot be written does not keep the others from being written', async () => {
  const store = makeStore()
  const saver = new RunSaver({ runs: store, node: 'a', lingerMs: 0 })
  const saves = Promise.allSettled([saver.save('1', { bytes: 1 }), saver.save('2', { bytes: 2 })])
  await store.answer(new Error('bad'))
  await store.answer(new Error('bad'))
  await store.answer(['2'])
  assert.deepEqual(
    (await saves).map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
})

test('a store that is away is asked again, and not for ever', async () => {
  const store = makeStore()
  const saver = new RunSaver({ runs: store, node: 'a', lingerMs: 0, tries: 2 })
  const away = new StoreError('STORE_UNAVAILABLE', 'away')
  const saved = saver.save('1', { bytes: 1 })
  await store.answer(away)
  await store.answer(['1'])
  assert.equal(await saved, true)
  const failed = assert.rejects(saver.save('1', { bytes: 1 }), away)
  await store.answer(away)
  await store.answer(away)
  await failed
})
