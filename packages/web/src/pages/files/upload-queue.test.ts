import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { UploadQueue } from './upload-queue.ts'
import type { UploadPorts } from './upload-types.ts'
import { uploadSentence } from './upload-view.ts'

interface TestFile {
  readonly name: string
  readonly size: number
}

const file = (name: string, size = 10): TestFile => ({ name, size })
const asks = (...names: string[]) => names.map(name => ({ folders: [], file: file(name) }))

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(`refused with ${code}`)
    this.status = status
    this.code = code
  }
}

/** A server whose uploads end when the test says so. */
function server(existing: Readonly<Record<string, readonly [string, boolean][]>> = {}) {
  const sending: {
    path: string
    overwrite: boolean
    progress(sent: number): void
    end(error?: Error): void
  }[] = []
  const folders: string[] = []
  const stored: string[] = []
  const waits: number[] = []
  let clock = 0
  const ports: UploadPorts<TestFile> = {
    namesIn: async folder => new Map(existing[folder] ?? []),
    makeFolder: async path => void folders.push(path),
    send: (_file, path, { overwrite, signal, onProgress }) =>
      new Promise((resolve, reject) => {
        const upload = {
          path,
          overwrite,
          progress: (sent: number) => {
            clock += 1_000
            onProgress(sent)
          },
          end: (error?: Error) => {
            if (!sending.includes(upload)) return
            sending.splice(sending.indexOf(upload), 1)
            if (error) reject(error)
            else resolve()
          },
        }
        signal.addEventListener('abort', () => upload.end(new Error('aborted')))
        sending.push(upload)
      }),
    wait: async ms => void waits.push(ms),
    now: () => clock,
    later: work => work(),
    stored: folder => void stored.push(folder),
  }
  return { queue: new UploadQueue(ports), sending, folders, stored, waits }
}

/** Lets everything happen that does not wait for an upload to end. */
async function settle() {
  for (let round = 0; round < 20; round++) await turn()
}

const paths = (sending: readonly { path: string }[]) => sending.map(({ path }) => path)
const states = (queue: UploadQueue<TestFile>) =>
  queue.view.items.map(({ name, state }) => `${name} ${state.kind}`)

test('three files are sent at once, the others in their order', async () => {
  const { queue, sending, stored } = server()
  queue.add('/docs', asks('a', 'b', 'c', 'd', 'e'))
  await settle()
  assert.deepEqual(paths(sending), ['/docs/a', '/docs/b', '/docs/c'])
  assert.ok(queue.view.busy)
  sending[1]?.end()
  await settle()
  assert.deepEqual(paths(sending), ['/docs/a', '/docs/c', '/docs/d'])
  while (sending.length > 0) {
    sending[0]?.end()
    await settle()
  }
  assert.deepEqual(states(queue), ['a done', 'b done', 'c done', 'd done', 'e done'])
  assert.ok(!queue.view.busy)
  assert.equal(stored.length, 5)
  assert.equal(uploadSentence(queue.view), '5 uploaded')
})

test('folders are made once, from the top down, also the empty ones', async () => {
  const { queue, sending, folders } = server()
  queue.add('/', [
    { folders: ['x', 'y'], file: file('a') },
    { folders: ['x', 'y'], file: file('b') },
    { folders: ['x', 'empty'] },
  ])
  await settle()
  assert.deepEqual([...folders].sort(), ['/x', '/x/empty', '/x/y'])
  assert.ok(folders.indexOf('/x') < folders.indexOf('/x/y'))
  assert.deepEqual(paths(sending), ['/x/y/a', '/x/y/b'])
})

test('a name that is taken is asked about, and the others go on meanwhile', async () => {
  const { queue, sending } = server({
    '/': [
      ['a', false],
      ['b', false],
      ['d', true],
    ],
  })
  queue.add('/', asks('a', 'b', 'c', 'd', 'e', 'f'))
  await settle()
  assert.deepEqual(paths(sending), ['/c', '/e', '/f'])
  assert.partialDeepStrictEqual(queue.view.question, { name: 'a', byFolder: false, others: 5 })
  queue.answer(queue.view.question?.id ?? 0, 'replace', false)
  assert.partialDeepStrictEqual(queue.view.question, { name: 'b' })
  queue.answer(queue.view.question?.id ?? 0, 'keep-both', false)
  assert.partialDeepStrictEqual(queue.view.question, { name: 'd', byFolder: true })
  queue.answer(queue.view.question?.id ?? 0, 'skip', false)
  assert.equal(queue.view.question, undefined)
  while (sending.length > 0) {
    if (sending[0]?.path === '/a') assert.ok(sending[0].overwrite)
    else assert.ok(!sending[0]?.overwrite)
    sending[0]?.end()
    await settle()
  }
  assert.deepEqual(states(queue), ['a done', 'b (2) done', 'c done', 'd skipped', 'e done', 'f done'])
})

test('an answer for all holds until nothing is left, but replaces no folder', async () => {
  const { queue, sending } = server({
    '/': [
      ['a', false],
      ['b', false],
      ['c', true],
    ],
  })
  queue.add('/', asks('a', 'b', 'c'))
  await settle()
  queue.answer(queue.view.question?.id ?? 0, 'replace', true)
  await settle()
  assert.deepEqual(paths(sending), ['/a', '/b'])
  assert.partialDeepStrictEqual(queue.view.question, { name: 'c', byFolder: true })
  queue.answer(queue.view.question?.id ?? 0, 'skip', false)
  while (sending.length > 0) {
    sending[0]?.end()
    await settle()
  }
  queue.add('/', asks('a'))
  await settle()
  assert.partialDeepStrictEqual(queue.view.question, { name: 'a' })
})

test('two files of one name that are dropped together do not overwrite each other', async () => {
  const { queue, sending } = server()
  queue.add('/', asks('a', 'a'))
  await settle()
  assert.deepEqual(paths(sending), ['/a'])
  queue.answer(queue.view.question?.id ?? 0, 'keep-both', false)
  await settle()
  assert.deepEqual(paths(sending), ['/a', '/a (2)'])
})

test('when somebody else was faster, it is asked again', async () => {
  const { queue, sending } = server()
  queue.add('/', asks('a'))
  await settle()
  sending[0]?.end(new Refusal(409, 'FILE_EXISTS'))
  await settle()
  assert.partialDeepStrictEqual(queue.view.question, { name: 'a' })
})

test('a server that cannot just now is asked again, later each time, and in the end it is a failure', async () => {
  const { queue, sending, waits } = server()
  queue.add('/', asks('a'))
  for (let round = 0; round < 4; round++) {
    await settle()
    sending[0]?.end(new Refusal(503, 'FILE_BUSY'))
  }
  await settle()
  assert.deepEqual(waits, [1_000, 2_000, 4_000])
  assert.deepEqual(queue.view.items[0]?.state, { kind: 'failed', text: 'refused with FILE_BUSY' })
})

test('a failure says why and can be tried again', async () => {
  const { queue, sending } = server()
  queue.add('/', asks('a', 'b'))
  await settle()
  sending[0]?.end(new Refusal(507, 'FILE_QUOTA'))
  sending[0]?.end()
  await settle()
  assert.deepEqual(states(queue), ['a failed', 'b done'])
  assert.equal(uploadSentence(queue.view), '1 uploaded, 1 failed')
  queue.clear()
  assert.deepEqual(states(queue), [])
  queue.add('/', asks('c'))
  await settle()
  sending[0]?.end(new Error('broken'))
  await settle()
  queue.retryFailed()
  await settle()
  assert.deepEqual(paths(sending), ['/c'])
  assert.equal(queue.view.question, undefined)
})

test('what is cancelled is broken off or never begins, and its name is free again', async () => {
  const { queue, sending } = server()
  queue.add('/', asks('a', 'b', 'c', 'd'))
  await settle()
  const [a] = queue.view.items
  queue.cancel(a?.id ?? 0)
  await settle()
  assert.deepEqual(paths(sending), ['/b', '/c', '/d'])
  queue.retry(a?.id ?? 0)
  queue.cancelAll()
  await settle()
  assert.deepEqual(sending, [])
  assert.deepEqual(states(queue), ['a cancelled', 'b cancelled', 'c cancelled', 'd cancelled'])
  assert.equal(queue.view.total, 0)
  queue.add('/', asks('a'))
  await settle()
  assert.deepEqual(paths(sending), ['/a'])
})

test('progress and speed are those of all that is sent', async () => {
  const { queue, sending } = server()
  queue.add('/', asks('a', 'b'))
  await settle()
  sending[0]?.progress(4)
  assert.deepEqual(queue.view.items[0]?.state, { kind: 'sending', sent: 4, rate: 4 })
  sending[1]?.progress(6)
  assert.deepEqual([queue.view.sent, queue.view.total], [10, 20])
  assert.ok(queue.view.rate > 4)
  assert.equal(uploadSentence(queue.view), 'Uploading: 0 of 2 done')
})

test('a view is the same object until something changes, and shows 200 of many', async () => {
  const { queue, sending } = server()
  queue.add('/', asks(...Array.from({ length: 500 }, (_, place) => `${place}`)))
  await settle()
  assert.equal(queue.view, queue.view)
  assert.deepEqual([queue.view.items.length, queue.view.hidden], [200, 300])
  for (let round = 0; round < 300; round++) {
    sending[0]?.end()
    await turn()
    await turn()
  }
  await settle()
  assert.ok(queue.view.items.some(({ state }) => state.kind === 'sending'))
})

test('whatever happens, no more than three are sent, each ends once, and nothing is left behind', async () => {
  const step = fc.record({
    kind: fc.constantFrom('end', 'fail', 'busy', 'cancel', 'answer', 'all' as const),
    place: fc.nat(3),
    choice: fc.constantFrom('replace' as const, 'keep-both' as const, 'skip' as const),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 }),
      fc.array(step),
      async (names, steps) => {
        const { queue, sending } = server({
          '/': [
            ['a', false],
            ['b', true],
          ],
        })
        queue.add('/', asks(...names))
        for (const { kind, place, choice } of steps) {
          await settle()
          assert.ok(sending.length <= 3)
          assert.equal(new Set(paths(sending)).size, sending.length)
          const { question, items } = queue.view
          if (kind === 'end') sending[place]?.end()
          else if (kind === 'fail') sending[place]?.end(new Error('no'))
          else if (kind === 'busy') sending[place]?.end(new Refusal(503, 'FILE_BUSY'))
          else if (kind === 'cancel') queue.cancel(items[place]?.id ?? 0)
          else if (question) queue.answer(question.id, choice, kind === 'all')
        }
        for (let round = 0; queue.view.busy && round < 200; round++) {
          await settle()
          sending[0]?.end()
          const { question } = queue.view
          if (question) queue.answer(question.id, 'skip', true)
        }
        assert.ok(!queue.view.busy)
        assert.equal(queue.view.items.length, names.length)
      },
    ),
    { numRuns: 60 },
  )
})
